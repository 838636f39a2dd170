"""Criteria of the final attestation with their points, and the pass rule, read from a table or a list."""

# ruff: noqa: E501 - words of headings are easier to read on long lines than broken

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal

from courses.importing.document import Row, Table
from courses.importing.model import ImportedCriterion
from courses.importing.numbers import NUMBER, number_in_words, parse_decimal, parse_points
from courses.importing.plan.vocabulary import TOTAL_ROW

ANY_CASE = re.IGNORECASE

NAME_HEADING = re.compile(r"критери|параметр|что оценивается|объект\w* оцен|criteri", ANY_CASE)
INDICATOR_HEADING = re.compile(
    r"показател|описани|характеристик|индикатор|дескриптор|содержание|требовани|indicator|description", ANY_CASE
)
POINTS_HEADING = re.compile(r"балл|оцен|\bмакс|количество|вес\b|points?|score|max", ANY_CASE)
MIN_HEADING = re.compile(r"\bмин", ANY_CASE)
MAX_HEADING = re.compile(r"\bмакс", ANY_CASE)
LEVEL_HEADING = re.compile(rf"^({NUMBER})\s*(?:б\.|балл\w*)?$|^({NUMBER})\s*(?:б\.|балл\w*)", ANY_CASE)
SCALE = re.compile(
    r"^(?:\W*\d+\s*(?:[-–—]\s*\d+)?\s*балл\w*|зачтено|не зачтено|отлично|хорошо|удовлетв\w+|неудовл\w+)", ANY_CASE
)


@dataclass(frozen=True)
class _Columns:
    name: int
    indicator: int | None
    points: int | None
    least: int | None
    levels: Decimal | None
    """The highest number of points where each level has a column of its own."""


def find_criteria_table(table: Table) -> tuple[ImportedCriterion, ...]:
    """Returns the criteria of a table; empty if the table holds something else."""
    for start in range(min(3, len(table.rows))):
        columns = _columns(table.rows[start])
        if columns is None:
            continue
        end = start + 1
        if end < len(table.rows):
            columns, end = _with_second_row(table, start, columns)
        found = [one for i in range(end, len(table.rows)) if (one := _criterion(table, i, columns))]
        return tuple(_with_unique_names(found))
    return ()


def _columns(row: Row) -> _Columns | None:
    """Returns the roles of the columns if the row is a heading of criteria, else None."""
    heads = {c: cell.text for c, cell in enumerate(row.cells) if cell.text and len(cell.text) < 120}
    names = [c for c, text in heads.items() if NAME_HEADING.search(text)]
    if not names or len(heads) < 2:
        return None
    indicators = [c for c, text in heads.items() if INDICATOR_HEADING.search(text) and c not in names]
    if not indicators and len(names) > 1:
        indicators = names[1:]
    rest = [c for c in heads if c not in (names[0], *indicators)]
    levels = [parse_decimal(m[1] or m[2]) for c in rest if (m := LEVEL_HEADING.match(heads[c]))]
    points = [c for c in rest if POINTS_HEADING.search(heads[c]) and not LEVEL_HEADING.match(heads[c])]
    least = next((c for c in points if MIN_HEADING.search(heads[c]) and not MAX_HEADING.search(heads[c])), None)
    most = [c for c in points if c != least]
    best = next((c for c in most if MAX_HEADING.search(heads[c])), most[0] if most else None)
    if best is None and not levels and not indicators:
        return None
    return _Columns(
        names[0], indicators[0] if indicators else None, best, least, max(levels) if len(levels) > 1 else None
    )


def _with_second_row(table: Table, start: int, columns: _Columns) -> tuple[_Columns, int]:
    """Returns the roles and the first body row of a heading that may take two rows: «Баллы» over 0, 1, 2."""
    second = table.rows[start + 1]
    if second.cells[columns.name].continuation != "column":
        return columns, start + 1
    levels = [parse_decimal(m[1] or m[2]) for text in second.texts if (m := LEVEL_HEADING.match(text))]
    if len(levels) < 2:
        return columns, start + 2
    return _Columns(columns.name, columns.indicator, None, columns.least, max(levels)), start + 2


