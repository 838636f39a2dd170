"""Adding up a plan."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.thematic_plan.arithmetic import Fault, Lack, check, is_valid_hours
from courses.thematic_plan.document_facts import DocumentFacts
from courses.thematic_plan.model import TOTAL, Kind, SectionRow, ThematicPlan, TopicRow, new_lineage

D = Decimal
KINDS = [Kind("l", "Лекции"), Kind("p", "Практика")]
quarters = st.integers(0, 400).map(lambda n: D(n) / 4)
topics = st.lists(
    st.builds(lambda a, b: topic({"l": a, "p": b}), quarters, quarters),
    min_size=1, max_size=6,
)  # fmt: skip
sections = st.lists(topics, min_size=1, max_size=5)


def topic(hours: dict[str, Decimal], **values) -> TopicRow:
    given = {"title": "тема", "class_form": "лекция", "control_form": "тест", **values}
    return TopicRow(new_lineage(), hours=hours, **given)


def section(*rows: TopicRow, title: str = "раздел") -> SectionRow:
    """Returns a section that states the sums of its topics."""
    found = SectionRow(new_lineage(), title, topics=list(rows))
    found.stated = {key: found.sum(key) for key in ("l", "p", TOTAL)}
    return found


def plan(*rows: SectionRow, workload: Decimal | None = None) -> ThematicPlan:
    found = ThematicPlan(kinds=KINDS, sections=list(rows))
    found.workload = found.total if workload is None else workload
    return found


def facts(rows: ThematicPlan, **values) -> DocumentFacts:
    """Returns the facts of a document that states the totals of all topics."""
    return DocumentFacts(totals={row.lineage: row.total for row in rows.topics()}, **values)


@given(sections)
def test_plan_with_right_sums_balances(parts: list[list[TopicRow]]):
    whole = plan(*(section(*part) for part in parts))
    sums = {key: sum((row.sum(key) for row in whole.sections), D(0)) for key in ("l", "p")}
    total = sum(sums.values(), D(0))
    balance = check(whole, facts(whole, stated={**sums, TOTAL: total}))
    assert balance.total == total
    assert balance.totals == sums
    assert balance.holds == bool(total)


@given(sections, st.integers(1, 40))
def test_one_wrong_sum_is_one_problem(parts: list[list[TopicRow]], off: int):
    whole = plan(*(section(*part) for part in parts))
    wrong = whole.sections[0]
    wrong.title = "кривой"
    wrong.stated["p"] += D(off) / 4
    problems = [p for p in check(whole, facts(whole)).problems if p.fault is Fault.SUM]
    assert [(p.where.message, p.kind, p.expected, p.key) for p in problems] == [
        ("кривой", "p", wrong.stated["p"] - D(off) / 4, wrong.lineage)
    ]
    assert problems[0].found == wrong.stated["p"]


@given(st.decimals(allow_nan=True, allow_infinity=True))
def test_hours_are_accepted_in_quarter_steps(value: Decimal):
    expected = value.is_finite() and 0 <= value <= 1000 and (value * 4) == (value * 4).to_integral_value()
    assert is_valid_hours(value) == expected


def test_total_is_compared_with_workload():
    whole = plan(section(topic({"l": D(2), "p": D(4)})), workload=D(8))
    problems = check(whole, facts(whole, stated={"l": D(3), TOTAL: D(6)})).problems
    assert [(p.fault, p.kind, p.expected, p.found) for p in problems] == [
        (Fault.SUM, "l", D(2), D(3)),
        (Fault.WORKLOAD, None, D(6), D(8)),
    ]


def test_wrong_topic_total_is_a_problem():
    one = topic({"l": D(2)})
    problem = check(plan(section(one)), DocumentFacts(totals={one.lineage: D("2.5")})).problems[0]
    assert (problem.fault, problem.expected, problem.found) == (Fault.ROW, D(2), D("2.5"))
    assert problem.message == "The row's total is 2.5 h, its kinds of hours add up to 2 h."


def test_wrong_total_of_section_without_topics_is_one_problem():
    alone = section(topic({"l": D(2)}))
    alone.stated = {TOTAL: D(3)}
    stated = DocumentFacts(totals={alone.topics[0].lineage: D(3)}, alone={alone.lineage})
    assert [p.fault for p in check(plan(alone), stated).problems] == [Fault.ROW]
    assert [p.fault for p in check(plan(alone)).problems] == [Fault.SUM], "the editor knows the section's sum only"


@pytest.mark.parametrize("hours", ["0.1", "-2", "1000.25"])
def test_invalid_hours_are_a_problem(hours: str):
    assert check(plan(section(topic({"l": D(hours)})))).problems[0].fault is Fault.STEP


def test_plan_without_hours_cannot_be_submitted():
    assert [p.fault for p in check(plan()).problems] == [Fault.EMPTY]


def test_remarks_do_not_block_submission():
    bare = topic({"l": D(1)}, class_form="", control_form="")
    balance = check(plan(section(bare, topic({"l": D(1)}))))
    assert balance.holds
    assert [(r.lack, r.key) for r in balance.remarks] == [(Lack.CLASS_FORM, bare.lineage), (Lack.CONTROL, bare.lineage)]


def test_missing_column_gives_one_remark():
    rows = [topic({"l": D(1)}, title=name, class_form="", control_form="") for name in "абв"]
    balance = check(plan(section(*rows)), DocumentFacts(has_class_forms=False, has_control_forms=False))
    assert [r.where.message for r in balance.remarks] == ["Thematic plan", "Thematic plan"]


def test_rows_are_named_by_place_or_as_in_the_document():
    one = topic({"l": D(1)}, title="Карта", control_form="")
    whole = plan(section(topic({"l": D(1)})), section(one))
    named = DocumentFacts(numbers={one.lineage: "IV"})
    assert [r.where.message for r in check(whole).remarks] == ["Topic 2.1"]
    assert [r.where.message for r in check(whole, named).remarks] == ["IV Карта"]
