"""Plans kept in other ways: kinds in rows, weeks in columns, a plan a module, times, footnotes, converted PDFs."""

import io

import pytest
import xlsxwriter

from courses.importing.model import ImportedProgramme
from courses.importing.numbers import HourText, parse_hours
from tests.unit.importing import writing
from tests.unit.importing.first_programme import read_programme
from tests.unit.importing.tables import kinds, outline
from tests.unit.importing.writing import Cell, Grid, Sheet, paragraph, table


def grid(text: str) -> Grid:
    rows = [[Cell(one.strip()) for one in line.split("|")] for line in text.strip().splitlines()]
    return Grid(rows)


def word(*blocks: str) -> ImportedProgramme:
    body = "".join(block if block.startswith("<") else paragraph(block) for block in blocks)
    return read_programme(io.BytesIO(writing.docx(body)), "план.docx")


def codes(found: ImportedProgramme) -> list[str]:
    return [note.detail.code for note in (*found.problems, *found.warnings)]


def hours(found: ImportedProgramme) -> list[list[int]]:
    return [[int(topic.hours.get(kind.lineage, 0)) for kind in found.plan.kinds] for topic in found.plan.topics()]


KINDS_MERGED = Grid(
    [
        [Cell(text) for text in ("№", "Тема", "Вид занятия", "Кол-во часов", "Форма контроля")],
        [Cell("1", down=2), Cell("Стандарт", down=2), Cell("Лекция"), Cell("2"), Cell("опрос")],
        [Cell("Практическое занятие"), Cell("1"), Cell("")],
        [Cell("2", down=2), Cell("Акты", down=2), Cell("Лекции"), Cell("2"), Cell("")],
        [Cell("Самостоятельная работа"), Cell("1"), Cell("тест")],
        [Cell("3"), Cell("Уроки"), Cell("Практическое занятие"), Cell("6"), Cell("лист")],
        [Cell(""), Cell("Итого"), Cell(""), Cell("12"), Cell("")],
    ]
)
KINDS_BLANK = """
№ | Тема | Вид учебной работы | Часы
1 | Стандарт | Лекция | 2
  | | Практическое занятие | 1
2 | Акты | Лекция | 2
  | | Самостоятельная работа | 1
3 | Уроки | Практическое занятие | 6
  | Итого | | 12
"""
KINDS_AMONG_TITLES = """
№ | Тема | Количество часов
1 | Стандарт | 3
  | Лекция | 2
  | Практическое занятие | 1
2 | Акты | 3
  | Лекция | 2
  | Самостоятельная работа | 1
3 | Уроки | 6
  | Практическое занятие | 6
  | Итого | 12
"""


@pytest.mark.parametrize("plan", [KINDS_MERGED, grid(KINDS_BLANK), grid(KINDS_AMONG_TITLES)])
def test_kinds_of_hours_in_rows_become_columns(plan: Grid):
    found = word("Учебно-тематический план", table(plan))
    assert list(kinds(found.plan)) == ["Лекция", "Практическое занятие", "Самостоятельная работа"]
    assert hours(found) == [[2, 1, 0], [2, 0, 1], [0, 6, 0]]
    assert [topic.title for topic in found.plan.topics()] == ["Стандарт", "Акты", "Уроки"]
    assert found.problems == ()
    assert "plan_of_kind_rows" in codes(found)


def test_control_beside_a_later_kind_belongs_to_the_topic():
    found = word(table(KINDS_MERGED))
    assert [topic.control_form for topic in found.plan.topics()] == ["опрос", "тест", "лист"]


def test_wrong_total_above_kinds_in_rows_is_a_problem():
    found = word(table(grid(KINDS_AMONG_TITLES.replace("Стандарт | 3", "Стандарт | 5"))))
    assert "plan_row_total_differs" in codes(found)


def test_form_of_class_in_one_row_a_topic_stays_a_form():
    found = word(table(grid("№|Тема|Форма занятия|Часы\n1|Стандарт|лекция|2\n2|Акты|практикум|2\n3|Уроки|семинар|2")))
    assert [topic.class_form for topic in found.plan.topics()] == ["лекция", "практикум", "семинар"]
    assert "plan_of_kind_rows" not in codes(found)


