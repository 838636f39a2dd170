"""Reading a plan from workbooks."""

import io
from datetime import date, datetime
from decimal import Decimal

import pytest
import xlsxwriter

from courses.importing.model import ImportedProgramme
from tests.unit.importing import writing
from tests.unit.importing.first_programme import read_programme
from tests.unit.importing.tables import hours, kinds, outline
from tests.unit.importing.writing import Cell, Grid, Sheet

D = Decimal


def numbers(found: ImportedProgramme) -> dict[str, str]:
    """Returns title → number of sections and topics, in order."""
    rows = [row for section in found.plan.sections for row in (section, *section.topics)]
    return {row.title: found.facts.numbers[row.lineage] for row in rows}


def read(*rows: list, sheet: str = "План", **more) -> ImportedProgramme:
    grid = Grid(
        [
            [
                Cell(str(v) if isinstance(v, str) else "", value=None if isinstance(v, str) else v)
                if not isinstance(v, Cell)
                else v
                for v in row
            ]
            for row in rows
        ]
    )
    for name, value in more.items():
        setattr(grid, name, value)
    return read_sheets(Sheet(sheet, grid))


def read_sheets(*sheets: Sheet) -> ImportedProgramme:
    return read_programme(io.BytesIO(writing.xlsx(list(sheets))), "план.xlsx")


def stored(*rows: list) -> ImportedProgramme:
    """Writes formulas with stored values beside them: («=A1», 5)."""
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream)
    sheet = book.add_worksheet("План")
    for r, row in enumerate(rows):
        for c, value in enumerate(row):
            if isinstance(value, tuple):
                sheet.write_formula(r, c, value[0], None, value[1])
            elif value is not None:
                sheet.write(r, c, value)
    book.close()
    return read_programme(io.BytesIO(stream.getvalue()), "план.xlsx")


HEAD = ["№", "Темы", "Всего", "Лекции", "Практика"]


def day(number: date, shape: str) -> Cell:
    return Cell("", value=datetime(number.year, number.month, number.day), format=shape)  # noqa: DTZ001 - a sheet knows no zones


def test_topic_numbers_stored_as_dates_are_restored():
    found = read(
        HEAD,
        [1, "Основы", 9, 3, 6],
        [day(date(2026, 1, 1), "d.m"), "Карта", 3, 1, 2],
        [day(date(2026, 2, 1), "dd.mm.yyyy"), "Видео", 3, 1, 2],
        [day(date(2026, 3, 1), "yyyy-mm-dd"), "Разбор", 3, 1, 2],
        [2, "Дело", 3, 1, 2],
        [day(date(2026, 1, 2), "d-mmm"), "Проба", 3, 1, 2],
    )
    assert list(numbers(found).values()) == ["1", "1.1", "1.2", "1.3", "2", "2.1"]


def test_tenth_and_thirteenth_topic_numbers_are_restored():
    rows = [[1, "Основы", 13, 13, 0]]
    rows += [[day(date(2026, i, 1), "d.m"), f"Тема № {i}", 1, 1, 0] for i in range(1, 13)]
    rows += [[day(date(2013, 1, 1), "mmm.yy"), "Тема № 13", 1, 1, 0]]
    found = read(HEAD, *rows)
    assert list(numbers(found).values()) == ["1", *(f"1.{i}" for i in range(1, 14))]


def test_topic_number_stored_as_decimal_is_restored():
    rows = [[1, "Основы", 12, 12, 0], *([float(f"1.{i}"), f"Тема № {i}", 1, 1, 0] for i in range(1, 13))]
    found = read(HEAD, *rows)
    assert list(numbers(found).values()) == ["1", *(f"1.{i}" for i in range(1, 13))]


