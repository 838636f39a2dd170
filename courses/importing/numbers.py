"""Parsers for hours, row numbers and points as people write them in tables."""

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Literal

from courses.importing.document import collapse_spaces

NOTHING = {
    "",
    "-",
    "–",
    "—",
    "−",
    "‒",
    "―",
    "--",
    "---",
    "_",
    "__",
    ".",
    "…",
    "...",
    "х",
    "x",
    "нет",
    "no",
    "none",
    "/",
    "*",
}
UNIT = re.compile(
    r"(?<!\s)\s*+(?:ак(?:ад)?\.?|академ\w*\.?|уч(?:еб)?\.?|учебн\w*\.?)?\s*+-?\s*+(?:часов|часа|час|ч|hours?|hrs?|h)\.?$",
    re.I,
)
MOST_REMEMBERED = 2_000
"""Most texts whose reading is remembered: a plan repeats its hours, and each cell is asked for several times."""
LONGEST_HOURS = 80
"""Most characters of a cell that may hold hours, with their unit and the number spelled out."""
FRACTIONS = {"½": ",5", "¼": ",25", "¾": ",75"}
FOOTNOTE = re.compile(r"[*†‡⁰¹²³⁴-⁹]+\)?$")
TIME = re.compile(r"(\d{1,3}):([0-5]\d)(?::00)?")
IN_WORDS = re.compile(r"\s*\([а-яёa-z\s-]+\)", re.I)
NUMBER = r"\d{1,6}(?:[.,]\d{1,10})?"


@dataclass(frozen=True, slots=True)
class HourText:
    """Academic hours read from a cell."""

    value: Decimal = Decimal(0)
    is_blank: bool = False
    """True if the cell is empty or holds a sign for nothing."""
    is_clear: bool = True
    """False if the text is no number of hours."""
    parts: tuple[Decimal, ...] = ()
    """The numbers of «2/4» in order; ``value`` is their sum."""
    is_time: bool = False
    """True if the hours are written as a time: «2:30»."""


BLANK = HourText(is_blank=True)
UNCLEAR = HourText(is_clear=False)


def parse_decimal(text: str) -> Decimal:
    """Parses a number with a decimal comma or point."""
    return Decimal(text.replace(",", ".").replace(" ", ""))


def format_plain(value: Decimal) -> str:
    """Formats the number without trailing zeros or an exponent: 36, 1.5."""
    text = f"{value:f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text) or "0"


@lru_cache(MOST_REMEMBERED)
def parse_hours(text: str) -> HourText:
    """Parses hours written as «36 ч.», «1,5», «—», «2/4», «½»…"""
    if len(text) <= 6 and text.isascii() and text.isdigit():
        return HourText(Decimal(text))
    text = collapse_spaces(text) if text else ""
    if len(text) > LONGEST_HOURS:
        return UNCLEAR
    return _written_hours(FOOTNOTE.sub("", text).strip().lower()) if text else BLANK


def _written_hours(text: str) -> HourText:
    if text in NOTHING:
        return BLANK
    if time := TIME.fullmatch(text):
        minutes = Decimal(int(time[1]) * 60 + int(time[2]))
        return HourText((minutes / 60).quantize(Decimal("0.01")).normalize() + 0, is_time=True)
    text = UNIT.sub("", IN_WORDS.sub("", text)).strip().rstrip(".;").strip()
    for sign, digits in FRACTIONS.items():
        text = re.sub(rf"(\d)\s*{sign}", rf"\g<1>{digits}", text).replace(sign, f"0{digits}")
    if re.fullmatch(rf"[-−–]?\s?{NUMBER}", text):
        value = parse_decimal(text.lstrip("-−– "))
        return HourText(-value if text[0] in "-−–" else value)
    pieces = [UNIT.sub("", piece).strip() for piece in re.split(r"\s*[/\\|+]\s*", text)]
    if len(pieces) in (2, 3, 4) and all(re.fullmatch(NUMBER, p) or p in NOTHING for p in pieces):
        parts = tuple(Decimal(0) if p in NOTHING else parse_decimal(p) for p in pieces)
        return HourText(sum(parts, Decimal(0)), parts=() if "+" in text else parts)
    return UNCLEAR


