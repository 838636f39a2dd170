"""Attestation tasks of a version: made from a programme's criteria, copied with it, changed while it is a draft."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from assessment.models.attestation import AttestationTask, TaskCriterion
from courses.events import ProgrammeImported, VersionCopied
from courses.models.programmes import Criterion, ProgrammeVersion, Section, Topic
from lms.core import audit
from lms.core.errors import DomainError, Invalid
from lms.core.policy import Actor
from lms.core.richtext import to_safe_html
from lms.core.texts import _, use_locale

FINAL_TOPIC = re.compile(r"аттестац|защит|зач[её]т|экзамен|attestation|defen[cs]e|exam", re.IGNORECASE)
LONGEST_INSTRUCTIONS = 50_000
MOST_CRITERIA = 40


@dataclass(frozen=True, slots=True)
class CriterionInput:
    """A criterion as typed: points up to ``most``, at least ``least`` to be accepted."""

    name: str
    indicator: str
    most: Decimal
    least: Decimal


def make_final_task(session: Session, event: ProgrammeImported) -> None:
    """The final attestation task of an imported programme, from its criteria; nothing when it has one, or none."""
    version = session.get_one(ProgrammeVersion, event.version_id)
    criteria = session.scalars(
        select(Criterion).where(Criterion.version_id == version.id).order_by(Criterion.position)
    ).all()
    exists = session.scalar(select(AttestationTask.id).where(AttestationTask.version_id == version.id))
    if exists is not None or not criteria:
        return
    topic = _final_topic(session, version.id)
    with use_locale(version.programme.language):
        title = topic.title if topic else _("Final attestation")
    task = AttestationTask(
        version_id=version.id,
        topic_lineage=topic.lineage if topic else None,
        kind="final",
        title=title,
        pass_mark=version.pass_mark or Decimal(0),
        criteria=[
            TaskCriterion(
                position=place,
                name=criterion.name,
                indicator=criterion.indicator,
                max_points=criterion.max_points,
                min_points=criterion.min_points,
            )
            for place, criterion in enumerate(criteria)
        ],
    )
    session.add(task)
    session.flush()


def _final_topic(session: Session, version_id: int) -> Topic | None:
    """The last topic that speaks of attestation in its own words or its section's; otherwise the last one."""
    rows = session.execute(
        select(Topic, Section.title)
        .join(Topic.section)
        .where(Topic.version_id == version_id)
        .order_by(Section.position.desc(), Topic.position.desc())
    ).all()
    for topic, section in rows:
        if FINAL_TOPIC.search(f"{topic.title} {topic.control_form} {section}"):
            return topic
    return rows[0][0] if rows else None


def copy_tasks(session: Session, event: VersionCopied) -> None:
    """A new version starts with the tasks of the one it was copied from, lineages kept."""
    for task in tasks_of(session, event.from_id):
        session.add(
            AttestationTask(
                version_id=event.to_id,
                lineage=task.lineage,
                topic_lineage=task.topic_lineage,
                kind=task.kind,
                position=task.position,
                title=task.title,
                instructions=task.instructions,
                instructions_html=task.instructions_html,
                pass_mark=task.pass_mark,
                required=task.required,
                criteria=[
                    TaskCriterion(
                        position=criterion.position,
                        name=criterion.name,
                        indicator=criterion.indicator,
                        max_points=criterion.max_points,
                        min_points=criterion.min_points,
                    )
                    for criterion in task.criteria
                ],
            )
        )
    session.flush()


def tasks_of(session: Session, version_id: int) -> Sequence[AttestationTask]:
    """The tasks of a version in order."""
    return session.scalars(
        select(AttestationTask)
        .where(AttestationTask.version_id == version_id)
        .order_by(AttestationTask.kind.desc(), AttestationTask.position, AttestationTask.id)
    ).all()


def save_task(
    session: Session,
    *,
    actor: Actor,
    version: ProgrammeVersion,
    task: AttestationTask | None,
    title: str,
    instructions: str,
    topic_lineage: UUID | None,
    kind: str,
    pass_mark: Decimal,
    required: bool,
    criteria: Sequence[CriterionInput],
) -> AttestationTask:
    """Make or change a task while its version is a draft.

    Raises ``DomainError`` when the version is not open, ``Invalid`` at ``title``, ``instructions``, ``criteria`` or
    ``pass_mark``.
    """
    if not version.is_open:
        raise DomainError(_("Criteria and tasks of an approved version do not change: start a new version."))
    _check(title, instructions, pass_mark, criteria)
    task = task or AttestationTask(version_id=version.id, kind=kind, title=title)
    task.title, task.kind, task.topic_lineage = title.strip(), kind, topic_lineage
    task.pass_mark, task.required = pass_mark, required
    set_instructions(task, instructions)
    task.criteria = [
        TaskCriterion(
            position=place, name=item.name, indicator=item.indicator, max_points=item.most, min_points=item.least
        )
        for place, item in enumerate(criteria)
    ]
    session.add(task)
    session.flush()
    audit.record(session, actor, "task.save", task, site_id=version.programme.site_id, title=task.title)
    return task


def set_instructions(task: AttestationTask, instructions: str) -> None:
    """What the trainee reads, in Markdown; may change in an approved version too: it is no criterion."""
    task.instructions = instructions
    task.instructions_html = to_safe_html(instructions, "markdown")


def _check(title: str, instructions: str, pass_mark: Decimal, criteria: Sequence[CriterionInput]) -> None:
    if not title.strip() or len(title) > 500:
        raise Invalid(_("Give the task a title of at most 500 characters."), "title")
    if len(instructions) > LONGEST_INSTRUCTIONS:
        raise Invalid(_("The instructions are too long."), "instructions")
    if len(criteria) > MOST_CRITERIA:
        raise Invalid(_("That is too many criteria."), "criteria")
    for item in criteria:
        if not item.name.strip() or not Decimal(0) < item.most <= 1000 or not Decimal(0) <= item.least <= item.most:
            raise Invalid(_("A criterion needs a name, points above zero, and a minimum not above them."), "criteria")
    if criteria and not Decimal(0) <= pass_mark <= sum(item.most for item in criteria):
        raise Invalid(_("The pass mark lies between zero and the sum of all points."), "pass_mark")


def remove_task(session: Session, *, actor: Actor, task: AttestationTask, version: ProgrammeVersion) -> None:
    """Remove a task of a draft. Raises ``DomainError`` when the version is not open."""
    if not version.is_open:
        raise DomainError(_("Criteria and tasks of an approved version do not change: start a new version."))
    audit.record(session, actor, "task.remove", task, site_id=version.programme.site_id, title=task.title)
    session.delete(task)
    session.flush()
