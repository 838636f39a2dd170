"""Comparison of a typed text with a key; ignores case, «ё», repeated spaces, kinds of quotes and dashes."""

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
_DOUBLE: Final = {ord("ё"): "е", ord("Ё"): "Е"}


def fold_text(text: str, case: bool = False) -> str:
    """Returns the text in the form used for comparison; with ``case`` capitals and «ё» are kept."""
    same = " ".join(unicodedata.normalize("NFC", text).translate(_SAME).split())
    bare = same[:-1].rstrip() if same.endswith(".") and len(same) > 1 else same
    return bare if case else bare.casefold().translate(_DOUBLE)


class Pattern:
    r"""A key in which ``*`` stands for any text (``\*`` for an asterisk). Matching takes linear time."""

    __slots__ = ("case", "literal", "pieces")

    def __init__(self, key: str, case: bool = False) -> None:
        self.case = case
        raw = re.split(r"(?<!\\)\*", key)
        self.pieces = [fold_segment(piece.replace("\\*", "*"), case) for piece in raw]
        self.pieces[0] = self.pieces[0].lstrip()
        self.pieces[-1] = self.pieces[-1].rstrip().removesuffix(".")
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
    """Returns the folded text between two wildcards; a space at its ends is kept as one space."""
    same = re.sub(r"\s+", " ", unicodedata.normalize("NFC", piece).translate(_SAME))
    return same if case else same.casefold().translate(_DOUBLE)
