"""A generator of documents: writes one invented programme in one of many forms that methodologists use.

``variant(random, programme, kind)`` chooses the form, ``write`` writes the file, ``expected`` returns its content.
"""

# ruff: noqa: E501 - data

import random
from dataclasses import dataclass, fields
from datetime import datetime
from decimal import Decimal

from openpyxl.utils import get_column_letter

from tests.unit.importing import writing
from tests.unit.importing.invented import Programme, Section, Topic
from tests.unit.importing.writing import BULLET, NUMBERED, Cell, Grid, Sheet, paragraph

D = Decimal
ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII")


@dataclass(frozen=True)
class Variant:
    numbering: str
    header: str
    total_column: str
    section_rows: str
    zero: str
    comma: str
    unit: str
    total_row: str
    subtotals: bool
    title_heading: str
    control_heading: str
    form_heading: str
    forms_first: bool
    index_row: bool
    split: str
    other_tables: bool
    front: str
    workload: str
    workload_label: str
    competencies: str
    criteria: str
    rule: str
    labels: str
    tasks: str
    hours_as: str
    hidden: str
    extra_sheets: bool
    offset: bool
    bold_sections: bool
    mid_level: bool


CHOICES: dict[str, tuple] = {
    "numbering": (
        "plain",
        "dotted",
        "roman",
        "roman_ints",
        "words",
        "in_title",
        "title_plain",
        "restart",
        "none",
        "auto",
        "date",
        "float",
    ),
    "header": ("one", "two", "three", "unmerged"),
    "total_column": ("first", "last", "none"),
    "section_rows": ("sums", "blank", "merged", "total_only"),
    "zero": ("", "-", "–", "—", "0"),
    "comma": (",", "."),
    "unit": ("", "", "", " ч.", " ч"),
    "total_row": ("Итого", "Итого:", "ВСЕГО", "Всего часов", "ИТОГО ПО ПРОГРАММЕ", "none", "merged"),
    "subtotals": (False, False, False, True),
    "title_heading": (
        "Наименование разделов и тем",
        "Разделы и темы",
        "Название модуля, темы",
        "Тема",
        "Содержание",
        "Наименование модулей (разделов), тем",
    ),
    "control_heading": (
        "Форма контроля",
        "Формы аттестации (контроля)",
        "Контроль",
        "Вид контроля",
        "Форма аттестации",
        "none",
    ),
    "form_heading": ("Форма занятия", "Формы проведения занятий", "Вид занятия", "none", "none"),
    "forms_first": (True, False, False),
    "index_row": (True, False, False),
    "split": ("none", "none", "bare", "headed"),
    "other_tables": (True, False),
    "front": ("quoted", "two_lines", "same_line", "table", "style", "passport", "unquoted", "straight"),
    "workload": (
        "{n} ч.",
        "{n} академических часов",
        "{n} часов",
        "{n} (прописью) академических часов",
        "{n} ак. ч.",
        "{n} учебных часов",
    ),
    "workload_label": ("Нормативный срок освоения программы", "Трудоёмкость", "Объём программы", "Срок обучения"),
    "competencies": ("table", "table_one_cell", "table_rows", "inline", "bullets"),
    "criteria": ("0–{n}", "до {n}", "{n}", "макс. {n}", "от 0 до {n} баллов", "list", "list_brackets"),
    "rule": (
        "Зачтено: не менее {p} баллов из {m}.",
        "Работа зачтена, если набрано {p} баллов и более.",
        "Для получения зачёта необходимо набрать не менее {p} баллов.",
        "Проходной балл — {p}.",
        "Минимальное количество баллов для зачёта: {p}.",
        "{p}–{m} баллов — зачтено, менее {p} баллов — не зачтено.",
    ),
    "labels": ("colon", "heading", "bold", "dash"),
    "tasks": ("bullets", "dashes", "inline", "numbers"),
    "hours_as": ("numbers", "text", "formulas"),
    "hidden": ("none", "none", "row", "column"),
    "extra_sheets": (True, False),
    "offset": (True, False),
    "bold_sections": (True, False),
    "mid_level": (False, False, False, True),
}


