"""Reading takes work in proportion to the document, whatever the shape of its tables."""

import io
import random
from collections.abc import Callable
from contextlib import suppress

import pytest

from courses.importing.document import Cell, Row, Table
from courses.importing.plan import hour_values
from courses.importing.plan.plan_builder import find_plan
from lms.core.documents.errors import UnreadableDocument
from tests.support.effort import calls_of
from tests.unit.importing import writing
from tests.unit.importing.first_programme import read_programme
from tests.unit.importing.tables import plan

PLACES = random.Random(20261129)


def row(*texts: str) -> Row:
    return Row(tuple(Cell((text,) if text else ()) for text in texts))


def plan_table(rows: int, kinds: int) -> Table:
    """Returns a plan whose kinds add up to no total, so that every way of leaving columns out is considered."""
    heading = row("№", "Наименование разделов и тем", "Всего часов", *(f"Лекции {i}" for i in range(kinds)))
    body = [
        row(f"1.{i}", f"Тема {i}", str(PLACES.randint(1, 9)), *(str(PLACES.randint(0, 3)) for _ in range(kinds)))
        for i in range(1, rows + 1)
    ]
    return Table((heading, *body))


@pytest.mark.parametrize("kinds", [5, 20, 40])
def test_reading_plan_parses_each_cell_few_times(kinds: int, monkeypatch: pytest.MonkeyPatch):
    parsed = 0
    parse = hour_values.parse_hours

    def counting(text: str) -> hour_values.HourText:
        nonlocal parsed
        parsed += 1
        return parse(text)

    monkeypatch.setattr(hour_values, "parse_hours", counting)
    find_plan(plan_table(50, kinds))
    assert parsed == 50 * (kinds + 3)


@pytest.mark.parametrize(("rows", "kinds"), [(50, 10), (30, 20)])
def test_twice_the_table_takes_twice_the_work(rows: int, kinds: int):
    once = calls_of(lambda: find_plan(plan_table(rows, kinds)))
    assert calls_of(lambda: find_plan(plan_table(rows * 2, kinds))) < 2.5 * once
    assert calls_of(lambda: find_plan(plan_table(rows, kinds * 2))) < 2.5 * once


def test_two_columns_that_repeat_others_are_left_out_of_many():
    kinds = [[PLACES.randint(0, 4) for _ in range(8)] for _ in range(30)]
    heading = "Тема|Всего часов|Л|П|С|К|А|Э|Д|З"
    lines = [f"Тема {i}|{sum(k[:6])}|{'|'.join(map(str, _with_repeats(k)))}" for i, k in enumerate(kinds, 1)]
    found = plan("\n".join([heading, *lines]))
    assert [kind.name for kind in found.plan.kinds] == ["Л", "П", "С", "К", "Э", "З"]
    assert not found.faults


def _with_repeats(kinds: list[int]) -> list[int]:
    """Returns six kinds of hours with two columns among them that count some of these hours again."""
    first, second, third, fourth, fifth, sixth, again, more = kinds
    return [first, second, third, fourth, again, fifth, more, sixth]


def test_repeats_are_found_although_some_rows_do_not_add_up():
    lines = [f"Тема {i}|{i % 5 + 3}|{i % 5 + 1}|2|{i % 3}|{i % 4}" for i in range(1, 31)]
    lines[4::6] = [f"Тема {i}|50|1|2|3|4" for i in range(len(lines[4::6]))]
    found = plan("\n".join(["Тема|Всего часов|Л|П|А|Д", *lines]))
    assert [kind.name for kind in found.plan.kinds] == ["Л", "П"]


def test_plan_of_many_kinds_keeps_all_that_add_up():
    lines = [f"Тема {i}|40|" + "|".join("1" for _ in range(40)) for i in range(1, 11)]
    found = plan("\n".join(["Тема|Всего часов|" + "|".join(f"Л{i}" for i in range(40)), *lines]))
    assert len(found.plan.kinds) == 40
    assert [sum(topic.hours.values()) for topic in found.plan.topics()] == [40] * 10


