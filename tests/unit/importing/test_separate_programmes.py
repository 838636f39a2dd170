"""Several programmes in one file: each is found with its own title and plan."""

import io

import pytest

from courses.importing.reader import read_programmes
from lms.core.documents.errors import UnreadableDocument
from tests.unit.importing import writing
from tests.unit.importing.writing import Cell, Grid, Sheet, paragraph, table

HEAD = ("№", "Тема", "Всего часов", "Лекции", "Практика")


def plan(hours: int) -> Grid:
    rows = (
        HEAD,
        ("1", "Стандарт", str(hours), str(hours), ""),
        ("2", "Акты", "4", "", "4"),
        ("", "Итого", str(hours + 4), str(hours), "4"),
    )
    return Grid([[Cell(text) for text in row] for row in rows])


def programme(title: str, hours: int) -> str:
    lines = (
        "МБОУ «Школа № 5»",
        "ПРОГРАММА СТАЖИРОВКИ",
        f"«{title}»",
        f"Объём: {hours + 4} часов",
        "2026",
        "Цель: учить.",
    )
    return "".join(map(paragraph, (*lines, "Учебно-тематический план"))) + table(plan(hours))


def read(content: bytes, name: str) -> list[tuple[str, int]]:
    return [(one.title, int(one.plan.total)) for one in read_programmes(io.BytesIO(content), name)]


def docx(*parts: str) -> list[tuple[str, int]]:
    return read(writing.docx("".join(parts)), "программы.docx")


def test_two_programmes_of_a_document_are_separated():
    found = docx(programme("Наставник", 8), paragraph("Литература"), paragraph("1. Словарь"), programme("Цифра", 12))
    assert found == [("Наставник", 12), ("Цифра", 16)]


def test_each_programme_keeps_its_own_texts():
    first, second = read_programmes(
        io.BytesIO(writing.docx(programme("Наставник", 8) + programme("Цифра", 12).replace("учить", "строить"))),
        "а.docx",
    )
    assert (first.goal, second.goal) == ("учить.", "строить.")
    assert (first.workload, second.workload) == (12, 16)
    assert second.organization == "МБОУ «Школа № 5»"


def test_programme_with_two_plans_is_one():
    summary = paragraph("Учебный план программы «Наставник»") + table(plan(8))
    assert docx(programme("Наставник", 8), summary) == [("Наставник", 12)]


@pytest.mark.parametrize(
    "line",
    [
        "Рабочая программа модуля 1 «Основы»",
        "Рабочая программа учебной дисциплины «Основы»",
        "Программа разработана в рамках проекта «Учитель будущего»",
        "Литература: Программа «Мир вокруг» для 1–4 классов",
    ],
)
def test_line_about_a_part_starts_no_programme(line: str):
    more = Grid(
        [[Cell(text) for text in row] for row in (HEAD, ("1.1", "Ещё", "2", "2", ""), ("", "Итого", "2", "2", ""))]
    )
    assert len(docx(programme("Наставник", 8), paragraph(line), paragraph("План"), table(more))) == 1


def sheet(*parts: tuple[str, int]) -> Grid:
    rows: list[list[Cell]] = []
    for title, hours in parts:
        rows += [[Cell(f"Программа стажировки «{title}»")], *plan(hours).rows, [Cell("")]]
    return Grid(rows)


def test_two_programmes_of_one_sheet_are_separated():
    content = writing.xlsx([Sheet("УТП", sheet(("Наставник", 8), ("Цифра", 12)))])
    assert read(content, "план.xlsx") == [("Наставник", 12), ("Цифра", 16)]


def test_programmes_of_different_sheets_are_separated():
    content = writing.xlsx([Sheet("А", sheet(("Наставник", 8))), Sheet("Б", sheet(("Цифра", 12)))])
    assert read(content, "план.xlsx") == [("Наставник", 12), ("Цифра", 16)]


def test_sheets_of_one_programme_are_one():
    content = writing.xlsx([Sheet("А", sheet(("Наставник", 8))), Sheet("Б", sheet(("Наставник", 8)))])
    assert read(content, "план.xlsx") == [("Наставник", 12)]


def test_second_programme_far_below_is_found():
    long = sheet(("Наставник", 8))
    long.rows[3:3] = [[Cell(text) for text in (f"{i}", f"Тема {i}", "1", "1", "")] for i in range(10, 130)]
    long.rows += sheet(("Цифра", 12)).rows
    assert [title for title, _hours in read(writing.xlsx([Sheet("УТП", long)]), "план.xlsx")] == ["Наставник", "Цифра"]


def test_book_of_many_programmes_is_refused_as_such():
    body = "".join(programme(f"Программа {letter}", 8) for letter in "абвгдежзикл")
    with pytest.raises(UnreadableDocument) as caught:
        read_programmes(io.BytesIO(writing.docx(body)), "сборник.docx")
    assert "book of 11 programmes" in caught.value.message
