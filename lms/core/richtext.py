"""Converts texts of users (Markdown, HTML, plain text) into HTML that is safe in a page.

Everything passes an allow-list (nh3): no scripts, styles, forms, frames, event handlers, ids. Nothing is loaded from
another host unless the settings name it: a picture from elsewhere becomes a link, so that nothing is lost and the
reader decides whether to open it.
"""

import html
import re
from collections.abc import Callable, Collection
from html.parser import HTMLParser
from typing import Final, Literal, get_args
from urllib.parse import urlsplit

import nh3
from markdown_it import MarkdownIt

TextFormat = Literal["html", "markdown", "plain", "moodle"]
"""``moodle`` is Moodle's «automatic» format: HTML in which a typed line break is shown as a line break."""

FORMATS: Final[tuple[str, ...]] = get_args(TextFormat)
MAX_LENGTH: Final = 200_000
"""Longest source in characters. Of a longer one the beginning is shown as plain text."""
MAX_MARKDOWN_COST: Final = 60_000
"""Greatest cost of the signs of Markdown in a text (1 is about 10 µs). A text of more is shown as plain text."""
MAX_DEPTH: Final = 200
"""Deepest nesting of HTML elements (parsing costs its square). A deeper text is shown as plain text."""

_TAGS: Final = {
    *("p", "br", "hr", "blockquote", "pre", "div", "span", "h1", "h2", "h3", "h4", "h5", "h6"),
    *("b", "strong", "i", "em", "u", "s", "del", "ins", "mark", "small", "sub", "sup", "code", "kbd", "samp", "var"),
    *("abbr", "cite", "dfn", "q", "ul", "ol", "li", "dl", "dt", "dd", "a", "img", "audio", "figure", "figcaption"),
    *("table", "caption", "colgroup", "col", "thead", "tbody", "tfoot", "tr", "th", "td", "details", "summary"),
}
_ATTRIBUTES: Final = {
    "*": {"title", "lang", "dir"},
    "a": {"href"},
    "img": {"src", "alt", "width", "height"},
    "audio": {"src"},
    "ol": {"start", "type"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
    "col": {"span"},
    "colgroup": {"span"},
}
_ALIGNED: Final = {"text-start", "text-center", "text-end"}
_CLASSES: Final = {"td": _ALIGNED, "th": _ALIGNED, "table": {"table"}}
_SCHEMES: Final = {"http", "https", "mailto", "tel"}
_NUMBERS: Final = {"width", "height", "colspan", "rowspan", "span", "start"}

_IMAGE: Final = re.compile(r'<img(?: [\w-]+="[^"]*")*>')
_SOUND: Final = re.compile(r'<audio(?: [\w-]+="[^"]*")*>')
_ATTRIBUTE: Final = re.compile(r' ([\w-]+)="([^"]*)"')
_COSTS: Final = {"![": 6, "\n": 4, "[": 3, **dict.fromkeys("]*_`~<&\\", 1)}
"""Signs of Markdown with their costs, measured: a possible picture, link or list costs most."""
_HEADING: Final = re.compile(r"<(/?)h([1-6])(?=[ >])")
_ELEMENT: Final = re.compile(
    r"<(/?)(?!(?:p|li|td|th|tr|dt|dd|br|hr|img|col|tbody|thead|tfoot)[\s/>])(?=[a-z])", re.IGNORECASE
)
_OWN_OR_NAMED: Final = re.compile(r"(?:https?://[^/\\\s@?#][^\\\s@]*|/?(?![/\\])(?![a-zA-Z][\w+.-]*:)[^\\\x00-\x1f]*)")
r"""A relative address, or one that names its host plainly: browsers read «\» as «/» and skip line breaks."""
_NOT_A_TAG: Final = re.compile(
    r"<(?!/?(?:" + "|".join(sorted(_TAGS | {"script", "style"})) + r")(?:\s[^<>]*)?/?>|!--)", re.IGNORECASE
)


def _attribute(tag: str, name: str, value: str) -> str | None:
    """Drops addresses that change the host without naming it, and sizes that are not numbers."""
    if name == "href":
        seen = re.sub(r"[\x00-\x20]", "", value).replace("\\", "/")
        return None if seen.startswith("//") else value.strip()
    if name == "src":
        return value.strip() if _OWN_OR_NAMED.fullmatch(value.strip()) else None
    if name in _NUMBERS:
        return value if re.fullmatch(r"\d{1,4}", value) else None
    return value


_CLEANER: Final = nh3.Cleaner(
    tags=_TAGS,
    attributes=_ATTRIBUTES,
    allowed_classes=_CLASSES,
    attribute_filter=_attribute,
    url_schemes=_SCHEMES,
    link_rel="noopener noreferrer",
    clean_content_tags={"script", "style", "template", "noscript", "iframe", "object", "svg", "math", "textarea"},
    set_tag_attribute_values={"img": {"loading": "lazy"}, "audio": {"controls": "", "preload": "metadata"}},
)


def _markdown() -> MarkdownIt:
    """CommonMark with tables and strikethrough; HTML inside is allowed here, because the allow-list is applied
    later.
    """
    return MarkdownIt("commonmark", {"html": True, "maxNesting": 30}).enable(["table", "strikethrough"])


_MARKDOWN: Final = _markdown()


def to_safe_html(text: str, fmt: TextFormat, *, image_hosts: Collection[str] = (), top_heading: int = 1) -> str:
    """Returns the text as HTML that is safe in a page.

    ``image_hosts``: hosts whose https pictures may be loaded; others become links. ``top_heading``: the level of the
    text's largest headings (3 below a page's own h2); 1 leaves them unchanged.
    """
    if len(text) > MAX_LENGTH:
        return _from_plain(text[:MAX_LENGTH] + "…")
    if fmt == "markdown" and is_dense_markdown(text):
        return _from_plain(text)
    dirty = _TO_HTML[fmt](text.replace("\x00", ""))
    if _depth(dirty) > MAX_DEPTH:
        return _from_plain(text)
    clean = str(_CLEANER.clean(dirty))
    linked = _SOUND.sub(lambda hit: _sound(hit[0]), _IMAGE.sub(lambda hit: _picture(hit[0], image_hosts), clean))
    if linked != clean and "<a " in linked:
        linked = str(_CLEANER.clean(linked))  # a link inside a link is split
    return _shift_headings(linked, top_heading).strip()


def is_dense_markdown(text: str) -> bool:
    """Returns whether the text has so many signs of Markdown that it is shown as plain text."""
    return sum(cost * text.count(sign) for sign, cost in _COSTS.items()) > MAX_MARKDOWN_COST


def _depth(dirty: str) -> int:
    """Returns the approximate nesting of elements; elements that HTML closes implicitly are not counted."""
    deepest = depth = 0
    for closing in _ELEMENT.findall(dirty):
        depth = max(0, depth - 1) if closing else depth + 1
        deepest = max(deepest, depth)
    return deepest


def _from_plain(text: str) -> str:
    paragraphs = re.split(r"\n\s*\n", text.strip())
    return "".join(f"<p>{_with_breaks(html.escape(one, quote=False))}</p>" for one in paragraphs if one.strip())


def _with_breaks(text: str) -> str:
    return text.strip().replace("\n", "<br>\n")


def _from_moodle(text: str) -> str:
    """Returns HTML of a text that may hold HTML: a lone «<» is escaped, typed line breaks outside blocks are kept."""
    kept = _NOT_A_TAG.sub("&lt;", text.strip())
    if re.search(r"<(p|div|ul|ol|table|pre|br|h[1-6]|blockquote)\b", kept, re.IGNORECASE):
        return kept
    return _with_breaks(kept)


def _from_markdown(text: str) -> str:
    rendered = str(_MARKDOWN.render(text))
    sides = {"left": "text-start", "center": "text-center", "right": "text-end"}
    return re.sub(r'style="text-align:(left|center|right)"', lambda hit: f'class="{sides[hit[1]]}"', rendered)


_TO_HTML: Final[dict[str, Callable[[str], str]]] = {
    "html": str,
    "markdown": _from_markdown,
    "plain": _from_plain,
    "moodle": _from_moodle,
}


def _picture(tag: str, hosts: Collection[str]) -> str:
    """Returns the picture with an ``alt`` text; for a foreign host, a link in its place."""
    attributes: dict[str, str] = dict(_ATTRIBUTE.findall(tag))
    source = html.unescape(attributes.get("src", ""))
    if not source:
        return attributes.get("alt", "")
    parts = urlsplit(source)
    if not parts.netloc or (parts.scheme == "https" and parts.hostname in hosts):
        return tag if "alt" in attributes else tag.replace("<img", '<img alt=""', 1)
    shown = attributes.get("alt") or html.escape(parts.netloc)
    return f'<a href="{html.escape(source)}" rel="noopener noreferrer">{shown}</a>'


def _sound(tag: str) -> str:
    """Returns the player of a sound of our own; for a foreign one, a link in its place."""
    source = html.unescape(dict(_ATTRIBUTE.findall(tag)).get("src", ""))
    parts = urlsplit(source)
    if not parts.netloc:
        return tag if source else ""
    return f'<a href="{html.escape(source)}" rel="noopener noreferrer">{html.escape(parts.netloc)}</a>'


def _shift_headings(text: str, top: int) -> str:
    """Gives the author's largest heading the level ``top``, whatever level it had; the others follow it."""
    if top <= 1:
        return text
    levels = [int(hit[2]) for hit in _HEADING.finditer(text)]
    by = top - min(levels, default=top)
    return _HEADING.sub(lambda hit: f"<{hit[1]}h{min(6, int(hit[2]) + by)}", text)


class _Words(HTMLParser):
    """Collects the text of (safe) HTML; blocks and line breaks separate words."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "img":
            self.found.append(dict(attrs).get("alt") or "")
        elif tag in {"p", "br", "li", "td", "th", "div", "tr", "hr", "dt", "dd", "h1", "h2", "h3", "h4", "h5", "h6"}:
            self.found.append(" ")

    def handle_data(self, data: str) -> None:
        self.found.append(data)


def to_plain(text: str, fmt: TextFormat, limit: int = MAX_LENGTH) -> str:
    """Returns the text without markup, in one line; cut at ``limit`` characters with «…»."""
    words = _Words()
    words.feed(to_safe_html(text, fmt))
    words.close()
    line = " ".join("".join(words.found).split())
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"