def variant(dice: random.Random, kind: str) -> Variant:
    """Chooses each option separately, then resolves combinations that contradict each other."""
    picked = {one.name: dice.choice(CHOICES[one.name]) for one in fields(Variant)}
    if kind == "xlsx" and picked["numbering"] == "auto":
        picked["numbering"] = "date"
    if kind == "docx" and picked["numbering"] in ("date", "float"):
        picked["numbering"] = "plain"
    if kind == "docx" and picked["header"] == "unmerged":
        picked["header"] = "two"
    if picked["numbering"] in ("none",):
        # Without numbers somebody has to say what a section is: an own kind of row, or sums.
        picked["subtotals"] = False
        if picked["section_rows"] == "total_only":
            picked["section_rows"] = "sums"
        picked["bold_sections"] = True
    if picked["numbering"] == "roman_ints":
        picked["mid_level"] = False
    if picked["mid_level"] and picked["numbering"] not in ("plain", "dotted", "title_plain", "auto"):
        picked["mid_level"] = False
    if picked["section_rows"] in ("sums", "total_only"):
        picked["subtotals"] = False
    if picked["total_column"] == "none" and picked["section_rows"] == "total_only":
        picked["section_rows"] = "sums"
    return Variant(**picked)


@dataclass(frozen=True)
class Row:
    """A row of the plan before it is written."""

    kind: str
    number: str
    title: str
    hours: tuple[Decimal, ...] = ()
    control: str = ""
    form: str = ""
    level: int | None = None


def numbers(v: Variant, section: int, topic: int | None, mid: int | None = None) -> str:
    """Returns the number of a section (without topic) or of a topic, both from 1."""
    steps = [section, *([mid] if mid else []), *([topic] if topic else [])]
    plain = ".".join(map(str, steps))
    if v.numbering in ("plain", "date", "float", "title_plain"):
        return plain
    if v.numbering == "dotted":
        return plain + "."
    if v.numbering == "roman":
        return ROMAN[section - 1] if topic is None else plain
    if v.numbering == "roman_ints":
        return ROMAN[section - 1] if topic is None else str(topic)
    if v.numbering in ("words", "in_title"):
        word = "Модуль" if v.numbering == "words" else "Раздел"
        return f"{word} {section}" + ("." if v.numbering == "in_title" else "") if topic is None else f"Тема {plain}."
    if v.numbering == "restart":
        return f"Раздел {section}." if topic is None else f"{topic}."
    return ""


def plan_rows(p: Programme, v: Variant) -> list[Row]:
    rows: list[Row] = []
    for s, section in enumerate(p.sections, 1):
        leaves = list(section.topics) or [section.own]
        sums = tuple(sum((leaf.hours[k] for leaf in leaves), D(0)) for k in range(len(p.kinds)))
        if section.own is not None:
            own = section.own
            rows.append(Row("leaf_section", numbers(v, s, None), own.title, own.hours, own.control, own.form, 0))
            continue
        rows.append(Row("section", numbers(v, s, None), section.title, sums, level=0))
        rows += _topic_rows(section, v, s)
        if v.subtotals:
            rows.append(Row("subtotal", "", f"Итого по разделу {s}", sums))
    if v.total_row != "none":
        total = tuple(sum((leaf.hours[k] for leaf in p.leaves()), D(0)) for k in range(len(p.kinds)))
        rows.append(Row("total", "", "Итого" if v.total_row == "merged" else v.total_row, total))
    return rows


def _topic_rows(section: Section, v: Variant, s: int) -> list[Row]:
    """Topics of a section; in a plan of three levels the first two stand under a row of their own."""
    rows = []
    if v.mid_level and len(section.topics) > 2:
        pair = section.topics[:2]
        sums = tuple(a + b for a, b in zip(pair[0].hours, pair[1].hours, strict=True))
        rows.append(Row("mid", numbers(v, s, 1), "Вводный блок", sums, level=1))
        rows += [_topic_row(topic, numbers(v, s, i, mid=1), 2) for i, topic in enumerate(pair, 1)]
        return rows + [_topic_row(topic, numbers(v, s, i), 1) for i, topic in enumerate(section.topics[2:], 2)]
    return [_topic_row(topic, numbers(v, s, i), 1) for i, topic in enumerate(section.topics, 1)]


