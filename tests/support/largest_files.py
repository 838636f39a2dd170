"""The largest files that readers accept, each of another shape: wide, long and deep tables, many sheets, long texts."""

import base64
import io
from collections.abc import Callable, Iterable

import xlsxwriter

from assessment.questions.gift.parser import MAX_QUESTIONS
from courses.importing.excel import MOST_CELLS, MOST_COLUMNS
from courses.importing.plan.hierarchy import MOST_LINES
from courses.importing.plan.tables import MOST_PLAN_ROWS
from courses.importing.word import MOST_CELLS as MOST_WORD_CELLS
from courses.importing.word import MOST_PARAGRAPHS
from courses.roster.sheets import MOST_COLUMNS as MOST_ROSTER_COLUMNS
from courses.roster.sheets import MOST_ROWS as MOST_ROSTER_ROWS
from lms.core.documents.ooxml_package import MOST_CHARACTERS
from tests.unit.importing import writing

Rows = list[list[object]]
TITLE = ["№", "Наименование разделов и тем", "Всего часов"]
TITLE_PAGE = ("МБОУ «Школа № 5»", "ПРОГРАММА СТАЖИРОВКИ", "«Урок {}»", "Объём: 24 часа", "2026")


def workbook(*sheets: Rows, hidden: bool = False) -> bytes:
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream)
    for number, rows in enumerate(sheets):
        sheet = book.add_worksheet(f"Лист {number}")
        for place, row in enumerate(rows):
            sheet.write_row(place, 0, row)
            if hidden and place % 7 == 5:
                sheet.set_row(place, None, None, {"hidden": True})
        if hidden:
            sheet.set_column(5, 5, None, None, {"hidden": True})
    book.close()
    return stream.getvalue()


def head(kinds: int) -> list[object]:
    return [*TITLE, *(f"Вид {i}" for i in range(kinds))]


