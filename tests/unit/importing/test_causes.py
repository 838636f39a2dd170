"""Problems of one wrong number are one cause, with the places where it shows."""

import io

import pytest

from courses.importing.causes import group_by_cause
from courses.importing.model import ImportedNote
from tests.unit.importing.first_programme import read_programme
from tests.unit.importing.writing import Cell, Grid, Sheet, xlsx


def problems(*lines: str, workload: int = 20) -> tuple[ImportedNote, ...]:
    """Returns the problems of a plan whose cells are divided by bars."""
    head = [f"Объём программы {workload} часов||||", "№|Тема|Всего часов|Лекции|Практика"]
    rows = [[Cell(text) for text in line.split("|")] for line in (*head, *lines)]
    return read_programme(io.BytesIO(xlsx([Sheet("План", Grid(rows))])), "план.xlsx").problems


RIGHT = (
    "1|Основы|8|4|4",
    "1.1|Первая|4|2|2",
    "1.2|Вторая|4|2|2",
    "2|Практика|12|6|6",
    "2.1|Третья|6|3|3",
    "2.2|Четвёртая|6|3|3",
    "|Итого|20|10|10",
)


def changed(**lines: str) -> list[str]:
    """Returns the right plan with other lines at these places."""
    return [lines.get(f"at{place}", line) for place, line in enumerate(RIGHT)]


def test_right_plan_has_no_problems():
    assert not problems(*RIGHT)


def test_wrong_hours_of_one_topic_are_one_cause():
    found = problems(*changed(at1="1.1|Первая|4|3|2"))
    assert len(found) > 5
    (cause,) = group_by_cause(found)
    assert cause.first.where.params == {"name": "1.1 Первая"}
    assert len(cause.others) == len(found) - 1


@pytest.mark.parametrize("second", ["2.1|Третья|7|4|3", "2.1|Третья|7|3|4", "2.1|Третья|9|6|3"])
def test_wrong_hours_in_two_sections_are_two_causes(second: str):
    found = problems(*changed(at1="1.1|Первая|4|3|2", at4=second))
    sections = dict.fromkeys(note.section for note in found if note.section)
    assert [cause.first.section for cause in group_by_cause(found)] == list(sections)


def test_two_wrong_topics_of_a_section_are_two_causes():
    causes = group_by_cause(problems(*changed(at1="1.1|Первая|4|3|2", at2="1.2|Вторая|4|3|2")))
    assert [cause.first.where.params["name"] for cause in causes] == ["1.1 Первая", "1.2 Вторая"]


def test_wrong_sum_of_a_section_is_a_cause_of_its_own():
    causes = group_by_cause(problems(*changed(at0="1|Основы|8|5|4", at5="2.2|Четвёртая|6|4|3")))
    assert [cause.first.where.params["name"] for cause in causes] == ["2.2 Четвёртая", "1 Основы"]


def test_same_sentence_of_several_rows_is_one_cause():
    causes = group_by_cause(problems(*changed(at1="1.1|Первая|4|много|2", at2="1.2|Вторая|4|много|2")))
    said = [cause for cause in causes if cause.first.detail.code == "hours_not_a_number"]
    assert [len(list(cause.notes)) for cause in said] == [2]