def _topic_row(topic: Topic, number: str, level: int) -> Row:
    return Row("topic", number, topic.title, topic.hours, topic.control, topic.form, level)


def columns(p: Programme, v: Variant) -> list[str]:
    """Returns keys of columns in order: number, title, total, kind indexes, form, control."""
    with_number = v.numbering not in ("in_title", "title_plain", "none", "restart")
    hours = [f"k{i}" for i in range(len(p.kinds))]
    if v.total_column == "first":
        hours = ["total", *hours]
    elif v.total_column == "last":
        hours = [*hours, "total"]
    words = [key for key, heading in (("form", v.form_heading), ("control", v.control_heading)) if heading != "none"]
    before, after = (words, []) if v.forms_first else ([], words)
    return [*(["number"] if with_number else []), "title", *before, *hours, *after]


def headings(p: Programme, v: Variant) -> dict[str, str]:
    total = "Всего часов" if v.header == "one" else "Всего"
    named = {f"k{i}": kind for i, kind in enumerate(p.kinds)}
    return {
        "number": "№ п/п",
        "title": v.title_heading,
        "total": total,
        "form": v.form_heading,
        "control": v.control_heading,
        **named,
    }


def header_rows(p: Programme, v: Variant, keys: list[str]) -> list[list[Cell]]:
    names = headings(p, v)
    hours = [key for key in keys if key == "total" or key.startswith("k")]
    if v.header == "one":
        return [[Cell(names[key], bold=True) for key in keys]]
    if v.header == "unmerged":
        first = [Cell("Количество часов" if key == hours[0] else "" if key in hours else names[key]) for key in keys]
        return [first, [Cell(names[key] if key in hours else "") for key in keys]]
    depth = 2 if v.header == "two" else 3
    first = []
    for key in keys:
        if key not in hours:
            first.append(Cell(names[key], down=depth))
        elif key == hours[0]:
            first.append(Cell("Количество часов", across=len(hours)))
    if depth == 2:
        return [first, [Cell(names[key]) for key in hours]]
    kinds = [key for key in hours if key != "total"]
    second = []
    for key in hours:
        if key == "total":
            second.append(Cell(names[key], down=2))
        elif key == kinds[0]:
            second.append(Cell("в том числе", across=len(kinds)))
    return [first, second, [Cell(names[key]) for key in kinds]]


def hours_text(value: Decimal, v: Variant, kind: str) -> Cell:
    if not value:
        return Cell(v.zero, value=0 if v.zero == "0" and kind == "xlsx" else None)
    text = f"{value.normalize():f}".replace(".", v.comma)
    if kind == "xlsx" and v.hours_as != "text":
        return Cell(text, value=float(value) if value % 1 else int(value))
    return Cell(text + v.unit)


def body_rows(p: Programme, v: Variant, keys: list[str], kind: str, first_row: int, left: int) -> list[list[Cell]]:
    drawn = []
    rows = plan_rows(p, v)
    for i, row in enumerate(rows):
        drawn.append(_merged(row, v, keys) or _drawn(row, i, rows, p, v, keys, kind, first_row, left))
    return drawn


def _merged(row: Row, v: Variant, keys: list[str]) -> list[Cell] | None:
    """Returns a section's name across the whole table."""
    if row.kind != "section" or v.section_rows != "merged":
        return None
    number = row.number if v.numbering != "auto" else ""
    glue = ". " if number and not number.endswith(".") else " "
    level = row.level if v.numbering == "auto" else None
    return [Cell(f"{number}{glue}{row.title}".strip(), across=len(keys), bold=v.bold_sections, level=level)]


