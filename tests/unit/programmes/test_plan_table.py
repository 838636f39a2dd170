"""The plan's table for pages: two ways to resolve a mismatch, and steps of rows."""

from decimal import Decimal

import pytest

from courses.programmes.edits import apply_all
from courses.thematic_plan.model import Kind, SectionRow, ThematicPlan, TopicRow
from lms.web.programmes.presenters import plan_table, with_soft_hyphens
from lms.web.programmes.routes.plan_changes import step, structure_changes

A, B, C, D, E, F = (f"{letter * 8}-0000-4000-8000-000000000000" for letter in "abcdef")


def plan() -> ThematicPlan:
    """Sections A (topics C, D) and B (topic E); F is the only column."""
    topics = [
        TopicRow(name, name[:1], "лекция", "тест", {F: Decimal(hours)}) for name, hours in ((C, 2), (D, 3), (E, 1))
    ]
    sections = [SectionRow(A, "А", {}, topics[:2]), SectionRow(B, "Б", {}, topics[2:])]
    return ThematicPlan(Decimal(6), [Kind(F, "Лекции")], sections)


def order(found: ThematicPlan) -> str:
    return " ".join(
        section.lineage[0] + ":" + "".join(t.lineage[0] for t in section.topics) for section in found.sections
    )


@pytest.mark.parametrize(
    ("row", "up", "expected"),
    [
        (D, True, "a:dc b:e"),
        (C, True, "a:cd b:e"),
        (C, False, "a:dc b:e"),
        (D, False, "a:c b:de"),
        (E, True, "a:cde b:"),
        (E, False, "a:cd b:e"),
        (B, True, "b:e a:cd"),
        (A, False, "b:e a:cd"),
        (A, True, "a:cd b:e"),
        ("nobody", True, "a:cd b:e"),
    ],
)
def test_step_moves_topic_to_next_section(row: str, up: bool, expected: str):
    found = plan()
    apply_all(found, step(found, row, up=up))
    assert order(found) == expected


def test_matching_plan_has_no_fixes():
    sheet = plan_table(plan())
    assert (sheet.gap, sheet.fixes, sheet.blocking) == (0, {}, 0)


def test_largest_topic_is_offered_for_fix():
    found = plan()
    found.sections[0].stated = {F: Decimal(4), "total": Decimal(4)}
    sheet = plan_table(found)
    fix = sheet.fixes[A]
    assert (fix.gap, fix.topic, fix.number, fix.kind) == (1, D, "1.2", F)
    assert sheet.blocking == 1, "one section counts once"
    apply_all(found, structure_changes(f"agree:{A}", found))
    assert plan_table(found).fixes == {}


def test_workload_can_be_set_to_sum():
    found = plan()
    found.workload = Decimal(8)
    assert plan_table(found).gap == -2
    apply_all(found, structure_changes("agree:workload", found))
    assert found.workload == 6


def test_long_words_can_break():
    shown = with_soft_hyphens("Самостоятельная работа")
    assert shown.replace("\N{SOFT HYPHEN}", "") == "Самостоятельная работа"
    assert "тель\N{SOFT HYPHEN}ная" in shown
    assert with_soft_hyphens("Лекции") == "Лекции"
