"""Readiness of a version for submission: problems block it, warnings do not.

Problems: sums that do not match, rows without a title, a pass mark above the sum of points, a document that may not be
issued. Warnings: empty parts of seed A's structure, topics without a form of class or control.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from courses.models.programmes import Competency, Descriptor, ProgrammeVersion, Rubric, RubricCriterion
from courses.programmes.plan_store import load_plan
from courses.thematic_plan.arithmetic import Balance, Lack, check
from courses.thematic_plan.model import ThematicPlan
from courses.thematic_plan.place import numbered_section, numbered_topic
from lms.core.sentences import ErrorDetail

ADVANCED_TRAINING_FROM = Decimal(16)
"""Academic hours from which a document of advanced training may be issued (rule 9)."""
PLACES_SHOWN = 5
"""Most places that a note's sentence names."""


@dataclass(frozen=True, slots=True)
class ReadinessNote:
    """A problem or a warning: ``page``: where it is corrected; ``key``: lineage of its row in the plan; ``places``: the
    rows that it is about.
    """

    detail: ErrorDetail
    page: str = "plan"
    key: str = ""
    places: tuple[ErrorDetail, ...] = ()

    @property
    def message(self) -> str:
        """The sentence in the current language."""
        return self.detail.message

    @property
    def sentence(self) -> str:
        """The message with its first places."""
        where = ", ".join(place.message for place in self.places[:PLACES_SHOWN])
        where += "…" if len(self.places) > PLACES_SHOWN else ""
        return f"{where}: {self.message}" if where else self.message


@dataclass(frozen=True, slots=True)
class Readiness:
    """Problems and warnings of a version."""

    problems: tuple[ReadinessNote, ...]
    warnings: tuple[ReadinessNote, ...]

    @property
    def holds(self) -> bool:
        """True if the version may be submitted."""
        return not self.problems


def readiness(session: Session, version: ProgrammeVersion, plan: ThematicPlan | None = None) -> Readiness:
    """Returns the problems that block submission and the warnings."""
    plan = plan or load_plan(session, version)
    sums = check(plan)
    parts = _stored_parts(session, version)
    problems = (*plan_problems(plan, sums), *_rule_problems(session, version, parts))
    return Readiness(problems, (*_empty_parts(version, parts), *plan_warnings(sums)))


def plan_problems(plan: ThematicPlan, sums: Balance | None = None) -> tuple[ReadinessNote, ...]:
    """Returns sums that do not match, and rows without a title."""
    found = [ReadinessNote(p.detail, "plan", p.key, (p.where,)) for p in (sums or check(plan)).problems]
    return (*found, *_untitled(plan))


def plan_warnings(sums: Balance) -> tuple[ReadinessNote, ...]:
    """Returns topics without a form of class or control: one warning for each lack, with the topics' numbers."""
    notes = []
    for lack in Lack:
        lacking = [remark for remark in sums.remarks if remark.lack is lack]
        if lacking:
            places = tuple(remark.where for remark in lacking)
            notes.append(ReadinessNote(lacking[0].detail, "plan", lacking[0].key, places))
    return tuple(notes)


def _untitled(plan: ThematicPlan) -> Iterator[ReadinessNote]:
    numbers = plan.labels()
    for section in plan.sections:
        if not section.title:
            place = numbered_section(numbers[section.lineage])
            yield ReadinessNote(ErrorDetail("section_title_missing"), "plan", section.lineage, (place,))
        for topic in section.topics:
            if not topic.title:
                place = numbered_topic(numbers[topic.lineage])
                yield ReadinessNote(ErrorDetail("topic_title_missing"), "plan", topic.lineage, (place,))


@dataclass(frozen=True, slots=True)
class _StoredParts:
    """Facts of the parts that the version's row does not hold."""

    reachable: Decimal | None
    """Points of all criteria of the final attestation; None without criteria."""
    has_outcomes: bool


def _stored_parts(session: Session, version: ProgrammeVersion) -> _StoredParts:
    reachable = select(func.sum(RubricCriterion.max_points)).where(_of_final(version)).scalar_subquery()
    outcomes = select(Competency.id).where(Competency.version_id == version.id).exists()
    row = session.execute(select(reachable, outcomes)).one()
    return _StoredParts(row[0], row[1])


def _rule_problems(session: Session, version: ProgrammeVersion, parts: _StoredParts) -> Iterator[ReadinessNote]:
    if not version.title:
        yield ReadinessNote(ErrorDetail("version_title_missing"), "passport")
    reachable = parts.reachable
    if version.pass_mark is not None and reachable is not None and version.pass_mark > reachable:
        params = {"mark": version.pass_mark, "reachable": reachable}
        yield ReadinessNote(ErrorDetail("pass_mark_unreachable", params=params), "attestation")
    if version.hours_needed is not None and version.hours_needed > version.workload:
        yield ReadinessNote(ErrorDetail("hours_needed_exceed_workload"), "completion")
    if fault := document_fault(version, version.document_kind, version.workload):
        yield ReadinessNote(fault, "passport")
    if version.asks_rating and not _has_descriptors(session, version):
        yield ReadinessNote(ErrorDetail("rating_without_descriptors"), "outcomes")


def _has_descriptors(session: Session, version: ProgrammeVersion) -> bool:
    of_version = select(Descriptor.id).join(Competency).where(Competency.version_id == version.id).limit(1)
    return session.scalar(of_version) is not None


def document_fault(version: ProgrammeVersion, kind: str, workload: Decimal) -> ErrorDetail | None:
    """Returns why this document cannot be issued for the programme; ``None`` if it can."""
    if kind != "advanced_training":
        return None
    if workload < ADVANCED_TRAINING_FROM:
        return ErrorDetail("advanced_training_too_short")
    if not version.programme.site.organization.licensed:
        return ErrorDetail("advanced_training_unlicensed")
    return None


def _empty_parts(version: ProgrammeVersion, parts: _StoredParts) -> Iterator[ReadinessNote]:
    if not version.key_ideas:
        yield ReadinessNote(ErrorDetail("key_ideas_missing"), "note")
    if not version.goal:
        yield ReadinessNote(ErrorDetail("goal_missing"), "note")
    if not version.tasks:
        yield ReadinessNote(ErrorDetail("tasks_missing"), "note")
    if not parts.has_outcomes:
        yield ReadinessNote(ErrorDetail("outcomes_missing"), "outcomes")
    if not any(version.conditions.values()):
        yield ReadinessNote(ErrorDetail("conditions_missing"), "conditions")
    if parts.reachable is None:
        yield ReadinessNote(ErrorDetail("criteria_missing"), "attestation")


def _of_final(version: ProgrammeVersion) -> ColumnElement[bool]:
    """Selects the criteria of the final attestation."""
    return (RubricCriterion.rubric_id == Rubric.id) & (Rubric.version_id == version.id) & Rubric.final