def _drawn(
    row: Row, i: int, rows: list[Row], p: Programme, v: Variant, keys: list[str], kind: str, first_row: int, left: int
) -> list[Cell]:
    cells: list[Cell] = []
    is_section = row.kind in ("section", "mid")
    bold = (v.bold_sections and row.kind in ("section", "leaf_section")) or row.kind == "total"
    for key in keys:
        if key == "number":
            cells.append(_number_cell(row, v, kind, bold))
        elif key == "title":
            inside = "number" not in keys and row.number
            cells.append(Cell(f"{row.number} {row.title}" if inside else row.title, bold=bold))
        elif key == "form":
            cells.append(Cell(row.form))
        elif key == "control":
            cells.append(Cell(row.control))
        else:
            cells.append(_hours_cell(row, i, rows, p, v, keys, key, kind, first_row, left))
    if is_section and v.section_rows in ("blank", "merged") and row.kind == "section":
        cells = [
            Cell("") if key == "total" or key.startswith("k") else cell for key, cell in zip(keys, cells, strict=True)
        ]
    if row.kind == "total" and v.total_row == "merged" and "number" in keys:
        cells = [Cell(row.title, across=2, bold=True), *cells[2:]]
    return cells


def _number_cell(row: Row, v: Variant, kind: str, bold: bool) -> Cell:
    if v.numbering == "auto" and row.level is not None:
        return Cell("", level=row.level)
    if kind == "xlsx" and row.number and v.numbering == "date" and "." in row.number:
        day, month = row.number.split(".")
        return Cell(row.number, value=datetime(2026, int(month), int(day)), format="d.m")  # noqa: DTZ001 - a sheet knows no zones
    if kind == "xlsx" and row.number and v.numbering in ("float", "date"):
        number = float(row.number)
        return Cell(row.number, value=int(number) if number.is_integer() else number)
    return Cell(row.number, bold=bold)


def _hours_cell(
    row: Row,
    i: int,
    rows: list[Row],
    p: Programme,
    v: Variant,
    keys: list[str],
    key: str,
    kind: str,
    first_row: int,
    left: int,
) -> Cell:
    total_only = row.kind in ("section", "mid") and v.section_rows == "total_only"
    if total_only and key != "total":
        return Cell("")
    value = sum(row.hours, D(0)) if key == "total" else row.hours[int(key[1:])]
    formula = (
        _formula(row, i, rows, keys, key, first_row, left, total_only)
        if kind == "xlsx" and v.hours_as == "formulas"
        else ""
    )
    return Cell(value=formula) if formula else hours_text(value, v, kind)


def _formula(
    row: Row, i: int, rows: list[Row], keys: list[str], key: str, first_row: int, left: int, total_only: bool
) -> str:
    """Returns sums as a methodologist writes them: a row's total across, a section's sum down."""
    if key == "total" and row.kind in ("section", "mid") and total_only:
        return ""
    if key == "total":
        kinds = [left + c for c, k in enumerate(keys) if k.startswith("k")]
        return f"=SUM({get_column_letter(kinds[0] + 1)}{first_row + i + 1}:{get_column_letter(kinds[-1] + 1)}{first_row + i + 1})"
    letter = get_column_letter(left + keys.index(key) + 1)
    below = []
    if row.kind in ("section", "mid"):
        ends = ("section", "leaf_section", "total", "subtotal") + (("mid",) if row.kind == "mid" else ())
        for j in range(i + 1, len(rows)):
            if rows[j].kind in ends or (row.kind == "mid" and rows[j].level != 2):
                break
            if rows[j].kind == "topic":
                below.append(j)
    elif row.kind == "total":
        below = [j for j in range(i) if rows[j].kind in ("topic", "leaf_section")]
    if not below:
        return ""
    return "=" + "+".join(f"{letter}{first_row + j + 1}" for j in below)


def plan_grid(p: Programme, v: Variant, kind: str, top: int = 0, left: int = 0) -> Grid:
    keys = columns(p, v)
    header = header_rows(p, v, keys)
    if v.index_row:
        header.append([Cell(str(i), value=i if kind == "xlsx" else None) for i in range(1, len(keys) + 1)])
    grid = Grid(header + body_rows(p, v, keys, kind, top + len(header), left), repeated_header=len(header))
    if kind == "xlsx" and v.hidden == "row" and v.hours_as != "formulas":
        # A draft topic that somebody hid instead of deleting it.
        place = len(header) + next(i for i, r in enumerate(plan_rows(p, v)) if r.kind == "topic") + 1
        width = len(keys)
        draft = [
            Cell("Черновик темы")
            if key == "title"
            else hours_text(D(3), v, kind)
            if key.startswith(("k", "total"))
            else Cell("")
            for key in keys
        ]
        assert len(draft) == width
        grid.rows.insert(place, draft)
        grid.hidden_rows.add(place)
    return grid


