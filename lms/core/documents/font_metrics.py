"""How wide a text is in a shipped font, and how many lines it takes: an upper bound, without typesetting it.

Measuring inside typst costs as much as setting the text. Where this bound says that a text fits, nothing is measured.
"""

import struct
from dataclasses import dataclass
from functools import lru_cache

from lms.core.documents.font_coverage import FONTS, glyphs, tables

SERIF, SERIF_BOLD, SANS = "PTSerif-Regular", "PTSerif-Bold", "PTSans-Regular"
MARGIN = 1.02  # kerning moves letters by less


@dataclass(frozen=True)
class Metrics:
    """Advance widths of a font's characters, in units of the em."""

    widths: dict[str, float]
    widest: float

    def width(self, text: str, size: float) -> float:
        """The width of the text on one line in points, at this size in points; never too small."""
        return sum(self.widths.get(sign, self.widest) for sign in text) * size * MARGIN

    def lines(self, text: str, size: float, width: float) -> int:
        """How many lines at most the text takes in a column of this width; broken at spaces alone."""
        lines, filled, space = 0, width + 1, self.width(" ", size)
        for word in text.split(" "):
            length = self.width(word, size)
            lines, filled = (
                (lines, filled + space + length) if filled + space + length <= width else (lines + 1, length)
            )
            lines += int(length // width)
        return lines


def _advances(font: bytes) -> tuple[tuple[int, ...], int]:
    """Advance widths of the glyphs (the last repeats for the rest) and units per em (tables hhea, hmtx, head)."""
    found = tables(font)
    count = struct.unpack_from(">H", font, found["hhea"] + 34)[0]
    pairs = struct.unpack_from(f">{2 * count}H", font, found["hmtx"])
    return pairs[::2], struct.unpack_from(">H", font, found["head"] + 18)[0]


@lru_cache(maxsize=8)
def metrics(face: str) -> Metrics:
    """The metrics of a shipped face, by its file's name; read once a process."""
    font = (FONTS / f"{face}.ttf").read_bytes()
    advances, em = _advances(font)
    widths = {chr(code): advances[min(glyph, len(advances) - 1)] / em for code, glyph in glyphs(font).items()}
    return Metrics(widths, max(widths.values()))
