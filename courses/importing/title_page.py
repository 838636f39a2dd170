"""Facts of a title page: the organisation, the workload and the year; words that announce the title."""

# ruff: noqa: E501 - words of headings are easier to read on long lines than broken

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from courses.importing.document import Paragraph, collapse_spaces
from courses.importing.numbers import number_in_words, parse_decimal

ANY_CASE = re.IGNORECASE

STAMP = re.compile(
    r"^\W*(?:рассмотрен|утвержд|согласован|принят|рекомендован|одобрен|директор\b|заведующ|руководител|начальник|председател|"
    r"(?:и\.?\s?о\.?\s+)?директор|приказ|протокол|на\s+заседани|(?:педагогическ|методическ)\w+\s+совет|от\s+«|«?\s*_{2,}|подпись|м\.\s?п\.)|_{4,}",
    ANY_CASE,
)
MARKER = re.compile(
    r"\bпрограмм[аыеу]\b(?:\s+(?:дополнительн\w+|профессиональн\w+|повышени\w+|квалификаци\w+|стажировк\w+|стажировочн\w+|площадк\w+|"
    r"учител\w+|педагог\w*|работник\w*|курс\w*|обучени\w+|внутришкольн\w+|практик\w*|образовани\w+))*",
    ANY_CASE,
)
TOPIC = re.compile(r"^\W*(?:по|на)\s+тем[еу]\b\s*:?\s*|^\W*тема\s*:\s*", ANY_CASE)
ORGANIZATION = re.compile(
    r"\b(?:[МГОКФ]?[БАК]?(?:Д|П|Н)?ОУ(?:\s?ДПО)?|МБУ|МАУ|МКУ|ГБУ|ГАУ|ФГБОУ|ФГАОУ|ЧОУ|НОЧУ|АНО|ОГБПОУ|КГБПОУ|ГБПОУ|ГАПОУ|ГПОУ|МБОУ|МАОУ|МБДОУ|"
    r"МАДОУ|МКДОУ|СОШ|ООШ|ИМЦ|ЦДО|ЦДТ)\b|учреждени|\bшкол[аы]\b|\bлице[йя]\b|гимнази|детск\w+ сад|колледж|техникум|институт|университет|"
    r"академи[яи]\b|\bцентр\b|\bдворец\b|\bдом\s+(?:детск|учител|творч)|\bschool\b|\bcollege\b",
    ANY_CASE,
)
NAMED_ORGANIZATION = re.compile(
    r"\b[МГФ]?[БАК]?[А-Я]{0,2}ОУ\b|учреждени|\b(?:школа|лицей|гимназия|детский сад)\s*№", ANY_CASE
)
FOUNDER = re.compile(
    r"управлени\w+\s+образован|департамент|министерств|администраци|комитет\w*\s+(?:по\s+)?образован|отдел\s+образован",
    ANY_CASE,
)
QUOTES = {"«": "»", "“": "”", "„": "“", '"': '"', "‹": "›", "”": "”"}
EMPTY_QUOTE = re.compile(r"^[\W_\d]*$")
LONGEST = 1000
"""Most characters of a line on a title page."""
WORKLOAD = re.compile(
    r"(?P<number>\d{1,4}(?:[.,]\d{1,2})?)(?:\s*\([а-яё\s-]+\))?\s*-?\s*(?:х\s*)?"
    r"(?:(?:академ\w*|учебн\w*|ак|уч|аудит\w*)\b\.?\s*)*(?:час\w*|ч\b|hours?\b|h\b)",
    ANY_CASE,
)
IN_WORDS = re.compile(r"(?P<words>(?:\b[а-яё]+\s+){1,3})(?:академическ\w+\s+|учебн\w+\s+)?час(?:а|ов)?\b", ANY_CASE)
NOT_WORKLOAD_AFTER = re.compile(
    r"^\.?\s*(?:в|за|на)\s+(?:день|недел|одно|занят|сутки)|^\s*[–—=-]\s*45|^\s*(?:лекц|практ|самост)", ANY_CASE
)
NOT_WORKLOAD_BEFORE = re.compile(
    r"(?:не\s+более|по|до|из\s+них\D{0,20}|в\s+том\s+числе\D{0,30}|академический|не\s+менее)\s*$", ANY_CASE
)
YEAR = re.compile(r"\b(20\d\d)\b")