def _hide_column(grid: Grid, v: Variant) -> Grid:
    """Adds a hidden column of remarks at the right."""
    if v.hidden == "column":
        width = max(sum(cell.across for cell in row) for row in grid.rows)
        for i, row in enumerate(grid.rows):
            gap = width - sum(cell.across for cell in row)
            if i == 0:
                row.append(Cell("Резерв, час", down=max(cell.down for cell in row)))
            elif i >= grid.repeated_header and gap >= 0:
                row.append(Cell("1", value=1))
        grid.hidden_columns.add(width)
    return grid


def write(p: Programme, v: Variant, kind: str) -> bytes:
    return write_docx(p, v) if kind == "docx" else write_xlsx(p, v)


def spoilt(p: Programme, dice: random.Random) -> tuple[str, int]:
    """Returns a topic's title and one of its kinds with hours."""
    leaf = dice.choice(p.leaves())
    return leaf.title, dice.choice([k for k, hours in enumerate(leaf.hours) if hours])


def write_spoilt(p: Programme, place: tuple[str, int], v: Variant) -> bytes:
    """Writes the .docx with half an hour more in one cell of a topic and all sums unchanged."""
    return write_docx(p, v, place)


def write_xlsx(p: Programme, v: Variant) -> bytes:
    above = (
        (f"Учебно-тематический план программы стажировки «{p.title}»",)
        if v.front != "style"
        else (p.organization, "Учебно-тематический план", f"по программе «{p.title}»", f"Объём: {p.workload} ч.")
    )
    left = 1 if v.offset else 0
    gap = 1 if v.offset else 0
    grid = _hide_column(plan_grid(p, v, "xlsx", len(above) + gap, left), v)
    sheets = [Sheet("УТП", grid, top=gap, left=left, above=above)]
    if v.extra_sheets:
        notes = Grid([[Cell("Преподаватель"), Cell("Телефон")], [Cell("Иванова"), Cell("12-34")]])
        calendar = Grid(
            [
                [Cell("Тема"), Cell("Неделя 1"), Cell("Неделя 2")],
                [Cell("Первая"), Cell("2", value=2), Cell("4", value=4)],
            ]
        )
        old = plan_grid(p, v, "xlsx")
        old.rows = old.rows[:-1]
        sheets = [
            Sheet("Контакты", notes),
            Sheet("График", calendar),
            *sheets,
            Sheet("Старый план", old, state="hidden"),
        ]
    return writing.xlsx(sheets)


def write_docx(p: Programme, v: Variant, wrong: tuple[str, int] | None = None) -> bytes:
    parts = [
        *front(p, v),
        *note(p, v),
        *outcomes(p, v),
        _h1("Раздел 2. Содержание программы"),
        _h2("2.1. Учебно-тематический план программы стажировки"),
        *plan_tables(p, v, wrong),
        *contents(p),
        *conditions(p),
        *attestation(p, v),
        _h1("Список литературы"),
        *(paragraph(one, numbering=NUMBERED) for one in p.literature),
    ]
    return writing.docx("".join(parts))


def _h1(text: str) -> str:
    return paragraph(text, style="1")


def _h2(text: str) -> str:
    return paragraph(text, style="2")