def word_row(*texts: str) -> str:
    return "<w:tr>" + "".join(f"<w:tc>{writing.paragraph(text)}</w:tc>" for text in texts) + "</w:tr>"


def word_table(*rows: str) -> str:
    return f"<w:tbl>{''.join(rows)}</w:tbl><w:p/>"


HEADING = word_row("Тема", "Всего часов", "Лекции", "Практика")
PLAN = word_table(HEADING, word_row("Первая", "4", "2", "2"))


def continued(size: int) -> str:
    return PLAN + word_table(word_row("Ещё одна", "4", "2", "2")) * size


def without_hours(size: int) -> str:
    return word_table(HEADING, word_row("Первая", "", "", "")) * size


def only_headings(size: int) -> str:
    return word_table(*[HEADING] * size)


def criteria(size: int) -> str:
    table = word_table(word_row("Критерий", "Показатель", "Балл"), word_row("Полнота", "есть", "5"))
    return PLAN + table + word_table(word_row("Ещё", "есть", "5")) * size


def merged_down(size: int) -> str:
    below = "<w:tc><w:tcPr><w:vMerge/></w:tcPr><w:p/></w:tc>"
    hours = f"<w:tc>{writing.paragraph('2')}</w:tc>" * 2
    row = f"<w:tr>{below}{below}{hours}{below}</w:tr>"
    return word_table(word_row("№", "Тема", "Всего часов", "Лекции", "Форма контроля"), row * size)


def unnumbered(size: int) -> str:
    rows = [word_row("", f"Занятие {i}", "4", "2", "2") for i in range(size)]
    first = word_row("1.1", "Первая", "4", "2", "2")
    return word_table(word_row("№", "Тема", "Всего часов", "Лекции", "Практика"), first, *rows)


def paragraphs_in_cell(size: int) -> str:
    cell = f"<w:tc>{writing.paragraph('слово') * size}</w:tc>"
    return word_table(HEADING, f"<w:tr>{cell}{word_row('4', '2', '2').removeprefix('<w:tr>')}")


def nested(size: int) -> str:
    inner = PLAN
    for _level in range(20):
        inner = f"<w:tbl><w:tr><w:tc>{inner}</w:tc><w:tc>{writing.paragraph('1')}</w:tc></w:tr></w:tbl>"
        inner += "<w:p/>"
    return inner * size


def criteria_in_text(size: int) -> str:
    lines = [writing.paragraph(f"{i}) полнота: до 5 баллов, зачёт — не менее {i} баллов") for i in range(size)]
    return PLAN + writing.paragraph("Критерии оценивания") + "".join(lines)


def headings_of_parts(size: int) -> str:
    labels = ("Цель: научить.", "Задачи:", "1) показать;", "Форма обучения: очная.", "Программа стажировки «Урок»")
    return "".join(writing.paragraph(labels[i % len(labels)]) for i in range(size)) + PLAN


def try_to_read(body: str) -> None:
    with suppress(UnreadableDocument):
        read_programme(io.BytesIO(writing.docx(body)), "программа.docx")


@pytest.mark.parametrize(
    ("shape", "size"),
    [
        (continued, 60),
        (without_hours, 60),
        (only_headings, 60),
        (criteria, 60),
        (merged_down, 60),
        (unnumbered, 150),
        (paragraphs_in_cell, 60),
        (nested, 15),
        (criteria_in_text, 100),
        (headings_of_parts, 100),
    ],
)
def test_twice_the_document_takes_twice_the_work(shape: Callable[[int], str], size: int):
    try_to_read(PLAN)
    once, twice = shape(size), shape(size * 2)
    assert calls_of(lambda: try_to_read(twice)) < 2.4 * calls_of(lambda: try_to_read(once))
