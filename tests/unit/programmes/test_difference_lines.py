"""Texts of differences between two versions."""

from decimal import Decimal

import pytest

from courses.programmes.difference import Difference, DifferenceKind, Value, differences
from courses.programmes.position import Position
from courses.programmes.snapshot import CompetencyEntry, CriterionEntry, Snapshot
from courses.thematic_plan.model import ThematicPlan
from lms.core.i18n import use_locale
from lms.web.programmes.difference_presenters import difference_lines


@pytest.mark.parametrize(
    ("name", "before", "after", "expected"),
    [
        ("goal", "", "Наблюдать", ("–", "Наблюдать")),
        ("asks_rating", "", "yes", ("no", "yes")),
        ("document_kind", "certificate", "statement", ("Certificate", "Statement of internship")),
    ],
)
def test_text_is_shown_as_its_form_shows_it(name: str, before: Value, after: Value, expected: tuple[str, str]):
    found = [Difference(Position("text", name), DifferenceKind.CHANGED, before, after)]
    with use_locale("en"):
        line = difference_lines(found)[0]
    assert (line.group, line.before, line.after) == ("Texts and rules", *expected)


def test_renamed_criterion_shows_its_new_name():
    old, new = Snapshot(ThematicPlan()), Snapshot(ThematicPlan())
    old.criteria = {"a": CriterionEntry("Цель", "ясна", Decimal(0), Decimal(2))}
    new.criteria = {"a": CriterionEntry("Замысел", "ясна", Decimal(1), Decimal(2))}
    with use_locale("en"):
        line = difference_lines(differences(old, new))[0]
    assert (line.where, line.before, line.after) == ("Замысел", "ясна\n0 to 2 points", "Замысел\nясна\n1 to 2 points")


def test_added_competency_lists_its_descriptors():
    old, new = Snapshot(ThematicPlan()), Snapshot(ThematicPlan())
    new.competencies = {"a": CompetencyEntry("Наблюдение", (("knows", "шкалы"), ("can", "записывать")))}
    with use_locale("en"):
        line = difference_lines(differences(old, new))[0]
    assert (line.kind, line.before) == (DifferenceKind.ADDED, "")
    assert line.after == "Наблюдение\nKnows: шкалы\nCan: записывать"
