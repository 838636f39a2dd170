"""Completion rule of a programme version, evaluated against the facts of one enrolment. Without side effects.

Monotone: a further fact (hours, a completed material, an accepted work, a better result, a signed paper) never undoes a
condition that held. A rule without conditions never holds: no certificate is issued by default.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import StrEnum
from typing import Any


class ConditionKind(StrEnum):
    """Subject of a condition."""

    HOURS = "hours"
    MATERIALS = "materials"
    TASKS = "tasks"
    SELF_CHECKS = "self_checks"
    RATING = "rating"
    PROTOCOL = "protocol"
    ORDER = "order"


@dataclass(frozen=True, slots=True)
class CompletionRule:
    """Requirements of a programme version; the last two (protocol, order) are set by its organisation."""

    hours: Decimal = Decimal(0)
    """Academic hours to be credited; 0: no requirement."""
    materials: frozenset[int] = frozenset()
    """Obligatory materials, by id."""
    tasks: frozenset[int] = frozenset()
    """Obligatory attestation tasks, by id: each must be accepted."""
    self_checks: frozenset[int] = frozenset()
    """Self-checks whose threshold must be reached, by id."""
    threshold: Decimal = Decimal(0)
    """Per cent of the points that each self-check must reach."""
    rating: bool = False
    """True if the competency self-assessment after the internship is required."""
    protocol: bool = False
    """True if the protocol of the attestation commission is required."""
    order: bool = False
    """True if the order of completion is required."""


@dataclass(frozen=True, slots=True)
class CompletionFacts:
    """Facts about one trainee."""

    hours: Decimal = Decimal(0)
    """Academic hours in the ledger."""
    materials_done: frozenset[int] = frozenset()
    tasks_accepted: frozenset[int] = frozenset()
    self_checks: Mapping[int, Decimal] = field(default_factory=dict)
    """Best final result by self-check, in per cent; an attempt with an unread essay is not final."""
    self_checks_waiting: frozenset[int] = frozenset()
    """Self-checks with an attempt whose essay is unread."""
    rating_scored: bool = False
    protocol_signed: bool = False
    order_issued: bool = False


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition: done and needed, in academic hours for hours and in pieces for the rest."""

    kind: ConditionKind
    done: Decimal
    needed: Decimal
    holds: bool
    missing: tuple[int, ...] = ()
    """Ids of what is still to be done, for links."""
    threshold: Decimal = Decimal(0)
    """Per cent that each self-check must reach."""
    waiting: int = 0
    """Number of self-checks whose essay is unread."""


@dataclass(frozen=True, slots=True)
class Completion:
    """All conditions of the rule, in the order in which a trainee meets them."""

    conditions: tuple[Condition, ...]

    @property
    def holds(self) -> bool:
        """True if there is at least one condition and all hold."""
        return bool(self.conditions) and all(condition.holds for condition in self.conditions)

    def as_json(self) -> dict[str, Any]:
        """Returns the value of ``completion_state.conditions``."""
        return {
            condition.kind.value: {
                "done": str(condition.done),
                "needed": str(condition.needed),
                "holds": condition.holds,
                "missing": list(condition.missing),
            }
            for condition in self.conditions
        }


def _hours(rule: CompletionRule, facts: CompletionFacts) -> Condition | None:
    if rule.hours <= 0:
        return None
    return Condition(ConditionKind.HOURS, min(facts.hours, rule.hours), rule.hours, facts.hours >= rule.hours)


def _pieces(kind: ConditionKind, needed: frozenset[int], done: frozenset[int]) -> Condition | None:
    """Returns a condition on a set of things to be done."""
    if not needed:
        return None
    missing = tuple(sorted(needed - done))
    return Condition(kind, Decimal(len(needed) - len(missing)), Decimal(len(needed)), not missing, missing)


def _materials(rule: CompletionRule, facts: CompletionFacts) -> Condition | None:
    return _pieces(ConditionKind.MATERIALS, rule.materials, facts.materials_done)


def _tasks(rule: CompletionRule, facts: CompletionFacts) -> Condition | None:
    return _pieces(ConditionKind.TASKS, rule.tasks, facts.tasks_accepted)


def _self_checks(rule: CompletionRule, facts: CompletionFacts) -> Condition | None:
    passed = frozenset(key for key, percent in facts.self_checks.items() if percent >= rule.threshold)
    found = _pieces(ConditionKind.SELF_CHECKS, rule.self_checks, passed)
    waiting = len((facts.self_checks_waiting & rule.self_checks) - passed)
    return replace(found, threshold=rule.threshold, waiting=waiting) if found else None


def _paper(kind: ConditionKind, asked: bool, there: bool) -> Condition | None:
    """Returns a condition on a single paper, which exists or not."""
    return Condition(kind, Decimal(int(there)), Decimal(1), there) if asked else None


def _rating(rule: CompletionRule, facts: CompletionFacts) -> Condition | None:
    return _paper(ConditionKind.RATING, rule.rating, facts.rating_scored)


def _protocol(rule: CompletionRule, facts: CompletionFacts) -> Condition | None:
    return _paper(ConditionKind.PROTOCOL, rule.protocol, facts.protocol_signed)


def _order(rule: CompletionRule, facts: CompletionFacts) -> Condition | None:
    return _paper(ConditionKind.ORDER, rule.order, facts.order_issued)


_CONDITIONS: tuple[Callable[[CompletionRule, CompletionFacts], Condition | None], ...] = (
    _hours,
    _materials,
    _self_checks,
    _tasks,
    _rating,
    _protocol,
    _order,
)


def evaluate(rule: CompletionRule, facts: CompletionFacts) -> Completion:
    """Returns the rule's conditions evaluated against the facts."""
    found = (condition(rule, facts) for condition in _CONDITIONS)
    return Completion(tuple(condition for condition in found if condition))