SUMMARY = """
№ | Наименование модуля | Всего часов | Лекции | Практика | СР | Форма аттестации
1 | Модуль 1. Нормативная база | 8 | 4 | 2 | 2 | зачёт
2 | Модуль 2. Практика наставничества | 14 | 2 | 8 | 4 | зачёт
3 | Итоговая аттестация | 2 | | 2 | | защита
  | Итого | 24 | 6 | 12 | 6 |
"""
HEADING = (
    "№ | Наименование разделов и тем | Всего, час. | Лекции | Практические занятия | Самостоятельная работа | "
    "Форма контроля"
)
FIRST = (
    f"{HEADING}\n1.1 | Стандарт | 4 | 2 | 1 | 1 | опрос\n1.2 | Акты | 4 | 2 | 1 | 1 | тест\n | Итого | 8 | 4 | 2 | 2 |"
)
SECOND = f"{HEADING}\n2.1 | Уроки | 6 | | 6 | | лист\n2.2 | Проект | 8 | 2 | 2 | 4 | карта\n | Итого | 14 | 2 | 8 | 4 |"
JOINED = [
    "1 Нормативная база",
    "  1.1 Стандарт: 2 1 1 (опрос)",
    "  1.2 Акты: 2 1 1 (тест)",
    "2 Практика наставничества",
    "  2.1 Уроки: 0 6 0 (лист)",
    "  2.2 Проект: 2 2 4 (карта)",
    "3 Итоговая аттестация: 0 2 0 (защита)",
]


def by_modules(first: str = FIRST, second: str = SECOND, captions: tuple[str, str] = ("1", "2")) -> ImportedProgramme:
    return word(
        "Программа стажировки «Наставник»",
        "Учебный план",
        table(grid(SUMMARY)),
        f"Учебно-тематический план модуля {captions[0]}",
        table(grid(first)),
        f"Учебно-тематический план модуля {captions[1]}",
        table(grid(second)),
    )


def test_plans_of_modules_are_joined_below_their_summary():
    found = by_modules()
    assert outline(found) == JOINED
    assert found.problems == ()
    assert found.not_understood == ()


def test_modules_named_by_title_and_numbered_anew_are_joined():
    again = SECOND.replace("2.1 |", "1 |").replace("2.2 |", "2 |")
    first = FIRST.replace("1.1 |", "1 |").replace("1.2 |", "2 |")
    found = by_modules(first, again, ("«Нормативная база»", "«Практика наставничества»"))
    assert outline(found) == JOINED


def test_module_that_does_not_add_up_is_a_problem():
    found = by_modules(FIRST.replace("Акты | 4 | 2", "Акты | 4 | 1"))
    assert {"plan_row_total_differs", "plan_sum_differs"} & set(codes(found))


def test_plans_of_modules_on_sheets_are_joined():
    sheets = [Sheet("Учебный план", grid(SUMMARY)), Sheet("Модуль 1", grid(FIRST)), Sheet("Модуль 2", grid(SECOND))]
    assert outline(read_programme(io.BytesIO(writing.xlsx(sheets)), "план.xlsx")) == JOINED


def test_summary_and_whole_plan_are_not_joined():
    whole = FIRST.replace(
        " | Итого | 8 | 4 | 2 | 2 |", SECOND.split("\n", 1)[1].replace("14 | 2 | 8 | 4", "22 | 6 | 10 | 6")
    )
    found = word("Учебный план", table(grid(SUMMARY)), "Учебно-тематический план", table(grid(whole)))
    assert len(list(found.plan.topics())) == 4


PDF = """
№ | Наименование разделов и тем | Всего, час. | Лекции | Практические занятия | Форма контроля
1 | Раздел 1. Нормативная | 8 | 4 | 4 |
  | база | | | |
1.1 | Требования обнов- | 4 | 2 | 2 | опрос
  | лённого | | | |
  | стандарта | | | | и тест
1.2 | Локальные акты | 4 | 2 | 2 | тест
  | школы | | | |
  | Итого | 8 | 4 | 4 |
"""


def test_lines_of_converted_pdf_are_joined():
    found = word(table(grid(PDF)))
    assert outline(found) == [
        "1 Нормативная база",
        "  1.1 Требования обновлённого стандарта: 2 2 (опрос и тест)",
        "  1.2 Локальные акты школы: 2 2 (тест)",
    ]
    assert found.problems == ()
    assert "looks like a converted PDF" in next(
        n.message for n in found.warnings if n.detail.code == "plan_of_converted_pdf"
    )


def test_single_row_without_hours_stays_a_row():
    found = word(table(grid(PDF.replace("  | школы | | | |\n", "").replace("  | лённого | | | |\n", ""))))
    assert "plan_of_converted_pdf" not in codes(found)


def test_hours_in_columns_of_weeks_are_added_up():
    plan = Grid(
        [
            [Cell("№", down=2), Cell("Тема", down=2), Cell("Недели обучения", across=4)],
            [Cell(text) for text in "1234"],
            [Cell(text) for text in ("1", "Стандарт", "2", "", "2", "")],
            [Cell(text) for text in ("2", "Акты", "", "3", "", "1")],
        ]
    )
    found = word(table(plan))
    assert hours(found) == [[4], [4]]
    assert "plan_of_weeks" in codes(found)


