"""Readiness of a version for submission: problems block it, warnings do not.

Problems: sums that do not match, rows without a title, a pass mark above the sum of points, a document that may not be
issued. Warnings: empty parts of seed A's structure, topics without a form of class or control.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from courses.hours import Balance, Lack
from courses.models.programmes import Competency, Criterion, Descriptor, ProgrammeVersion
from courses.programmes.plan import ThematicPlan, balance, section_label, topic_label
from courses.programmes.plan_store import load_plan
from lms.core.i18n import _, format_number

ADVANCED_TRAINING_FROM = Decimal(16)
"""Academic hours from which a document of advanced training may be issued (rule 9)."""


@dataclass(frozen=True, slots=True)
class ReadinessNote:
    """A problem or a warning: ``page`` is the page where it is corrected, ``key`` the lineage of its row in the
    plan.
    """

    message: str
    page: str = "plan"
    key: str = ""
    where: str = ""

    @property
    def sentence(self) -> str:
        """The message with its place."""
        return f"{self.where}: {self.message}" if self.where else self.message


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
    sums = balance(plan)
    problems = (*plan_problems(plan, sums), *_rule_problems(session, version))
    return Readiness(problems, (*_empty_parts(session, version), *plan_warnings(sums)))


def plan_problems(plan: ThematicPlan, sums: Balance | None = None) -> tuple[ReadinessNote, ...]:
    """Returns sums that do not match, and rows without a title."""
    found = [ReadinessNote(p.message, "plan", p.key, p.where) for p in (sums or balance(plan)).problems]
    return (*found, *_untitled(plan))


def plan_warnings(sums: Balance) -> tuple[ReadinessNote, ...]:
    """Returns topics without a form of class or control: one warning for each lack, with the topics' numbers."""
    notes = []
    for lack in Lack:
        lacking = [remark for remark in sums.remarks if remark.lack is lack]
        if lacking:
            places = ", ".join(remark.where for remark in lacking[:5]) + ("…" if len(lacking) > 5 else "")
            notes.append(ReadinessNote(lacking[0].message, "plan", lacking[0].key, places))
    return tuple(notes)


def _untitled(plan: ThematicPlan) -> Iterator[ReadinessNote]:
    numbers = plan.labels()
    for section in plan.sections:
        if not section.title:
            yield ReadinessNote(
                _("Give the section a title."), "plan", section.lineage, section_label(numbers[section.lineage])
            )
        for topic in section.topics:
            if not topic.title:
                yield ReadinessNote(
                    _("Give the topic a title."), "plan", topic.lineage, topic_label(numbers[topic.lineage])
                )


def _rule_problems(session: Session, version: ProgrammeVersion) -> Iterator[ReadinessNote]:
    if not version.title:
        yield ReadinessNote(_("The programme has no title."), "passport")
    of_final = (Criterion.version_id == version.id) & Criterion.task_lineage.is_(None)
    reachable: Decimal | None = session.scalar(select(func.sum(Criterion.max_points)).where(of_final))
    if version.pass_mark is not None and reachable is not None and version.pass_mark > reachable:
        yield ReadinessNote(
            _(
                "The pass mark is %(mark)s, all criteria together give %(sum)s.",
                mark=format_number(version.pass_mark),
                sum=format_number(reachable),
            ),
            "attestation",
        )
    if version.hours_needed is not None and version.hours_needed > version.workload:
        yield ReadinessNote(_("More hours are needed for the document than the programme has."), "completion")
    if message := document_fault(version, version.document_kind, version.workload):
        yield ReadinessNote(message, "passport")
    if version.asks_rating and not _has_descriptors(session, version):
        yield ReadinessNote(
            _("The self-assessment is asked for, but no competency has descriptors to rate."), "outcomes"
        )


def _has_descriptors(session: Session, version: ProgrammeVersion) -> bool:
    of_version = select(Descriptor.id).join(Competency).where(Competency.version_id == version.id).limit(1)
    return session.scalar(of_version) is not None


def document_fault(version: ProgrammeVersion, kind: str, workload: Decimal) -> str:
    """Returns why this document cannot be issued for the programme; empty if it can."""
    if kind != "advanced_training":
        return ""
    if workload < ADVANCED_TRAINING_FROM:
        return _("A document of advanced training is issued from 16 hours.")
    if not version.programme.site.organization.licensed:
        return _("Only a licensed organisation issues a document of advanced training.")
    return ""


def _empty_parts(session: Session, version: ProgrammeVersion) -> Iterator[ReadinessNote]:
    if not version.key_ideas:
        yield ReadinessNote(_("The explanatory note does not open the key ideas."), "note")
    if not version.goal:
        yield ReadinessNote(_("No goal is stated."), "note")
    if not version.tasks:
        yield ReadinessNote(_("No tasks are stated."), "note")
    if not _any(session, Competency.version_id == version.id):
        yield ReadinessNote(
            _("No planned outcomes: competencies with what the trainee knows, can do and has practised."), "outcomes"
        )
    if not any(version.conditions.values()):
        yield ReadinessNote(_("The conditions (part 3) are not described."), "conditions")
    if not _any(session, Criterion.version_id == version.id):
        yield ReadinessNote(_("The final attestation has no criteria."), "attestation")


def _any(session: Session, condition: object) -> bool:
    return bool(session.scalar(select(select(1).where(condition).exists())))  # type: ignore[arg-type]
