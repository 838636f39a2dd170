"""Texts of questions as safe HTML, cached: the same question is shown to a whole group."""

import re
from dataclasses import replace
from functools import lru_cache
from typing import Final

from assessment.questions.model import RichText
from lms.core.richtext import to_plain, to_safe_html

TOP_HEADING: Final = 3
"""Level of the highest heading in a question: the page's own headings are above it."""

GAP_MARK: Final = re.compile(r"\[\[[0-9]{1,2}\]\]")
_MARKER: Final = re.compile(r"<[^<>]*>|\[\[([0-9]{1,2})\]\]")


@lru_cache(maxsize=8_192)
def safe_html(text: RichText) -> str:
    """Returns the text as HTML for a page; pictures only from the product's own address."""
    return to_safe_html(text.source, text.format, top_heading=TOP_HEADING)


@lru_cache(maxsize=8_192)
def inline_html(text: RichText) -> str:
    """Returns ``safe_html`` without the paragraph around a text of one paragraph: for labels of options."""
    found = safe_html(text)
    lone = found.startswith("<p>") and found.endswith("</p>") and found.count("<p>") == 1
    return found[3:-4] if lone else found


@lru_cache(maxsize=2_048)
def plain(text: RichText, limit: int = 300) -> str:
    """Returns the text in one line without markup."""
    return to_plain(text.source, text.format, limit)


def with_blanks(text: RichText) -> RichText:
    """Returns the text with a blank in place of each mark of a gap, for lists: «Вода кипит при ____ градусах»."""
    return replace(text, source=GAP_MARK.sub("____", text.source))


@lru_cache(maxsize=2_048)
def around_gaps(text: RichText) -> tuple[str, ...]:
    """Returns safe HTML around the gaps, alternating with their numbers: HTML, "1", HTML, "2", HTML.

    Only marks in the text count, not those inside a tag.
    """
    found, start = [], 0
    whole = safe_html(text)
    for hit in _MARKER.finditer(whole):
        if hit[1]:
            found += [whole[start : hit.start()], hit[1]]
            start = hit.end()
    return (*found, whole[start:])