@pytest.mark.parametrize(
    "heading", ["№ | Тема | 1 неделя | 2 неделя | 3 неделя", "№ | Тема | Неделя 1 | Неделя 2 | Неделя 3"]
)
def test_weeks_with_names_are_added_up(heading: str):
    found = word(table(grid(f"{heading}\n1 | Стандарт | 2 | | 2\n2 | Акты | | 3 |")))
    assert hours(found) == [[4], [3]]


def test_weeks_beside_kinds_are_no_kinds():
    heading = "№ | Тема | Всего часов | Лекции | Практика | Неделя 1 | Неделя 2 | Неделя 3"
    found = word(table(grid(f"{heading}\n1 | Стандарт | 4 | 2 | 2 | 4 | |\n2 | Акты | 3 | 1 | 2 | | 3 |")))
    assert list(kinds(found.plan)) == ["Лекции", "Практика"]
    assert found.problems == ()


@pytest.mark.parametrize(
    ("text", "value"), [("2:00", "2"), ("1:30", "1.5"), ("0:45", "0.75"), ("10:00", "10"), ("2:00:00", "2")]
)
def test_time_is_read_as_hours(text: str, value: str):
    assert str(parse_hours(text).value) == value
    assert parse_hours(text).is_time


@pytest.mark.parametrize("text", ["2:75", "9:00-10:30", "1:2:3"])
def test_other_texts_with_colons_are_no_hours(text: str):
    assert not parse_hours(text).is_clear


def test_times_of_a_workbook_are_read_as_hours():
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream)
    sheet = book.add_worksheet("План")
    sheet.write_row(0, 0, ["№", "Тема", "Всего", "Лекции", "Практика"])
    shapes = [book.add_format({"num_format": shape}) for shape in ("h:mm", "[h]:mm", "h:mm:ss")]
    for row, shape in enumerate(shapes, 1):
        sheet.write_row(row, 0, [row, f"Тема {row}"])
        for column, value in ((2, 3.5), (3, 2), (4, 1.5)):
            sheet.write_number(row, column, value / 24, shape)
    sheet.write(4, 1, "Итого")
    sheet.write_formula(4, 2, "=SUM(C2:C4)", shapes[1], 10.5 / 24)
    book.close()
    found = read_programme(io.BytesIO(stream.getvalue()), "план.xlsx")
    assert [[str(v) for v in topic.hours.values()] for topic in found.plan.topics()] == [["2", "1.5"]] * 3
    assert found.problems == ()
    assert "hours_read_from_time" in codes(found)


def test_column_of_moments_is_no_kind_of_hours():
    found = word(table(grid("№|Тема|Начало|Часы\n1|Стандарт|9:00|2\n2|Акты|11:00|2\n3|Уроки|13:00|4")))
    assert hours(found) == [[2], [2], [4]]


@pytest.mark.parametrize("mark", ["¹", "⁵", "¹²", "*", "¹)"])
def test_mark_of_footnote_is_no_part_of_the_number(mark: str):
    assert parse_hours(f"4{mark}") == HourText(parse_hours("4").value)


RAISED = '<w:r><w:rPr><w:vertAlign w:val="superscript"/></w:rPr><w:t>1</w:t></w:r>'
STYLED = '<w:r><w:rPr><w:rStyle w:val="note"/></w:rPr><w:t>1</w:t></w:r>'
STYLES = f"""<w:styles {writing.W}><w:style w:type="character" w:styleId="note"><w:name w:val="mark"/>
<w:rPr><w:vertAlign w:val="superscript"/></w:rPr></w:style></w:styles>"""


@pytest.mark.parametrize("mark", [RAISED, STYLED])
def test_superscript_digit_of_word_is_a_footnote(mark: str):
    plan = table(grid("№|Тема|Всего|Лекции|Практика\n1|Стандарт|4|2|2\n2|Акты|8|4|4"))
    body = plan.replace(">4</w:t></w:r>", f">4</w:t></w:r>{mark}", 1)
    assert mark in body
    found = read_programme(io.BytesIO(writing.docx(body, {"word/styles.xml": STYLES})), "план.docx")
    assert hours(found) == [[2, 2], [4, 4]]
    assert found.problems == ()


def test_superscript_digit_of_excel_is_a_footnote():
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream)
    raised, plain = book.add_format({"font_script": 1}), book.add_format({"italic": True})
    sheet = book.add_worksheet("План")
    for row, values in enumerate((["№", "Тема", "Всего", "Лекции", "Практика"], [1, "Стандарт", 4, 2, 2])):
        sheet.write_row(row, 0, values)
    sheet.write_rich_string(1, 2, plain, "4", raised, "1")
    book.close()
    found = read_programme(io.BytesIO(stream.getvalue()), "план.xlsx")
    assert hours(found) == [[2, 2]]
    assert found.problems == ()
