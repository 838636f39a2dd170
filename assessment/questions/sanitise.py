"""Texts of questions as safe HTML, remembered: the same question is shown to a whole group."""

import re
from functools import lru_cache
from typing import Final

from assessment.questions.model import RichText
from lms.core.richtext import to_plain, to_safe_html

TOP_HEADING: Final = 3
"""Questions stand under the page's own headings."""

_MARKER: Final = re.compile(r"<[^<>]*>|\[\[([0-9]{1,2})\]\]")


@lru_cache(maxsize=8_192)
def safe_html(text: RichText) -> str:
    """The text for a page; pictures only from our own address."""
    return to_safe_html(text.source, text.format, top_heading=TOP_HEADING)


@lru_cache(maxsize=8_192)
def inline_html(text: RichText) -> str:
    """As ``safe_html``, without the paragraph around a text of one paragraph: for labels of options."""
    found = safe_html(text)
    lone = found.startswith("<p>") and found.endswith("</p>") and found.count("<p>") == 1
    return found[3:-4] if lone else found


@lru_cache(maxsize=2_048)
def plain(text: RichText, limit: int = 300) -> str:
    """The text in one line without markup."""
    return to_plain(text.source, text.format, limit)


@lru_cache(maxsize=2_048)
def around_gaps(text: RichText) -> tuple[str, ...]:
    """Safe HTML before, between and after the gaps, with their numbers: HTML, "1", HTML, "2", HTML.

    Only marks in the text count, not those within a tag.
    """
    found, start = [], 0
    whole = safe_html(text)
    for hit in _MARKER.finditer(whole):
        if hit[1]:
            found += [whole[start : hit.start()], hit[1]]
            start = hit.end()
    return (*found, whole[start:])