Keyword = Literal["", "section", "topic"]

SECTION_WORDS = r"раздел\w{0,2}|модул[ья]|блок|глава|часть|этап|section|module|part|unit|block|chapter"
TOPIC_WORDS = r"тема|подтема|подраздел|занятие|урок|topic|lesson|theme"
ORDINALS = ("перв", "втор", "трет", "четв", "пят", "шест", "седьм", "восьм", "девят", "десят")
ORDINAL = r"(?:перв|втор|трет|четв[её]рт|пят|шест|седьм|восьм|девят|десят)(?:ый|ой|ий|ая|ое|ья|ье)"
ARABIC = r"\d{1,3}(?:\s?[.,]\s?\d{1,3}){0,4}"
ROMAN = r"[IVXХІ]{1,6}(?:\.\d{1,3}){0,3}"
PREFIX = re.compile(
    rf"^(?:(?P<word>{SECTION_WORDS}|{TOPIC_WORDS})\b\.?\s*+)?(?:№|N[°o]?\b)?\s*+"
    rf"(?P<number>{ARABIC}|{ROMAN}|{ORDINAL})(?P<end>\s*[.):]+|\s+[-–—](?=\s)|(?=\s|$|[«\"“])|(?-i:(?=[А-ЯЁ])))\s*",
    re.IGNORECASE,
)
LETTERED = re.compile(r"^[МТРMTP]\.?\s?-?(?P<number>\d{1,2}(?:\.\d{1,2}){0,3})\.?$")
WORD_ONLY = re.compile(rf"^(?P<word>{SECTION_WORDS}|{TOPIC_WORDS})\s*(?P<end>[:.]\s+|(?=[«\"“])|$)", re.IGNORECASE)
ROMAN_VALUE = re.compile(r"X{0,3}(?:IX|IV|V?I{0,3})")
ROMAN_DIGITS = {"I": 1, "V": 5, "X": 10}


@dataclass(frozen=True)
class RowNumber:
    """The number of a plan's row: «Тема 1.2.» is the topic (1, 2)."""

    parts: tuple[int, ...] = ()
    text: str = ""
    """The number as it is shown: 1.2, IV."""
    is_roman: bool = False
    keyword: Keyword = ""
    is_marked: bool = False
    """True if a full stop, bracket or word shows that this is a number and not the start of a title."""

    @property
    def depth(self) -> int:
        """Number of levels in the number."""
        return len(self.parts)


NO_NUMBER = RowNumber()


@lru_cache(MOST_REMEMBERED)
def split_number(text: str) -> tuple[RowNumber, str]:
    """Returns the number at the start of a text, and the rest."""
    text = collapse_spaces(text)
    match = PREFIX.match(text)
    if match:
        number = _number(match["number"], _keyword(match["word"]), bool(match["word"] or match["end"].strip()))
        glued = match.end() == match.end("number") < len(text) and text[match.end()].isalpha()
        is_title = re.fullmatch(ORDINAL, match["number"], re.I) or (number and number.depth == 1 and glued)
        if number and (match["word"] or not is_title):
            return number, text[match.end() :].lstrip("–—-: ").strip()
    word = WORD_ONLY.match(text)
    if word:
        rest = text[word.end() :].strip() if word["end"] else text
        return RowNumber(keyword=_keyword(word["word"])), rest
    return NO_NUMBER, text


def parse_number(text: str) -> RowNumber | None:
    """Parses a text that is nothing but a row's number; None for any other text."""
    text = collapse_spaces(text)
    lettered = LETTERED.match(text)
    if lettered:
        return _number(lettered["number"], "", True)
    number, rest = split_number(text)
    return number if number.parts and not rest.strip(".) ") else None