def topics(count: int, kinds: int, number: str = "{section}.{topic}") -> Rows:
    """Returns a heading and topics with hours of different kinds, twenty topics a section."""
    rows: Rows = [head(kinds)]
    for i in range(count):
        hours = [((i + 3) * (k + 7)) % 97 / 4 for k in range(kinds)]
        place = number.format(section=i // 20 + 1, topic=i % 20 + 1)
        rows.append([place, f"Тема {i} о детях и уроках", sum(hours), *hours])
    return rows


def wide_plan() -> bytes:
    return workbook(topics(MOST_CELLS // MOST_COLUMNS - 1, MOST_COLUMNS - 3))


def wide_plan_that_adds_up_nowhere() -> bytes:
    rows = topics(MOST_CELLS // MOST_COLUMNS - 1, MOST_COLUMNS - 3)
    return workbook([rows[0], *([*row[:2], 7, *row[3:]] for row in rows[1:])])


def long_plan() -> bytes:
    return workbook(topics(MOST_PLAN_ROWS - 2, 12))


def plan_with_hidden_rows() -> bytes:
    return workbook(topics(MOST_PLAN_ROWS - 2, 12), hidden=True)


def plan_without_numbers() -> bytes:
    return workbook(topics(MOST_LINES - 2, 12, number=""))


def plans_on_many_sheets() -> bytes:
    return workbook(*[topics(MOST_CELLS // 40 // 6 - 2, 3)] * 40)


def plans_below_each_other() -> bytes:
    tables: Rows = []
    for n in range(9):
        body = topics(100, 12)
        tables += [["", line.format(n)] for line in TITLE_PAGE] + body + [["", "Итого", 1, *[1] * 12]]
    return workbook(tables)


def plan_beside_other_rows() -> bytes:
    return workbook(topics(9, 3), [[f"строка {i}", f"текст {i} о программе", i] for i in range(4_990)])


def plan_of_formulas() -> bytes:
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream)
    sheet = book.add_worksheet("План")
    sheet.write_row(0, 0, head(3))
    for row in range(1, 900):
        sheet.write_row(row, 0, [f"1.{row}", f"Тема {row}"])
        sheet.write_formula(row, 2, f"=SUM(D{row + 1}:F{row + 1})")
        sheet.write_row(row, 3, [1, 2, 3])
    for column in "CDEF":
        sheet.write_formula(f"{column}901", f"=SUM({column}2:{column}900)")
    book.close()
    return stream.getvalue()


def word_row(texts: Iterable[object]) -> str:
    cells = (f"<w:tc>{writing.paragraph(str(text))}</w:tc>" for text in texts)
    return f"<w:tr>{''.join(cells)}</w:tr>"


def word_table(rows: Rows) -> str:
    return f"<w:tbl>{''.join(map(word_row, rows))}</w:tbl><w:p/>"


def word_plan() -> bytes:
    return writing.docx(word_table(topics(MOST_PLAN_ROWS - 2, 6)))


def wide_word_plan() -> bytes:
    return writing.docx(word_table(topics(MOST_WORD_CELLS // 60 - 1, 57)))


def many_word_plans() -> bytes:
    return writing.docx("".join(writing.paragraph(f"План {n}") + word_table(topics(9, 3)) for n in range(160)))


def word_plans_of_modules() -> bytes:
    modules = [
        writing.paragraph(f"УТП модуля {n}") + word_table([[*row[:2], 8, *row[3:]] for row in topics(60, 4)])
        for n in range(19)
    ]
    return writing.docx(word_table([head(4), *[[n, f"Модуль {n}", 480, 120] for n in range(1, 20)]]) + "".join(modules))


def word_programmes() -> bytes:
    one = [writing.paragraph(line) for line in TITLE_PAGE]
    plan = word_table(topics(120, 3))
    return writing.docx("".join("".join(one).format(n) + plan for n in range(10)))


def word_prose() -> bytes:
    sentence = "Цель программы: научить строить урок от вопроса. Программа разработана в рамках проекта «Учитель». "
    count = MOST_CHARACTERS // (len(sentence) * 10) - 10
    return writing.docx("".join(writing.paragraph(sentence * 10) for _ in range(count)) + word_table(topics(9, 3)))


def word_lines() -> bytes:
    lines = ("МБОУ «Школа № 5»", "Программа стажировки", "«Урок»", "Объём 24 часа", "Задачи:", "1) показать;", "Итого")
    text = "".join(writing.paragraph(f"{lines[i % 7]} {i}") for i in range(MOST_PARAGRAPHS - 100))
    return writing.docx(text + word_table(topics(9, 3)))


def word_paragraphs_in_cells() -> bytes:
    rows = topics(30, 3)
    plan = word_table(rows)
    cell = "".join(writing.paragraph(f"{i}) уметь делать {i};") for i in range(MOST_PARAGRAPHS - 400))
    return writing.docx(
        plan + f"<w:tbl><w:tr><w:tc>{writing.paragraph('Знать')}</w:tc><w:tc>{cell}</w:tc></w:tr></w:tbl>"
    )


def word_tables_of_criteria() -> bytes:
    body: Rows = [["Критерий", "Показатель", "Балл"], *([f"Полнота {i}", f"есть {i}", "от 0 до 5"] for i in range(15))]
    return writing.docx(word_table(topics(9, 3)) + word_table(body) * 190)


def tables_in_tables() -> bytes:
    inner = word_table(topics(3, 3))
    for _level in range(20):
        inner = f"<w:tbl><w:tr><w:tc>{inner}</w:tc><w:tc>{writing.paragraph('1')}</w:tc></w:tr></w:tbl><w:p/>"
    return writing.docx(word_table(topics(9, 3)) + inner * 120)


def kinds_in_rows() -> bytes:
    kinds = ("Лекция", "Практическое занятие", "Самостоятельная работа", "Консультация")
    rows: Rows = [["№", "Тема", "Часы", "Вид занятия"]]
    rows += [["" if i % 4 else i // 4 + 1, "" if i % 4 else f"Тема {i}", 2, kinds[i % 4]] for i in range(990)]
    return writing.docx(word_table(rows))


def rows_of_converted_pdf() -> bytes:
    rows = [row if i % 3 == 0 else ["", f"и ещё {i}", "", "", ""] for i, row in enumerate(topics(990, 2))]
    return writing.docx(word_table(rows))


def person(i: int) -> list[object]:
    return [f"Зуева{'аеи'[i % 3]} Яна Лукинична (куратор {i})", f"person{i}@school.example", "учитель физики"]


def wide_roster() -> bytes:
    columns = MOST_ROSTER_COLUMNS - 3
    rows: Rows = [["ФИО", "E-mail", "Должность", *(f"Примечание {i}" for i in range(columns))]]
    rows += [[*person(i), *(f"учитель {i} школы {k}" for k in range(columns))] for i in range(700)]
    return workbook(rows)


def long_roster() -> bytes:
    return workbook([["ФИО", "E-mail", "Должность"], *map(person, range(MOST_ROSTER_ROWS - 1))])


def roster_without_headings() -> bytes:
    return workbook([person(i) * 4 for i in range(MOST_ROSTER_ROWS)])


def rosters_below_each_other() -> bytes:
    rows: Rows = []
    for n in range(60):
        rows += [[f"МБОУ «Лицей № {n}»"], ["ФИО", "E-mail", "Должность"], *map(person, range(n * 40, n * 40 + 40))]
    return workbook(rows)


def names_in_one_cell() -> bytes:
    return workbook([["ФИО", "E-mail"], *[["Зуева Яна, " * 180, "a b@c.example " * 100] for _ in range(1_000)]])


def text_roster() -> bytes:
    line = "Зуева Яна Лукинична – зам. директора; учитель (физика);a{}@b.example (личная);МБОУ «Лицей № 8»\n"
    lines = (line.format(i) for i in range(MOST_CHARACTERS // (len(line) + 5)))
    return ("ФИО;Должность;E-mail;Школа\n" + "".join(lines)).encode()


def many_questions() -> bytes:
    one = "::Вопрос {0}:: Сколько будет {0}? {{=%100%{0}#Верно ~нет {0}#Неверно ~%-50%может быть ~другое}}\n\n"
    return "".join(one.format(i) for i in range(MAX_QUESTIONS - 1)).encode()


def questions_of_many_options() -> bytes:
    options = " ".join(f"~%10%вариант {i}#отзыв {i}" for i in range(45))
    return "".join(f"::В {n}:: Что верно? {{={n} {options}}}\n\n" for n in range(700)).encode()


def questions_of_long_texts() -> bytes:
    text = "Текст вопроса о детях \\{и\\} уроках, *важный* и длинный. " * 500
    return "".join(f"::В {n}:: {text} {{=да ~нет}}\n\n" for n in range(50)).encode()


def descriptions() -> bytes:
    texts = "".join(f"Просто текст {n} без ответа о детях и уроках\n\n" for n in range(MAX_QUESTIONS - 2))
    return f"{texts}::В:: Верно? {{T}}\n".encode()


def pairs_and_numbers() -> bytes:
    pairs = " ".join(f"={i} -> {i + 1}" for i in range(20))
    one = "::П {0}:: Соедините {{{1}}}\n\n::Ч {0}:: Сколько? {{#={0}:0.5 =%50%{0}:2}}\n\n"
    return "".join(one.format(n, pairs) for n in range(990)).encode()


def questions_with_pictures() -> bytes:
    picture = base64.b64encode(b"\x89PNG\r\n\x1a\n" + bytes(200_000)).decode().replace("=", "\\=")
    one = '::В {0}::[html]Что? {0} <img src\\="data:image/png;base64,{1}"> {{=куб ~шар}}\n\n'
    return "".join(one.format(n, picture) for n in range(60)).encode()


def named(name: str, *makers: Callable[[], bytes]) -> list[tuple[str, Callable[[], bytes]]]:
    return [(name, make) for make in makers]


LARGEST = [
    *named("план.xlsx", wide_plan, wide_plan_that_adds_up_nowhere, long_plan, plan_with_hidden_rows),
    *named("план.xlsx", plan_without_numbers, plans_on_many_sheets, plans_below_each_other),
    *named("план.xlsx", plan_beside_other_rows, plan_of_formulas),
    *named("план.docx", word_plan, wide_word_plan, many_word_plans, word_plans_of_modules, word_programmes),
    *named("план.docx", word_prose, word_lines, word_paragraphs_in_cells, word_tables_of_criteria),
    *named("план.docx", tables_in_tables, kinds_in_rows, rows_of_converted_pdf),
    *named("список.xlsx", wide_roster, long_roster, roster_without_headings, rosters_below_each_other),
    *named("список.xlsx", names_in_one_cell),
    *named("список.csv", text_roster),
    *named("вопросы.gift", many_questions, questions_of_many_options, questions_of_long_texts, descriptions),
    *named("вопросы.gift", pairs_and_numbers, questions_with_pictures),
]
"""Name of the file → how it is made."""
DAILY = frozenset({wide_plan, many_word_plans, names_in_one_cell, many_questions})
"""The slowest file of each kind."""
