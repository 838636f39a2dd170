"""Comparison of a typed text with a key.

Ignores case, «ё», spaces except between words («А. С.», «5 %»), a sign at the end, kinds of quotes and dashes, and the
script of letters that look alike in Latin and Cyrillic.
"""

import re
import unicodedata
from typing import Final

_SAME: Final = str.maketrans(
    {
        **dict.fromkeys("«»“”„‟″", '"'),
        **dict.fromkeys("‘’‚‛′`´ʼ", "'"),
        **dict.fromkeys("‐‑‒–—―−", "-"),
        **dict.fromkeys("\u00ad\u200b\u200c\u200d\u2060\ufeff\u0301"),
    }
)
_LOOK_ALIKE: Final = str.maketrans("ABCEHKMOPTXYaceopxyk", "АВСЕНКМОРТХУасеорхук")
_FOLDED: Final = str.maketrans("abcehkmoptxyё", "авсенкмортхуе")
"""Letters in lower case: «b» and «в» look alike as capitals."""
_END: Final = ".,;"
_SPACES: Final = re.compile(r"\s+")
_NOT_BETWEEN_WORDS: Final = re.compile(r"(?<!\w) | (?!\w)")


def fold_text(text: str, case: bool = False) -> str:
    """Returns the text in the form used for comparison; with ``case`` capitals and «ё» are kept."""
    folded = fold_segment(text.strip(), case).strip()
    return folded.rstrip(_END) or folded


class Pattern:
    r"""A key in which ``*`` stands for any text (``\*`` for an asterisk). Matching takes linear time."""

    __slots__ = ("case", "literal", "pieces")

    def __init__(self, key: str, case: bool = False) -> None:
        self.case = case
        raw = re.split(r"(?<!\\)\*", key)
        self.pieces = [fold_segment(piece.replace("\\*", "*"), case) for piece in raw]
        self.pieces[0] = self.pieces[0].lstrip()
        self.pieces[-1] = self.pieces[-1].rstrip().rstrip(_END)
        self.literal = fold_text(key.replace("\\*", "*"), case) if len(raw) == 1 else None

    def matches(self, folded: str) -> bool:
        """Returns whether a folded text matches the key."""
        if self.literal is not None:
            return folded == self.literal
        first, *middle, last = self.pieces
        if len(folded) < len(first) + len(last) or not (folded.startswith(first) and folded.endswith(last)):
            return False
        at, end = len(first), len(folded) - len(last)
        for piece in middle:
            found = folded.find(piece, at, end)
            if found < 0:
                return False
            at = found + len(piece)
        return True


def fold_segment(piece: str, case: bool) -> str:
    """Returns the folded text between two wildcards; a space between its end and a word is kept."""
    same = _SPACES.sub(" ", unicodedata.normalize("NFC", piece).translate(_SAME))
    letters = same.translate(_LOOK_ALIKE) if case else same.casefold().translate(_FOLDED)
    start, end = letters[:1].isspace(), letters[-1:].isspace()
    bare = _NOT_BETWEEN_WORDS.sub("", letters)
    before = " " if start and bare[:1].isalnum() else ""
    return before + bare + (" " if end and bare[-1:].isalnum() else "")
