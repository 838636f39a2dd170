"""Cleans the names of uploaded files and keeps them as people wrote them."""

import re
import unicodedata

LONGEST = 255
HARMFUL = re.compile(r'[<>:"|?*]')
DIVIDER = re.compile(r"[/\\]")


def clean_name(name: str, fallback: str = "file") -> str:
    r"""Returns the last part of the path without control and direction characters, at most 255 characters; Cyrillic
    stays.

    >>> clean_name("C:\\Документы\\План урока.docx")
    'План урока.docx'
    """
    text = unicodedata.normalize("NFC", DIVIDER.split(name)[-1])
    text = "".join(" " if sign.isspace() else sign for sign in text if not _hidden(sign))
    text = " ".join(HARMFUL.sub("_", text).split()).strip(" .")
    return _shortened(text) or fallback


def _hidden(sign: str) -> bool:
    """Returns whether the character is a control, format (right-to-left overrides too), surrogate, private or
    unassigned one.
    """
    return unicodedata.category(sign).startswith("C") and sign not in "\t\n"


def _shortened(text: str) -> str:
    if len(text) <= LONGEST:
        return text
    stem, dot, ending = text.rpartition(".")
    if not dot or len(ending) > 10:
        return text[:LONGEST].rstrip()
    return f"{stem[: LONGEST - len(ending) - 1].rstrip()}.{ending}"