def test_three_level_number_stored_as_date_is_restored():
    found = read(
        HEAD,
        [1, "Основы", 6, 2, 4],
        [1.1, "Группа", 6, 2, 4],
        [day(date(2001, 1, 1), "dd.mm.yy"), "Карта", 3, 1, 2],
        [day(date(2002, 1, 1), "dd.mm.yy"), "Видео", 3, 1, 2],
    )
    assert numbers(found) == {"Основы": "1", "Карта": "1.1.1", "Видео": "1.1.2"}


def test_row_without_title_is_named_by_its_number_in_the_sheet():
    found = read(HEAD, ["1.1", "Карта", 3, 1, 2], ["1.2", "Видео", 3, 1, 2], ["", "", 6, 2, "по графику"])
    assert "row 4" in {problem.where.message for problem in found.problems}


def test_hours_stored_as_date_are_restored_with_warning():
    found = read(HEAD, ["1", "Карта", 3.5, day(date(2026, 5, 1), "d.m"), 2], ["2", "Видео", 3, 1, 2])
    assert hours(found.plan, found.plan.sections[0].topics[0]) == {"Лекции": D("1.5"), "Практика": D(2)}
    assert not found.problems
    assert any("date" in warning.message for warning in found.warnings)


def test_formulas_without_stored_values_are_computed():
    found = read(
        HEAD,
        [1, "Основы", "=SUM(D2:E2)", "=SUM(D3:D4)", "=E3+E4"],
        ["1.1", "Карта", "=D3+E3", 1, 2],
        ["1.2", "Видео", "=SUM(D4,E4)", 1, 2.5],
        ["", "Итого", "=C2", "=D2", "=SUM(E2)"],
    )
    assert found.problems == ()
    assert found.hours == D("6.5")


def test_formula_that_omits_a_row_is_a_problem():
    found = read(
        HEAD,
        ["1.1", "Карта", 3, 1, 2],
        ["1.2", "Видео", 3, 1, 2],
        ["", "Итого", "=SUM(C2:C2)", "=SUM(D2:D3)", "=SUM(E2:E3)"],
    )
    assert [(p.kind, p.expected, p.found) for p in found.problems] == [(None, 6, 3)]


def test_stored_zero_of_uncomputed_formula_is_ignored():
    found = stored(
        HEAD,
        ["1.1", "Карта", ("=D2+E2", 0), 1, 2],
        ["1.2", "Видео", ("=D3+E3", 0), 1, 2],
        [None, "Итого", ("=SUM(C2:C3)", 0), ("=SUM(D2:D3)", 0), ("=SUM(E2:E3)", 0)],
    )
    assert found.problems == ()
    assert found.hours == 6


def test_stored_value_that_differs_from_formula_is_a_warning():
    found = stored(HEAD, ["1.1", "Карта", 3, 1, 2], [None, "Итого", ("=SUM(C2:C2)", 4), 1, 2])
    assert found.problems == ()


def test_unsupported_formula_keeps_its_stored_value():
    found = stored(HEAD, ["1.1", "Карта", ("=VLOOKUP(A1,A:B,2)", 3), 1, 2])
    assert found.problems == ()
    assert list(found.facts.totals.values()) == [3]


def test_unsupported_formula_without_stored_value_is_a_problem():
    found = read(HEAD, ["1.1", "Карта", "=VLOOKUP(A1,A:B,2)", 1, 2], ["1.2", "Видео", 3, 1, 2])
    assert ["C2" in problem.message for problem in found.problems] == [True]


def test_sums_over_another_sheet_are_computed():
    other = Sheet("Часы", Grid([[Cell("Часы"), Cell("", value=2)]]))
    plan = Sheet(
        "План",
        Grid(
            [
                [Cell(t) for t in HEAD],
                [Cell("1.1"), Cell("Карта"), Cell(value="=D2+E2"), Cell(value="=Часы!B1"), Cell(value=4)],
            ]
        ),
    )
    found = read_sheets(other, plan)
    assert found.hours == 6
    assert not found.problems