def _criterion(table: Table, index: int, columns: _Columns) -> ImportedCriterion | None:
    """Returns the row's criterion; None for totals, headings across the table and empty rows."""
    row = table.rows[index]
    name = table.origin(index, columns.name).text
    indicator = row.cells[columns.indicator].text if columns.indicator is not None else ""
    if (
        not name
        or row.cells[columns.name].continuation == "row"
        or any(TOTAL_ROW.match(text) for text in row.texts[:2])
    ):
        return None
    if (len(row.texts) == 1 and row.merged_to > 1) or re.match(r"^\W*(?:максимальн\w+|максимум)\b.*$", name, ANY_CASE):
        return None
    text = table.origin(index, columns.points).text if columns.points is not None else ""
    most = parse_points(text) if text else columns.levels
    if most is None and columns.levels is None:
        most = parse_points(indicator) if re.search(r"балл", indicator, ANY_CASE) else None
    if most is None and not indicator and not text:
        return None
    least = parse_points(row.cells[columns.least].text) if columns.least is not None else None
    return ImportedCriterion(re.sub(r"^\d{1,2}[.)]\s*", "", name), indicator, most or None, least)


def _with_unique_names(criteria: list[ImportedCriterion]) -> Iterable[ImportedCriterion]:
    """Makes names unique: a criterion that is scored per indicator becomes one criterion for each indicator."""
    names = [one.name for one in criteria]
    for one in criteria:
        if names.count(one.name) > 1 and one.indicator:
            yield ImportedCriterion(f"{one.name}: {one.indicator}"[:300], one.indicator, one.max_points, one.min_points)
        else:
            yield one


LONGEST = 600
"""Most characters of a line that may name a criterion or the pass rule; longer lines are prose."""
LISTED = re.compile(
    rf"^\W*+(?:\d{{1,2}}[.)]\s*+)?(?P<name>.{{3,240}}?)\s*[-–—:(;,][-–—:(;,\s]*(?P<points>(?:(?:от|до|макс[^\W\d]*+\.?|не\s++более|по|оценивается в)\s*+)*"
    rf"(?>{NUMBER})(?:\s*+(?:[-–—…]|до|,|/)\s*+(?>{NUMBER}))*+\s*+(?:балл\w*|б\.?)?)\s*+\)?\s*+[;.]?\s*+$",
    ANY_CASE,
)
NOT_CRITERION = re.compile(
    r"зач[её]т|зачтен|не\s+менее|не\s+ниже|минимальн|проходн|порог|итого|всего|максимальн\w+\s+(?:количество|сумма|балл)|шкал",
    ANY_CASE,
)


def list_criteria(texts: Sequence[str]) -> tuple[ImportedCriterion, ...]:
    """Returns the criteria of a list such as «Соответствие структуре: 0–5 баллов». One such line alone is no list."""
    found = []
    for text in texts:
        match = LISTED.match(text) if len(text) <= LONGEST else None
        speaks_of_points = (
            re.search(r"балл|\bб\.", text, ANY_CASE) or re.search(r"\d\s*[-–—]\s*\d", text) or "до " in text
        )
        if match is None or not speaks_of_points or NOT_CRITERION.search(text) or SCALE.match(text):
            continue
        points = parse_points(match["points"])
        name, _mark, indicator = match["name"].partition(": ")
        if points:
            found.append(ImportedCriterion(name.strip(" –—-"), indicator.strip(), points))
    return tuple(found) if len(found) > 1 else ()


