"""List numbering of Word: bullets and numbers that are not in the text but in ``numbering.xml``."""

from collections import defaultdict
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from lms.core.documents.ooxml import is_enabled, parse_int, val_at

MOST_LEVEL = 8
LONGEST_MARKER = 40
"""Most characters of a list's pattern such as «%1.%2.»."""
MOST_ROMAN = 3_999
ROMAN = ((1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"), (40, "XL"))
ROMAN_SMALL = ((10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"))
LETTERS = {
    "lowerLetter": "abcdefghijklmnopqrstuvwxyz",
    "upperLetter": "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "russianLower": "абвгдежзиклмнопрстуфхцчшщэюя",
    "russianUpper": "АБВГДЕЖЗИКЛМНОПРСТУФХЦЧШЩЭЮЯ",
}


def roman(number: int) -> str:
    """Converts a number to Roman digits: 1 → I, 4 → IV."""
    text = ""
    for size, sign in (*ROMAN, *ROMAN_SMALL):
        text += sign * (number // size)
        number %= size
    return text


@dataclass
class _Level:
    format: str = "decimal"
    text: str = ""
    start: int = 1
    style: str = ""
    is_legal: bool = False


@dataclass
class _List:
    """A list of the document: its definition and the levels that it restarts."""

    definition: str
    starts: dict[int, int] = field(default_factory=dict)
    begun: bool = False


class Numbering:
    """Counts list items as Word does; must be called once for every paragraph, in order."""

    def __init__(self, root: Element | None) -> None:
        self._levels: dict[str, dict[int, _Level]] = {}
        self._lists: dict[str, _List] = {}
        self._counters: dict[str, dict[int, int]] = defaultdict(dict)
        if root is not None:
            for definition in root.iter("abstractNum"):
                levels = {
                    parse_int(lvl.get("ilvl")): _level(lvl) for lvl in definition.findall("lvl")[: MOST_LEVEL + 1]
                }
                self._levels[definition.get("abstractNumId", "")] = levels
            for one in root.iter("num"):
                self._lists[one.get("numId", "")] = _list(one)

    def level_of_style(self, list_id: str, style: str) -> int:
        """Returns the level that a list assigns to paragraphs of a style."""
        one = self._lists.get(list_id)
        levels = self._levels.get(one.definition, {}) if one else {}
        return next((i for i, level in levels.items() if level.style == style), 0)

    def next(self, list_id: str, ilvl: int) -> str:
        """Returns the marker of the next item: «1.1.», «•», or an empty text."""
        one = self._lists.get(list_id)
        if one is None or ilvl > MOST_LEVEL:
            return ""
        levels = self._levels.get(one.definition, {})
        counters = self._counters[one.definition]
        if not one.begun:
            one.begun = True
            for place, start in one.starts.items():
                counters[place] = start - 1
        level = levels.get(ilvl, _Level())
        counters[ilvl] = counters.get(ilvl, level.start - 1) + 1
        for deeper in [i for i in counters if i > ilvl]:
            del counters[deeper]
        return self._text(level, levels, counters)

    @staticmethod
    def _text(level: _Level, levels: dict[int, _Level], counters: dict[int, int]) -> str:
        if level.format == "bullet":
            return "•"
        text = level.text
        for i in range(MOST_LEVEL + 1):
            if f"%{i + 1}" in text:
                part = levels.get(i, _Level())
                form = "decimal" if level.is_legal else part.format
                text = text.replace(f"%{i + 1}", _sign(form, counters.get(i, part.start)))
        return text.strip()


def _level(element: Element) -> _Level:
    return _Level(
        format=val_at(element, "numFmt") or "decimal",
        text=(val_at(element, "lvlText") or "")[:LONGEST_MARKER],
        start=parse_int(val_at(element, "start"), 1),
        style=val_at(element, "pStyle") or "",
        is_legal=is_enabled(element, "isLgl"),
    )


def _list(element: Element) -> _List:
    one = _List(val_at(element, "abstractNumId") or "")
    for override in element.findall("lvlOverride"):
        start = val_at(override, "startOverride")
        if start is not None:
            one.starts[parse_int(override.get("ilvl"))] = parse_int(start, 1)
    return one


def _sign(form: str, number: int) -> str:
    """Formats the number in a level's number format."""
    if form in ("upperRoman", "lowerRoman") and number <= MOST_ROMAN:
        return roman(number) if form == "upperRoman" else roman(number).lower()
    if form in LETTERS and number > 0:
        letters = LETTERS[form]
        return letters[(number - 1) % len(letters)]
    if form == "decimalZero":
        return f"{number:02d}"
    return "" if form == "none" else str(number)
