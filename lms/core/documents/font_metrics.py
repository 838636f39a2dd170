"""Upper bounds for the width of a text in a shipped font and for its number of lines, without typesetting it.

Measuring in typst costs as much as typesetting. Where this bound shows that a text fits, typst does not measure it.
"""

from dataclasses import dataclass
from functools import lru_cache

from lms.core.documents.font_coverage import MORE_FONTS, open_font

SERIF, SERIF_BOLD, SANS = "PTSerif-Regular", "PTSerif-Bold", "PTSans-Regular"
MORE = {
    SERIF: "NotoSerif-Regular",
    SERIF_BOLD: "NotoSerif-Bold",
    SANS: "NotoSans-Regular",
    "PTSans-Bold": "NotoSans-Bold",
    "PTSerif-Italic": "NotoSerif-Italic",
}
"""Face → the face for letters that it lacks."""
MARGIN = 1.02  # kerning moves letters by less


@dataclass(frozen=True)
class Metrics:
    """Advance widths of a font's characters, in units of the em."""

    widths: dict[str, float]
    widest: float

    def width(self, text: str, size: float) -> float:
        """Returns the text's width on one line in points, at this size in points; never too small."""
        return sum(self.widths.get(sign, self.widest) for sign in text) * size * MARGIN

    def lines(self, text: str, size: float, width: float) -> int:
        """Returns the largest number of lines the text can take in a column of this width, broken at spaces only."""
        lines, filled, space = 0, width + 1, self.width(" ", size)
        for word in text.split(" "):
            length = self.width(word, size)
            lines, filled = (
                (lines, filled + space + length) if filled + space + length <= width else (lines + 1, length)
            )
            lines += int(length // width)
        return lines


@lru_cache(maxsize=8)
def metrics(face: str) -> Metrics:
    """Returns the metrics of a face by its file's name, with those of the face that prints letters it lacks; read
    once per process.
    """
    more = MORE[face]
    widths = (_widths(more) if (MORE_FONTS / f"{more}.ttf").exists() else {}) | _widths(face)
    return Metrics(widths, max(widths.values()))


def _widths(face: str) -> dict[str, float]:
    with open_font(face) as font:
        em, advances = font["head"].unitsPerEm, font["hmtx"].metrics
        return {chr(code): advances[glyph][0] / em for code, glyph in font.getBestCmap().items()}