WORD_NUMBER = r"[а-яё]+(?:\s[а-яё]+)?"
AT_LEAST = rf"(?:не\s+(?:менее|меньше|ниже)(?:\s+чем)?|минимум|от|более|больше|свыше|хотя\s+бы|≥|>=)\s*(?:на\s+)?(?P<number>{NUMBER}|{WORD_NUMBER})"
RULES = (
    re.compile(rf"{AT_LEAST}\s*(?:\([^)]*\)\s*)?(?P<unit>балл\w*|б\.|%|процент\w*)", ANY_CASE),
    re.compile(rf"(?P<number>{NUMBER})\s*(?:\([^)]*\)\s*)?(?P<unit>балл\w*|б\.|%)?\s*(?:и\s+(?:более|выше|больше)|или\s+(?:более|больше|выше))", ANY_CASE),
    re.compile(rf"(?:проходн\w+|порогов\w+|минимальн\w+)\s+(?:\w+\s+)?(?P<unit>балл\w*|сумма\s+баллов|количество\s+баллов)\s*(?:для\s+\w+\s*)?[:–—=-]*\s*(?:составляет\s+|равен\s+|равно\s+|равна\s+)?(?P<number>{NUMBER})", ANY_CASE),
    re.compile(rf"(?P<number>{NUMBER})\s*[-–—]\s*{NUMBER}\s*(?P<unit>балл\w*)\W{{0,4}}(?:\w+\s+)?(?:зачтено|зач[её]т)", ANY_CASE),
    re.compile(rf"(?<!не )(?:зачтено|зач[её]т)\W{{0,5}}(?:от\s+)?(?P<number>{NUMBER})\s*(?:[-–—]|до)\s*{NUMBER}\s*(?P<unit>балл\w*)", ANY_CASE),
    re.compile(rf"(?P<number>{NUMBER})\s*(?P<unit>%|процент\w*)\s*(?:от\s+)?(?:максим|общ|возможн|суммы|балл)", ANY_CASE),
)  # fmt: skip
EACH = re.compile(
    r"кажд\w+\s+(?:из\s+)?(?:критери|показател|позици|параметр)|(?:любо|отдельн|ни\s+по\s+одн)\w+\s+(?:из\s+)?критери|по\s+критериям\s+в\s+отдельности",
    ANY_CASE,
)
NO_ZERO = re.compile(r"(?:нет|без|отсутств\w+|ни\s+по\s+одному)\W.{0,40}?(?:нулев\w+|\b0\b)", ANY_CASE)
HALF = re.compile(r"не\s+менее\s+половины\s+(?:от\s+)?(?:максимальн\w+|возможн\w+|баллов|общ\w+)", ANY_CASE)
CLAUSES = re.compile(
    r"(?<=[.;])\s+|,\s+(?=(?:при|а|и|но|причём|причем|менее|меньше|ниже)\b|\d)|\s+(?=(?:и|при\s+этом)\s+(?:не\s+менее|минимум|хотя|по\s+кажд))"
)
NEGATIVE = re.compile(r"(?:не\s+зачтен|незач[её]т|не\s+зач[её]т|менее\s+\d+\s+балл\w*\s*[-–—]\s*не)", ANY_CASE)
PASSING = re.compile(
    r"зач[её]т|зачт|аттестован|пройд|выполнен|принят|успешн|проходн|порог|минимальн|положительн|удовлетвор|pass",
    ANY_CASE,
)


@dataclass(frozen=True)
class PassRule:
    """Points that the whole work and each criterion must reach."""

    pass_mark: Decimal | None = None
    min_per_criterion: Decimal | None = None
    blocks: tuple[int, ...] = ()
    """Indexes of the blocks that state the rule."""


def find_pass_rule(lines: Iterable[tuple[str, int]], most: Decimal) -> PassRule:
    """Returns the pass rule stated in the lines. ``most``: the sum of all points, used for rules in per cent."""
    mark: Decimal | None = None
    each: Decimal | None = None
    blocks = []
    for text, block in lines:
        for clause in CLAUSES.split(text[: 10 * LONGEST]):
            if len(clause) > LONGEST:
                continue
            value = _value(clause, most)
            if EACH.search(clause):
                value = value if value is not None else _points_in(clause)
                value = Decimal(1) if value is None and NO_ZERO.search(clause) else value
                each = value if each is None else each
            elif (
                value is not None and not NEGATIVE.search(clause) and mark is None and _speaks_of_passing(text, clause)
            ):
                mark = value
            else:
                continue
            blocks.append(block)
    return PassRule(mark, each, tuple(blocks))


def _points_in(clause: str) -> Decimal | None:
    """Returns the points of a clause such as «По каждому критерию — 1 балл»."""
    match = re.search(rf"({NUMBER})\s*(?:балл|б\.)", clause, ANY_CASE)
    return parse_decimal(match[1]) if match else None


def _speaks_of_passing(text: str, clause: str) -> bool:
    return bool(PASSING.search(text)) or bool(re.search(r"не\s+(?:менее|ниже).*балл", clause, ANY_CASE))


def _value(clause: str, most: Decimal) -> Decimal | None:
    """Returns the number of points that a clause states; None if it states none."""
    if HALF.search(clause) and most:
        return most / 2
    for rule in RULES:
        match = rule.search(clause)
        if match is None:
            continue
        said = match["number"]
        value = parse_decimal(said) if said[0].isdigit() else Decimal(number_in_words(said) or 0)
        unit = (match["unit"] or "").lower()
        if unit.startswith(("%", "проц")):
            return (most * value / 100).to_integral_value(ROUND_CEILING) if most else None
        if not value:
            continue
        strictly = re.match(r"(?:более|больше|свыше)\b", match[0], ANY_CASE)
        return value + 1 if strictly else value
    return None