def test_shared_formulas_are_computed():
    content = writing.xlsx(
        [
            Sheet(
                "План",
                Grid(
                    [
                        [Cell(t) for t in HEAD],
                        [Cell("1.1"), Cell("Карта"), Cell(value=77), Cell(value=1), Cell(value=2)],
                        [Cell("1.2"), Cell("Видео"), Cell(value=78), Cell(value=1), Cell(value=3)],
                    ]
                ),
            )
        ]
    )
    import zipfile

    parts = {
        name: zipfile.ZipFile(io.BytesIO(content)).read(name)
        for name in zipfile.ZipFile(io.BytesIO(content)).namelist()
    }
    sheet = parts["xl/worksheets/sheet1.xml"].decode()
    sheet = sheet.replace("<v>77</v>", '<f t="shared" ref="C2:C3" si="0">SUM(D2:E2)</f><v/>').replace(
        "<v>78</v>", '<f t="shared" si="0"/><v/>'
    )
    found = read_programme(io.BytesIO(writing.zipped({**parts, "xl/worksheets/sheet1.xml": sheet})), "план.xlsx")
    assert list(found.facts.totals.values()) == [3, 4]


def test_hidden_rows_are_left_out_with_warning():
    found = read(HEAD, ["1.1", "Карта", 3, 1, 2], ["1.2", "Черновик", 5, 1, 4], ["", "Итого", 3, 1, 2], hidden_rows={2})
    assert [topic.title for topic in found.plan.sections[0].topics] == ["Карта"]
    assert found.problems == ()
    assert any("left out" in warning.message for warning in found.warnings)


def test_hidden_rows_that_sums_include_are_read():
    found = read(HEAD, ["1.1", "Карта", 3, 1, 2], ["1.2", "Скрытая", 5, 1, 4], ["", "Итого", 8, 2, 6], hidden_rows={2})
    assert [topic.title for topic in found.plan.sections[0].topics] == ["Карта", "Скрытая"]
    assert found.problems == ()


def test_hidden_first_column_of_merged_heading_keeps_the_heading():
    rows = [
        [Cell("№", down=2), Cell("Темы", down=2), Cell("Количество часов", across=3), Cell("Контроль", down=2)],
        [Cell("Резерв"), Cell("Лекции"), Cell("Практика")],
        ["1", "Карта", 7, 1, 2, "тест"],
        ["2", "Видео", 7, 2, 2, "тест"],
        ["", "Итого", 0, 3, 4, ""],
    ]
    found = read(*rows, hidden_columns={2})
    assert kinds(found.plan) == ("Лекции", "Практика")
    assert found.problems == ()


def test_visible_plan_is_preferred_to_hidden_sheet():
    cover = Sheet(
        "Титул",
        Grid(
            [
                [Cell("МБОУ «Школа № 5»")],
                [Cell("Программа стажировки")],
                [Cell("«Живой урок»")],
                [Cell("36 часов, 2026 г.")],
            ]
        ),
    )
    plan = Sheet(
        "УТП",
        Grid([[Cell(t) for t in HEAD], [Cell("1.1"), Cell("Карта"), Cell(value=36), Cell(value=30), Cell(value=6)]]),
        top=3,
        left=2,
    )
    old = Sheet(
        "старый",
        Grid(
            [
                [Cell(t) for t in HEAD],
                *[
                    [Cell(f"1.{i}"), Cell(f"Тема № {i}"), Cell(value=2), Cell(value=1), Cell(value=1)]
                    for i in range(1, 9)
                ],
            ]
        ),
        state="hidden",
    )
    found = read_sheets(cover, old, plan)
    assert (found.title, found.organization, found.workload, found.year) == ("Живой урок", "МБОУ «Школа № 5»", 36, 2026)
    assert outline(found)[1:] == ["  1.1 Карта: 30 6"]