def front(p: Programme, v: Variant) -> list[str]:
    stamp = Grid(
        [
            [
                Cell("РАССМОТРЕНО\nна заседании методического совета\nпротокол № 3"),
                Cell("УТВЕРЖДАЮ\nДиректор ________\nприказ № 17 от «1» сентября 2025 г."),
            ]
        ]
    )
    parts = [writing.table(stamp), paragraph(p.organization)] if v.front != "table" else []
    half = len(p.title.split()) // 2
    first, second = " ".join(p.title.split()[:half]), " ".join(p.title.split()[half:])
    if v.front == "quoted":
        parts += [paragraph("ПРОГРАММА СТАЖИРОВКИ"), paragraph(f"«{p.title}»")]
    elif v.front == "two_lines":
        parts += [paragraph("Программа стажировки"), paragraph(f"«{first}"), paragraph(f"{second}»")]
    elif v.front == "same_line":
        parts += [paragraph(f"Программа стажировки по теме «{p.title}»")]
    elif v.front == "table":
        page = Grid([[Cell(p.organization, across=2)], [Cell("ПРОГРАММА СТАЖИРОВКИ"), Cell(f"«{p.title}»")]])
        parts += [writing.table(page)]
    elif v.front == "style":
        parts += [paragraph("Программа стажировки", style="T"), paragraph(p.title, style="T")]
    elif v.front == "passport":
        page = Grid(
            [
                [Cell("Наименование программы"), Cell(f"Программа стажировки «{p.title}»")],
                [Cell("Организация"), Cell(p.organization)],
                [Cell("Объём"), Cell(f"{p.workload} часов")],
            ]
        )
        parts += [writing.table(page)]
    elif v.front == "straight":
        parts += [paragraph("Дополнительная профессиональная программа"), paragraph(f'"{p.title}"')]
    else:
        parts += [paragraph("ПРОГРАММА СТАЖИРОВКИ"), paragraph(p.title)]
    return [*parts, paragraph(v.workload.format(n=p.workload) + ", 2026 г."), paragraph("г. Северный, 2026")]


def _labelled(label: str, text: str, v: Variant) -> list[str]:
    if v.labels == "heading":
        return [_h2(label), paragraph(text)]
    if v.labels == "bold":
        return [paragraph(label, bold=True), paragraph(text)]
    return [paragraph(f"{label}{' –' if v.labels == 'dash' else ':'} {text}")]


def note(p: Programme, v: Variant) -> list[str]:
    parts = [_h1("Раздел 1. Характеристика программы"), _h2("1.1. Пояснительная записка")]
    parts += _labelled("Ключевые идеи опыта", p.ideas, v) + _labelled("Цель программы", p.goal, v)
    if v.tasks == "inline":
        parts.append(paragraph("Задачи: " + "; ".join(f"{i}) {task}" for i, task in enumerate(p.tasks, 1)) + "."))
    else:
        parts.append(paragraph("Задачи программы:"))
        marks = {"bullets": "", "dashes": "– ", "numbers": ""}
        numbering = {"bullets": BULLET, "numbers": NUMBERED}.get(v.tasks)
        parts += [paragraph(marks[v.tasks] + task + ";", numbering=numbering) for task in p.tasks]
    parts += _labelled("Форма обучения", p.form, v) + _labelled("Категория обучающихся", p.audience, v)
    return parts + _labelled(v.workload_label, v.workload.format(n=p.workload), v)


def outcomes(p: Programme, v: Variant) -> list[str]:
    parts = [_h2("1.2. Планируемые результаты освоения программы стажировки")]
    names = ("Знать", "Уметь", "Владеть")
    descriptors = [(c, (c.knows, c.can, c.practised)) for c in p.competencies]
    if v.competencies == "table":
        grid = Grid([[Cell("Компетенция"), *[Cell(name) for name in names]]])
        grid.rows += [[Cell(c.title), *[Cell("\n".join(items)) for items in lists]] for c, lists in descriptors]
        return [*parts, writing.table(grid)]
    if v.competencies == "table_one_cell":
        grid = Grid([[Cell("Совершенствуемые компетенции"), Cell("Планируемые результаты")]])
        grid.rows += [
            [Cell(c.title), Cell("\n".join(f"{n}: {'; '.join(i)}." for n, i in zip(names, lists, strict=True)))]
            for c, lists in descriptors
        ]
        return [*parts, writing.table(grid)]
    if v.competencies == "table_rows":
        grid = Grid([[Cell("Компетенция", across=2)]])
        for c, lists in descriptors:
            grid.rows.append([Cell(c.title, across=2)])
            grid.rows += [[Cell(n), Cell("; ".join(items))] for n, items in zip(names, lists, strict=True)]
        return [*parts, writing.table(grid)]
    for c, lists in descriptors:
        parts.append(paragraph(c.title, bold=v.competencies == "bullets"))
        for name, items in zip(names, lists, strict=True):
            if v.competencies == "inline":
                parts.append(paragraph(f"{name}: {'; '.join(items)}."))
            else:
                parts += [paragraph(f"{name}:"), *(paragraph(item + ";", numbering=BULLET) for item in items)]
    return parts