@dataclass(frozen=True)
class FrontLine:
    """A line of the title page."""

    text: str
    block: int
    is_stamp: bool = False
    is_title: bool = False
    ends: bool = False
    """True if an empty line or the end of a paragraph follows."""


def front_lines(paragraphs: Iterable[tuple[Paragraph, int]]) -> list[FrontLine]:
    """Returns all lines; the lines of an approval stamp are marked up to the end of their paragraph."""
    lines = []
    for paragraph, block in paragraphs:
        is_stamp = False
        for text in (line for line in paragraph.lines if len(line) <= LONGEST):
            is_stamp = is_stamp or bool(STAMP.search(text))
            lines.append(FrontLine(text, block, is_stamp, paragraph.is_title or paragraph.level == 1))
    return lines


def quoted(text: str) -> str:
    """Returns the first text in quotation marks that has letters, with its inner quotation marks; empty if there is
    none.
    """
    text = text[: 2 * LONGEST]
    for start, sign in enumerate(text):
        if sign in QUOTES:
            inside = _inside(text, start, sign)
            if inside and not EMPTY_QUOTE.match(inside):
                return collapse_spaces(inside)
    return ""


def _inside(text: str, start: int, sign: str) -> str:
    """Returns the text between this quotation mark and its closing mark."""
    closing = QUOTES[sign]
    if closing == sign:
        end = text.find(closing, start + 1)
        return text[start + 1 : end] if end > 0 else ""
    depth = 0
    last = -1
    for place in range(start, len(text)):
        depth += (text[place] == sign) - (text[place] == closing)
        if text[place] == closing:
            last = place
        if depth == 0:
            return text[start + 1 : place]
    # One closing mark may stand for two: «Учитель «Росток».
    return text[start + 1 : last] if last > start else ""


def find_organization(lines: list[FrontLine], title: list[FrontLine]) -> tuple[str, set[int]]:
    """Returns the organisation on the title page, joined from the lines that name it, and the indexes of their
    blocks.
    """
    candidates = [line for line in lines if line not in title]
    for wanted in (False, True):
        for i, line in enumerate(candidates):
            is_one = line.is_stamp == wanted and ORGANIZATION.search(line.text) and not FOUNDER.search(line.text)
            if is_one and not MARKER.search(line.text):
                return _organization(candidates[i:], wanted)
    return "", set()


def _organization(lines: list[FrontLine], in_stamp: bool) -> tuple[str, set[int]]:
    """Joins the first line with those that continue the name: quotation marks, «имени …», brackets."""
    first = re.sub(r"^.*?директор\w*\s+(?=\S)", "", lines[0].text, flags=re.I) if in_stamp else lines[0].text
    texts, blocks = [first.strip(" _/")], {lines[0].block}
    for line in lines[1:4]:
        goes_on = re.match(r"^[«\"„“]|^имени|^им\.|^№|^дополнительн|^города|^г\.", line.text, re.I)
        is_more = goes_on or (ORGANIZATION.search(line.text) and not FOUNDER.search(line.text))
        if in_stamp or line.is_stamp or not is_more or MARKER.search(line.text):
            break
        texts.append(line.text)
        blocks.add(line.block)
    return collapse_spaces(" ".join(texts)).rstrip(" ,."), blocks


def find_workload(text: str, in_label: bool = False) -> Decimal | None:
    """Returns the academic hours that a text states as the whole, in digits or spelled out. ``in_label``: accepts a
    bare number.
    """
    for match in WORKLOAD.finditer(text):
        if NOT_WORKLOAD_AFTER.search(text[match.end() :]) or NOT_WORKLOAD_BEFORE.search(text[: match.start()]):
            continue
        return parse_decimal(match["number"])
    for match in IN_WORDS.finditer(text):
        words = match["words"].split()
        value = next((n for i in range(len(words)) if (n := number_in_words(" ".join(words[i:])))), None)
        if value:
            return Decimal(value)
    bare = (
        re.search(r"(?:час|трудо[её]мк|об[ъь][её]м)\D*?(\d{1,4}(?:[.,]\d{1,2})?)\s*\.?$", text, ANY_CASE)
        if in_label
        else None
    )
    return parse_decimal(bare[1]) if bare else None


def find_year(texts: Iterable[str]) -> int | None:
    """Returns the first year named."""
    for text in texts:
        match = YEAR.search(text)
        if match:
            return int(match[1])
    return None
