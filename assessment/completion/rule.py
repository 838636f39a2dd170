"""Whether an internship is completed: the rule of a programme version against the facts of one enrolment.

Pure, and monotone: a fact that is added (hours, a material done, a work accepted, a better result, a paper signed)
never undoes a condition that held. A rule that asks for nothing is never met: no certificate is issued by default.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any

from lms.core.i18n import _, format_hours, ngettext


class ConditionKind(StrEnum):
    """What a condition is about."""

    HOURS = "hours"
    MATERIALS = "materials"
    TASKS = "tasks"
    SELF_CHECKS = "self_checks"
    RATING = "rating"
    PROTOCOL = "protocol"
    ORDER = "order"


@dataclass(frozen=True, slots=True)
class CompletionRule:
    """What a programme version asks for, and in the last two its organisation."""

    hours: Decimal = Decimal(0)
    """Academic hours to be credited; 0: the hours are not asked for."""
    materials: frozenset[int] = frozenset()
    """Obligatory materials, by id."""
    tasks: frozenset[int] = frozenset()
    """Obligatory attestation tasks, by id: each must be accepted."""
    self_checks: frozenset[int] = frozenset()
    """Self-checks whose threshold must be reached, by id."""
    threshold: Decimal = Decimal(0)
    """Per cent of the points that each of them must reach."""
    rating: bool = False
    """The competency self-assessment after the internship, filled in."""
    protocol: bool = False
    """The protocol of the attestation commission."""
    order: bool = False
    """The order of completion."""


@dataclass(frozen=True, slots=True)
class CompletionFacts:
    """What one trainee has done so far."""

    hours: Decimal = Decimal(0)
    """Academic hours in the ledger."""
    materials_done: frozenset[int] = frozenset()
    tasks_accepted: frozenset[int] = frozenset()
    self_checks: Mapping[int, Decimal] = field(default_factory=dict)
    """Best final result by self-check, in per cent; an attempt whose essay nobody has read is not final."""
    self_checks_waiting: frozenset[int] = frozenset()
    """Self-checks with an attempt that waits for the reader of its essay."""
    rating_scored: bool = False
    protocol_signed: bool = False
    order_issued: bool = False


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition: how much is done of how much is needed, in hours for hours and in pieces for the rest."""

    kind: ConditionKind
    done: Decimal
    needed: Decimal
    holds: bool
    words: str
    """What is done and what is missing, in the current language."""
    missing: tuple[int, ...] = ()
    """Ids of what is still to be done, for links."""


@dataclass(frozen=True, slots=True)
class Completion:
    """All conditions of the rule, in the order in which a trainee meets them."""

    conditions: tuple[Condition, ...]

    @property
    def holds(self) -> bool:
        """Whether every condition holds, and there is at least one."""
        return bool(self.conditions) and all(condition.holds for condition in self.conditions)

    def as_json(self) -> dict[str, Any]:
        """As kept in ``completion_state.conditions``: without words, for they depend on the reader's language."""
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
    """A condition on a set of things, each of which is to be done; ``words`` says how many are, of how many."""
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
    """A condition on a single paper, which is there or is not."""
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
    """The rule's conditions against the facts, with words in the current language."""
    found = (condition(rule, facts) for condition in _CONDITIONS)
    return Completion(tuple(condition for condition in found if condition))