def plan_tables(p: Programme, v: Variant, wrong: tuple[str, int] | None) -> list[str]:
    parts = []
    if v.other_tables:
        calendar = Grid(
            [
                [Cell("Разделы программы"), *[Cell(f"{i} неделя") for i in range(1, 5)], Cell("Всего часов")],
                [Cell("Все"), *[Cell("9") for _ in range(4)], Cell("36")],
            ]
        )
        parts = [
            paragraph("Календарный учебный график"),
            writing.table(calendar),
            paragraph("Учебно-тематический план"),
        ]
    grid = plan_grid(p, v, "docx")
    if wrong:
        _spoil(grid, p, v, *wrong)
    middle = len(grid.rows) // 2 + 1
    if v.split == "none":
        return [*parts, writing.table(grid)]
    if v.split == "bare":
        return [*parts, writing.table(grid, 0, middle), paragraph(""), writing.table(grid, middle)]
    head = Grid(grid.rows[: grid.repeated_header] + grid.rows[middle:])
    return [*parts, writing.table(grid, 0, middle), paragraph("Продолжение таблицы"), writing.table(head)]


def _spoil(grid: Grid, p: Programme, v: Variant, title: str, kind: int) -> None:
    """Adds half an hour in one cell of the topic's row."""
    keys = columns(p, v)
    row = next(
        row for row in reversed(grid.rows) if len(row) == len(keys) and row[keys.index("title")].text.endswith(title)
    )
    hours = next(leaf for leaf in p.leaves() if leaf.title == title).hours[kind]
    row[keys.index(f"k{kind}")] = hours_text(hours + D("0.5"), v, "docx")


def contents(p: Programme) -> list[str]:
    parts = [_h2("2.2. Структура и содержание программы")]
    for s, section in enumerate(p.sections, 1):
        parts.append(paragraph(f"Раздел {s}. {section.title}"))
        parts += [
            paragraph(f"Тема {s}.{i}. {topic.title} ({sum(topic.hours)} ч.).")
            for i, topic in enumerate(section.topics, 1)
        ]
    return parts


def conditions(p: Programme) -> list[str]:
    named = (
        ("3.1. Кадровое обеспечение", p.staff),
        ("3.2. Материально-техническое обеспечение", p.equipment),
        ("3.3. Информационное обеспечение", p.information),
    )
    return [_h1("Раздел 3. Условия реализации программы"), *(x for h, text in named for x in (_h2(h), paragraph(text)))]


def attestation(p: Programme, v: Variant) -> list[str]:
    parts = [_h1("Раздел 4. Формы аттестации и оценочные материалы")]
    if v.criteria == "list":
        parts += [paragraph(f"{name}: {what} – 0–{most} баллов;", numbering=BULLET) for name, what, most in p.criteria]
    elif v.criteria == "list_brackets":
        parts += [paragraph(f"{i}. {name} (до {most} баллов)") for i, (name, _what, most) in enumerate(p.criteria, 1)]
    else:
        grid = Grid([[Cell("Критерий"), Cell("Показатель"), Cell("Баллы")]])
        grid.rows += [[Cell(name), Cell(what), Cell(v.criteria.format(n=most))] for name, what, most in p.criteria]
        grid.rows.append([Cell("Итого", across=2), Cell(str(sum(most for *_x, most in p.criteria)))])
        parts.append(writing.table(grid))
    most = sum(most for *_x, most in p.criteria)
    return [*parts, paragraph(v.rule.format(p=p.pass_mark, m=most))]


def expected(p: Programme, v: Variant) -> list[tuple[str, dict[str, Decimal], str]]:
    """Returns title, hours per kind and control of each row with hours."""
    kinds = [kind.removesuffix(", ч.") for kind in p.kinds]
    with_control = v.control_heading != "none"
    return [
        (leaf.title, dict(zip(kinds, leaf.hours, strict=True)), leaf.control if with_control else "")
        for leaf in p.leaves()
    ]