def test_workload_that_differs_from_plan_is_a_problem():
    found = read_sheets(
        Sheet(
            "УТП",
            Grid([[Cell(t) for t in HEAD], [Cell("1.1"), Cell("Карта"), Cell(value=4), Cell(value=1), Cell(value=3)]]),
            above=("Программа стажировки «Урок», 36 часов",),
        )
    )
    assert [problem.where.message for problem in found.problems] == ["Workload"]
    assert (found.problems[0].expected, found.problems[0].found) == (4, 36)


def test_hours_typed_as_text_and_inexact_numbers_are_read():
    found = read(
        HEAD, ["1.1", "Карта", "5,5", "1,5", 4.000000000000001], ["1.2", "Видео", "3 ч.", "1 ч.", "'2" and "2"]
    )
    assert hours(found.plan, found.plan.sections[0].topics[0]) == {"Лекции": D("1.5"), "Практика": D(4)}
    assert found.problems == ()


def test_signatures_below_the_plan_are_no_topics():
    found = read(
        HEAD,
        ["1.1", "Карта", 3, 1, 2],
        ["", "Итого", 3, 1, 2],
        ["", "", "", "", ""],
        ["", "Руководитель ________ Белова", "", "", ""],
    )
    assert outline(found)[1:] == ["  1.1 Карта: 1 2"]
    assert found.problems == ()


def test_competencies_and_criteria_on_other_sheets_are_read():
    plan = Sheet(
        "УТП",
        Grid([[Cell(t) for t in HEAD], [Cell("1.1"), Cell("Карта"), Cell(value=3), Cell(value=1), Cell(value=2)]]),
    )
    criteria = Sheet(
        "Критерии",
        Grid(
            [
                [Cell("Критерий"), Cell("Показатель"), Cell("Макс. балл")],
                [Cell("Карта"), Cell("полна"), Cell(value=5)],
                [Cell("Видео"), Cell("видно"), Cell(value=3)],
            ]
        ),
    )
    outcomes = Sheet(
        "Результаты",
        Grid(
            [
                [Cell("Компетенция"), Cell("Знать"), Cell("Уметь"), Cell("Владеть")],
                [Cell("ПК-1. Урок"), Cell("а;\nб"), Cell("в"), Cell("г")],
            ]
        ),
    )
    found = read_sheets(plan, criteria, outcomes)
    assert [(c.name, c.max_points) for c in found.criteria] == [("Карта", 5), ("Видео", 3)]
    assert found.competencies[0].knows == ("а", "б")


@pytest.mark.parametrize("state", ["hidden", "veryHidden"])
def test_only_plan_on_hidden_sheet_is_read(state: str):
    cover = Sheet("Титул", Grid([[Cell("Программа")]]))
    plan = Sheet(
        "УТП",
        Grid([[Cell(t) for t in HEAD], [Cell("1.1"), Cell("Карта"), Cell(value=3), Cell(value=1), Cell(value=2)]]),
        state=state,
    )
    assert read_sheets(cover, plan).hours == 3


def test_collapsed_topics_are_read():
    """A collapsed outline shows sections and hides their topics; all sums hold."""
    found = read(
        HEAD,
        ["1", "Основы", 6, 2, 4],
        ["1.1", "Карта", 3, 1, 2],
        ["1.2", "Видео", 3, 1, 2],
        ["", "Итого", 6, 2, 4],
        hidden_rows={2, 3},
    )
    assert [topic.title for topic in found.plan.sections[0].topics] == ["Карта", "Видео"]
    assert found.problems == ()


def test_workload_above_the_plan_decides_about_hidden_rows():
    rows = [["Темы", "Лекции"], ["Карта", 3], ["Черновик", 5]]
    grid = Grid([[Cell(v) if isinstance(v, str) else Cell(value=v) for v in row] for row in rows], hidden_rows={2})
    assert read_sheets(Sheet("План", grid, above=("Объём 8 часов",))).hours == 8
    assert read_sheets(Sheet("План", grid, above=("Объём 3 часа",))).hours == 3
