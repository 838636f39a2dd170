"""The HTML part of a letter, made from its plain text: paragraphs, lists, links."""

import re
from html import escape

LINK = re.compile(r"https?://[^\s<>«»\"]+[^\s<>«»\".,;:!?)]")
STYLE = "font-family:Arial,Helvetica,sans-serif;font-size:16px;line-height:1.5;color:#1c2330;max-width:36em"


def as_html(body: str) -> str:
    """Returns the text as a small HTML page: an empty line ends a paragraph, addresses are links."""
    paragraphs = (part.strip("\n") for part in body.split("\n\n"))
    inner = "\n".join(f"<p>{_lines(part)}</p>" for part in paragraphs if part.strip())
    return f'<!doctype html>\n<html><body><div style="{STYLE}">\n{inner}\n</div></body></html>\n'


def _lines(paragraph: str) -> str:
    return "<br>\n".join(_linked(line) for line in paragraph.splitlines())


def _linked(line: str) -> str:
    """Returns the line escaped, with its addresses as links."""
    found, at = [], 0
    for link in LINK.finditer(line):
        address = escape(link[0], quote=True)
        found += [escape(line[at : link.start()]), f'<a href="{address}">{address}</a>']
        at = link.end()
    return "".join([*found, escape(line[at:])])
