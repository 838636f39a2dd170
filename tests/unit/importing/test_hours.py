"""Adding up a plan."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.hours import Fault, Lack, Plan, PlanGroup, PlanTopic, add_up, check, is_valid_hours

D = Decimal
KINDS = {"l": "Лекции", "p": "Практика"}
quarters = st.integers(0, 400).map(lambda n: D(n) / 4)
topics = st.lists(
    st.builds(lambda a, b: PlanTopic("тема", {"l": a, "p": b}, a + b, "лекция", "тест"), quarters, quarters),
    min_size=1, max_size=6,
)  # fmt: skip
sections = st.lists(topics.map(tuple), min_size=1, max_size=5)


def group(rows: tuple[PlanTopic, ...], label: str = "раздел") -> PlanGroup:
    sums = add_up(rows, KINDS)
    return PlanGroup(label, rows, {**sums, None: sum(sums.values(), D(0))})


@given(sections)
def test_plan_with_right_sums_balances(parts: list[tuple[PlanTopic, ...]]):
    rows = tuple(group(part) for part in parts)
    sums = add_up(rows, KINDS)
    total = sum(sums.values(), D(0))
    balance = check(Plan(KINDS, rows, {**sums, None: total}, workload=total))
    assert balance.total == total
    assert balance.totals == sums
    assert balance.holds == bool(total)


@given(sections, st.integers(1, 40))
def test_one_wrong_sum_is_one_problem(parts: list[tuple[PlanTopic, ...]], off: int):
    rows = [group(part) for part in parts]
    stated = {**rows[0].stated, "p": rows[0].stated["p"] + D(off) / 4}
    rows[0] = PlanGroup("кривой", rows[0].topics, stated, key="7")
    problems = [p for p in check(Plan(KINDS, tuple(rows))).problems if p.fault is Fault.SUM]
    assert [(p.where, p.kind, p.expected, p.key) for p in problems] == [("кривой", "p", stated["p"] - D(off) / 4, "7")]
    assert problems[0].found == stated["p"]


@given(st.decimals(allow_nan=True, allow_infinity=True))
def test_hours_are_accepted_in_quarter_steps(value: Decimal):
    expected = value.is_finite() and 0 <= value <= 1000 and (value * 4) == (value * 4).to_integral_value()
    assert is_valid_hours(value) == expected


def test_total_is_compared_with_workload():
    rows = (PlanTopic("тема", {"l": D(2), "p": D(4)}, D(6), "лекция", "тест"),)
    problems = check(Plan(KINDS, rows, {"l": D(3), None: D(6)}, workload=D(8))).problems
    assert [(p.fault, p.kind, p.expected, p.found) for p in problems] == [
        (Fault.SUM, "l", D(2), D(3)),
        (Fault.WORKLOAD, None, D(6), D(8)),
    ]


def test_wrong_topic_total_is_a_problem():
    rows = (PlanTopic("тема", {"l": D(2)}, D("2.5"), "лекция", "тест"),)
    problem = check(Plan(KINDS, rows)).problems[0]
    assert (problem.fault, problem.expected, problem.found) == (Fault.ROW, D(2), D("2.5"))
    assert problem.message == "The row's total is 2.5 h, its kinds of hours add up to 2 h."


@pytest.mark.parametrize("hours", ["0.1", "-2", "1000.25"])
def test_invalid_hours_are_a_problem(hours: str):
    rows = (PlanTopic("тема", {"l": D(hours)}, None, "лекция", "тест"),)
    assert check(Plan(KINDS, rows)).problems[0].fault is Fault.STEP


def test_plan_without_hours_cannot_be_submitted():
    assert [p.fault for p in check(Plan(KINDS, ())).problems] == [Fault.EMPTY]


def test_remarks_do_not_block_submission():
    rows = (PlanTopic("а", {"l": D(1)}, key="1"), PlanTopic("б", {"l": D(1)}, None, "лекция", "тест"))
    balance = check(Plan(KINDS, rows))
    assert balance.holds
    assert [(r.lack, r.key) for r in balance.remarks] == [(Lack.CLASS_FORM, "1"), (Lack.CONTROL, "1")]


def test_missing_column_gives_one_remark():
    rows = tuple(PlanTopic(name, {"l": D(1)}) for name in "абв")
    balance = check(Plan(KINDS, rows, asks_class_form=False, asks_control=False))
    assert [r.where for r in balance.remarks] == ["Thematic plan", "Thematic plan"]
