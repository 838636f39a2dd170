"""Completion rule of a programme version, evaluated against the facts of one enrolment. Without side effects.

Monotone: a further fact (hours, a completed material, an accepted work, a better result, a signed paper) never undoes a
condition that held. A rule without conditions never holds: no certificate is issued by default.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any

from lms.core.i18n import _, format_hours, ngettext


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
    words: str
    """Description of the progress in the current language."""
    missing: tuple[int, ...] = ()
    """Ids of what is still to be done, for links."""


@dataclass(frozen=True, slots=True)
class Completion:
    """All conditions of the rule, in the order in which a trainee meets them."""

    conditions: tuple[Condition, ...]

    @property
    def holds(self) -> bool:
        """True if there is at least one condition and all hold."""
        return bool(self.conditions) and all(condition.holds for condition in self.conditions)

    def as_json(self) -> dict[str, Any]:
        """Returns the value of ``completion_state.conditions``, without descriptions: they depend on the reader's
        language.
        """
        return {
            condition.kind.value: {
                "done": str(condition.done),
                "needed": str(condition.needed),
                "holds": condition.holds,
                "missing": list(condition.missing),
            }
            for condition in self.conditions
        }


Words = Callable[[int, int], str]


def _hours(rule: CompletionRule, facts: CompletionFacts) -> Condition | None:
    if rule.hours <= 0:
        return None
    done = min(facts.hours, rule.hours)
    words = _("%(done)s of %(needed)s academic hours", done=format_hours(done), needed=format_hours(rule.hours))
    return Condition(ConditionKind.HOURS, done, rule.hours, facts.hours >= rule.hours, words)


def _pieces(kind: ConditionKind, needed: frozenset[int], done: frozenset[int], words: Words) -> Condition | None:
    """Returns a condition on a set of things to be done; ``words`` describes how many of how many are."""
    if not needed:
        return None
    missing = tuple(sorted(needed - done))
    count = len(needed) - len(missing)
    told = words(count, len(needed))
    return Condition(kind, Decimal(count), Decimal(len(needed)), not missing, told, missing)


def _materials(rule: CompletionRule, facts: CompletionFacts) -> Condition | None:
    def words(done: int, needed: int) -> str:
        return _("Obligatory materials: %(done)s of %(needed)s", done=done, needed=needed)

    return _pieces(ConditionKind.MATERIALS, rule.materials, facts.materials_done, words)


def _tasks(rule: CompletionRule, facts: CompletionFacts) -> Condition | None:
    def words(done: int, needed: int) -> str:
        return _("Works accepted: %(done)s of %(needed)s", done=done, needed=needed)

    return _pieces(ConditionKind.TASKS, rule.tasks, facts.tasks_accepted, words)


def _self_checks(rule: CompletionRule, facts: CompletionFacts) -> Condition | None:
    passed = frozenset(key for key, percent in facts.self_checks.items() if percent >= rule.threshold)
    waiting = len((facts.self_checks_waiting & rule.self_checks) - passed)

    def words(done: int, needed: int) -> str:
        values = {"threshold": format_hours(rule.threshold), "done": done, "needed": needed}
        told = _("Self-checks at %(threshold)s%% or more: %(done)s of %(needed)s", **values)
        if not waiting:
            return told
        return told + "; " + ngettext("an essay waits for its reader", "%(num)s essays wait for their reader", waiting)

    return _pieces(ConditionKind.SELF_CHECKS, rule.self_checks, passed, words)


def _paper(kind: ConditionKind, asked: bool, there: bool, yes: str, no: str) -> Condition | None:
    """Returns a condition on a single paper, which exists or not."""
    return Condition(kind, Decimal(int(there)), Decimal(1), there, yes if there else no) if asked else None


def _rating(rule: CompletionRule, facts: CompletionFacts) -> Condition | None:
    yes, no = _("Competency self-assessment filled in"), _("Competency self-assessment not filled in yet")
    return _paper(ConditionKind.RATING, rule.rating, facts.rating_scored, yes, no)


def _protocol(rule: CompletionRule, facts: CompletionFacts) -> Condition | None:
    yes, no = _("Attestation protocol signed"), _("Attestation protocol not signed yet")
    return _paper(ConditionKind.PROTOCOL, rule.protocol, facts.protocol_signed, yes, no)


def _order(rule: CompletionRule, facts: CompletionFacts) -> Condition | None:
    yes, no = _("Order of completion issued"), _("Order of completion not issued yet")
    return _paper(ConditionKind.ORDER, rule.order, facts.order_issued, yes, no)


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
    """Returns the rule's conditions evaluated against the facts, described in the current language."""
    found = (condition(rule, facts) for condition in _CONDITIONS)
    return Completion(tuple(condition for condition in found if condition))
