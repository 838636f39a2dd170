"""Completion rule: conditions, descriptions, monotonicity."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessment.completion.rule import Completion, CompletionFacts, CompletionRule, Condition, ConditionKind, evaluate
from lms.core.i18n import use_locale
from lms.web.certificates.presenters import progress_of

RULE = CompletionRule(
    hours=Decimal(36),
    materials=frozenset({1, 2, 3}),
    tasks=frozenset({7}),
    self_checks=frozenset({4, 5}),
    threshold=Decimal(70),
    rating=True,
    protocol=True,
    order=True,
)
DONE = CompletionFacts(
    hours=Decimal(36),
    materials_done=frozenset({1, 2, 3, 9}),
    tasks_accepted=frozenset({7}),
    self_checks={4: Decimal("70.00"), 5: Decimal(100)},
    rating_scored=True,
    protocol_signed=True,
    order_issued=True,
)


def condition(completion: Completion, kind: ConditionKind) -> Condition:
    return next(item for item in completion.conditions if item.kind == kind)


def test_rule_holds_when_all_facts_are_present() -> None:
    completion = evaluate(RULE, DONE)
    assert completion.holds
    assert [item.kind for item in completion.conditions] == [
        ConditionKind.HOURS,
        ConditionKind.MATERIALS,
        ConditionKind.SELF_CHECKS,
        ConditionKind.TASKS,
        ConditionKind.RATING,
        ConditionKind.PROTOCOL,
        ConditionKind.ORDER,
    ]


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        ({"hours": Decimal("35.75")}, ConditionKind.HOURS),
        ({"materials_done": frozenset({1, 2})}, ConditionKind.MATERIALS),
        ({"tasks_accepted": frozenset()}, ConditionKind.TASKS),
        ({"self_checks": {4: Decimal("69.99"), 5: Decimal(100)}}, ConditionKind.SELF_CHECKS),
        ({"self_checks": {5: Decimal(100)}}, ConditionKind.SELF_CHECKS),
        ({"rating_scored": False}, ConditionKind.RATING),
        ({"protocol_signed": False}, ConditionKind.PROTOCOL),
        ({"order_issued": False}, ConditionKind.ORDER),
    ],
)
def test_rule_does_not_hold_with_one_missing_fact(change: dict[str, object], kind: ConditionKind) -> None:
    completion = evaluate(RULE, replace(DONE, **change))
    assert not completion.holds
    assert [item.kind for item in completion.conditions if not item.holds] == [kind]


def test_rule_without_conditions_never_holds() -> None:
    assert not evaluate(CompletionRule(), DONE).holds
    assert evaluate(CompletionRule(), DONE).conditions == ()


def test_unread_essay_prevents_completion_and_is_named() -> None:
    facts = replace(DONE, self_checks={5: Decimal(100)}, self_checks_waiting=frozenset({4, 99}))
    found = condition(evaluate(RULE, facts), ConditionKind.SELF_CHECKS)
    assert not found.holds and found.missing == (4,)
    with use_locale("ru"):
        assert progress_of(found) == "Тесты самопроверки не ниже 70 %: 1 из 2; 1 эссе ждёт проверки"


def test_unread_essay_of_later_attempt_changes_nothing() -> None:
    assert evaluate(RULE, replace(DONE, self_checks_waiting=frozenset({4}))).holds


def test_descriptions_in_both_languages() -> None:
    facts = replace(DONE, hours=Decimal("34.5"), materials_done=frozenset({2}), protocol_signed=False)
    conditions = evaluate(RULE, facts).conditions
    with use_locale("en"):
        english = [progress_of(item) for item in conditions]
    assert "34.5 of 36 academic hours" in english
    assert "Obligatory materials: 1 of 3" in english
    assert "Attestation protocol not signed yet" in english
    with use_locale("ru"):
        russian = [progress_of(item).replace("\u00a0", " ") for item in conditions]
    assert "34,5 из 36 ак. ч" in russian


def test_missing_ids_are_listed_for_links() -> None:
    found = condition(evaluate(RULE, replace(DONE, materials_done=frozenset({2}))), ConditionKind.MATERIALS)
    assert (found.done, found.needed, found.missing) == (1, 3, (1, 3))


def test_as_json_has_no_descriptions() -> None:
    kept = evaluate(RULE, DONE).as_json()
    assert kept["hours"] == {"done": "36", "needed": "36", "holds": True, "missing": []}
    assert set(kept) == {kind.value for kind in ConditionKind}


IDS = st.frozensets(st.integers(1, 5))
PERCENT = st.decimals(0, 100, places=2)
RULES = st.builds(
    CompletionRule,
    hours=st.decimals(0, 40, places=2),
    materials=IDS,
    tasks=IDS,
    self_checks=IDS,
    threshold=PERCENT,
    rating=st.booleans(),
    protocol=st.booleans(),
    order=st.booleans(),
)
FACTS = st.builds(
    CompletionFacts,
    hours=st.decimals(0, 40, places=2),
    materials_done=IDS,
    tasks_accepted=IDS,
    self_checks=st.dictionaries(st.integers(1, 5), PERCENT),
    self_checks_waiting=IDS,
    rating_scored=st.booleans(),
    protocol_signed=st.booleans(),
    order_issued=st.booleans(),
)


def together(one: CompletionFacts, other: CompletionFacts) -> CompletionFacts:
    """Returns the union of two sets of facts."""
    results = {**other.self_checks}
    for key, percent in one.self_checks.items():
        results[key] = max(percent, results.get(key, percent))
    return CompletionFacts(
        hours=max(one.hours, other.hours),
        materials_done=one.materials_done | other.materials_done,
        tasks_accepted=one.tasks_accepted | other.tasks_accepted,
        self_checks=results,
        self_checks_waiting=one.self_checks_waiting | other.self_checks_waiting,
        rating_scored=one.rating_scored or other.rating_scored,
        protocol_signed=one.protocol_signed or other.protocol_signed,
        order_issued=one.order_issued or other.order_issued,
    )


@given(RULES, FACTS, FACTS)
def test_adding_facts_never_undoes_condition(
    rule: CompletionRule, before: CompletionFacts, more: CompletionFacts
) -> None:
    after = {item.kind: item for item in evaluate(rule, together(before, more)).conditions}
    for item in evaluate(rule, before).conditions:
        assert not item.holds or after[item.kind].holds
        assert item.done <= after[item.kind].done


@given(RULES, FACTS)
def test_condition_holds_exactly_when_done_reaches_needed(rule: CompletionRule, facts: CompletionFacts) -> None:
    for item in evaluate(rule, facts).conditions:
        assert item.holds == (item.done == item.needed)
        assert 0 <= item.done <= item.needed
        assert progress_of(item) and (not item.missing or not item.holds)


@given(RULES, FACTS)
def test_rule_with_added_unmet_conditions_never_holds(rule: CompletionRule, facts: CompletionFacts) -> None:
    stricter = replace(rule, order=True, materials=rule.materials | {99})
    assert not evaluate(stricter, facts).holds