def _number(text: str, keyword: Keyword, is_marked: bool) -> RowNumber | None:
    text = re.sub(r"\s", "", text).replace(",", ".")
    if re.fullmatch(ORDINAL, text, re.I):
        value = next(i for i, stem in enumerate(ORDINALS, 1) if text.lower().startswith(stem))
        return RowNumber((value,), str(value), False, keyword, True)
    first, *rest = text.split(".")
    if first.isdigit():
        parts = tuple(int(part) for part in (first, *rest))
        return RowNumber(parts, ".".join(map(str, parts)), False, keyword, is_marked or len(parts) > 1)
    latin = first.replace("Х", "X").replace("І", "I").replace("х", "X")
    if not ROMAN_VALUE.fullmatch(latin):
        return None
    parts = (_roman_value(latin), *(int(part) for part in rest))
    return RowNumber(parts, ".".join([latin, *rest]), True, keyword, is_marked)


def _roman_value(text: str) -> int:
    values = [ROMAN_DIGITS[sign] for sign in text]
    return sum(-a if a < b else a for a, b in zip(values, [*values[1:], 0], strict=True))


def _keyword(word: str | None) -> Keyword:
    if not word:
        return ""
    return "section" if re.fullmatch(SECTION_WORDS, word, re.I) else "topic"


LONGEST_POINTS = 500
RANGE = re.compile(rf"(?:от\s*)?({NUMBER})\s*(?:[-–—−÷…]+|\.\.+|до)\s*({NUMBER})", re.I)
UP_TO = re.compile(
    rf"(?:до|макс\w*\.?|max\w*\.?|не более|не выше|не свыше|up to)\s*(?:балл\w*)?\s*[:=–—-]?\s*({NUMBER})", re.I
)
LEVELS = re.compile(rf"({NUMBER})\s*(?:б\.|балл\w*|points?)?\s*[-–—:=]\s*[«\"]?[а-яёa-z]", re.I)
SCORED = re.compile(rf"({NUMBER})\s*(?:б\.|балл\w*|points?)", re.I)


def parse_points(text: str) -> Decimal | None:
    """Returns the most points of a criterion written as «0–5», «до 5», «макс. 5 баллов», «0, 1, 2», «2 балла –
    полностью…».
    """
    text = IN_WORDS.sub("", collapse_spaces(text)[:LONGEST_POINTS]).strip(" .;()")
    levels = LEVELS.findall(text)
    if len(levels) > 1:
        return max(map(parse_decimal, levels))
    for pattern in (RANGE, UP_TO):
        match = pattern.search(text)
        if match:
            return max(parse_decimal(group) for group in match.groups())
    numbers = SCORED.findall(text) or re.findall(rf"(?<![\w.,]){NUMBER}(?![\w.,]*\w)", text)
    only = re.sub(r"[\d\s.,;/|или–-]|б\.|балл\w*|points?", "", text, flags=re.I)
    if numbers and (len(only) <= 2 or SCORED.search(text)):
        return max(map(parse_decimal, numbers))
    return None


STEMS: tuple[tuple[str, int], ...] = (
    ("одиннадцат", 11), ("двенадцат", 12), ("тринадцат", 13), ("четырнадцат", 14), ("пятнадцат", 15),
    ("шестнадцат", 16), ("семнадцат", 17), ("восемнадцат", 18), ("девятнадцат", 19), ("двадцат", 20),
    ("тридцат", 30), ("сорок", 40), ("пят(?:ь|и)десят", 50), ("шест(?:ь|и)десят", 60), ("сем(?:ь|и)десят", 70),
    ("вос(?:емь|ьми)десят", 80), ("девяност", 90), ("двести|двухсот", 200), ("триста|тр[её]хсот", 300),
    ("ст(?:о|а)$", 100), ("один|одн", 1), ("дв[аеу]", 2), ("тр[иё]|трех", 3), ("четыр", 4), ("пят[ьи]$", 5),
    ("шест[ьи]$", 6), ("сем[ьи]$", 7), ("вос(?:емь|ьми)$", 8), ("девят[ьи]$", 9), ("десят[ьи]$", 10),
)  # fmt: skip


def number_in_words(words: str) -> int | None:
    """Parses a number spelled out in Russian: «тридцать шесть», «четырнадцати» → 36, 14; None if a word is no
    number.
    """
    total = 0
    for word in re.findall(r"[а-яё]+", words.lower()):
        value = next((number for stem, number in STEMS if re.match(stem, word)), None)
        if value is None:
            return None
        total += value
    return total or None
