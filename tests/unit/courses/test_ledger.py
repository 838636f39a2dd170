"""Arithmetic of the ledger: credits within the plan, none twice, and expected hours."""

from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from courses.progress import ledger
from courses.progress.ledger import Pace

HOURS = st.integers(0, 400).map(lambda quarters: Decimal(quarters) / 4)
PLAN = st.dictionaries(st.sampled_from("abcdef"), HOURS, max_size=6)
DAYS = st.dates(date(2026, 1, 1), date(2026, 12, 31))
TODAY = date(2026, 11, 24)


@given(PLAN, PLAN)
def test_hours_to_credit_fill_plan_and_never_exceed_it(plan, credited):
    owed = ledger.hours_to_credit(plan, credited)
    for kind, hours in plan.items():
        after = credited.get(kind, Decimal(0)) + owed.get(kind, Decimal(0))
        assert after == max(hours, credited.get(kind, Decimal(0)))
    assert all(hours > 0 for hours in owed.values())
    assert set(owed) <= set(plan)


@given(PLAN, PLAN)
def test_complete_credit_leaves_nothing_to_credit(plan, credited):
    after = ledger.add([credited, ledger.hours_to_credit(plan, credited)])
    assert ledger.hours_to_credit(plan, after) == {}


@given(st.lists(PLAN, max_size=5))
def test_adding_keeps_total(parts):
    assert ledger.total(ledger.add(parts)) == sum((ledger.total(part) for part in parts), Decimal(0))


@given(st.lists(st.tuples(HOURS, DAYS | st.none()), max_size=12), DAYS, DAYS)
def test_expected_hours_grow_with_days_within_plan(topics, one, other):
    early, late = sorted((one, other))
    if all(due is None for _, due in topics):
        assert ledger.expected_hours(topics, early) is None
        return
    assert (
        0
        <= ledger.expected_hours(topics, early)
        <= ledger.expected_hours(topics, late)
        <= sum(hours for hours, _ in topics)
    )


def test_topic_is_expected_after_its_due_date():
    topics = [(Decimal(3), date(2026, 11, 23)), (Decimal("5.5"), TODAY), (Decimal(4), None)]
    assert ledger.expected_hours(topics, TODAY) == 3
    assert ledger.expected_hours(topics, date(2026, 11, 25)) == Decimal("8.5")


def test_pace_is_compared_with_schedule():
    assert ledger.compare_pace(Decimal(30), Decimal(28)) == ledger.PaceComparison(Pace.AHEAD, Decimal(2))
    assert ledger.compare_pace(Decimal(28), Decimal(28)).pace is Pace.EVEN
    assert ledger.compare_pace(Decimal("26.5"), Decimal(28)) == ledger.PaceComparison(Pace.BEHIND, Decimal("1.5"))
    assert ledger.compare_pace(Decimal(2), Decimal(0)).pace is Pace.NONE
    assert ledger.compare_pace(Decimal(2), None).pace is Pace.NONE
