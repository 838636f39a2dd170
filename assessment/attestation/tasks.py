"""Attestation tasks of a version: created from part 4, copied with the version, edited while it is a draft."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from assessment.models.attestation import AttestationTask
from courses.events import ProgrammeImported, VersionApproved, VersionCopied
from courses.models.programmes import ProgrammeVersion, Rubric, RubricCriterion, Section, Topic
from courses.programmes.outcomes import final_rubric
from courses.programmes.plan_store import lock
from courses.programmes.removed_parts import find_removed, forget_removed, keep_removed
from lms.core import audit
from lms.core.auth.policy import Actor
from lms.core.errors import DomainError, Invalid
from lms.core.i18n import use_locale
from lms.core.richtext import is_dense_markdown, to_safe_html
from lms.core.sentences import ErrorDetail, sentence

FINAL_TOPIC = re.compile(r"аттестац|защит|зач[её]т|экзамен|attestation|defen[cs]e|exam", re.IGNORECASE)
TASK = "task"
"""Kind of a removed part."""
LONGEST_TITLE = 500
LONGEST_INSTRUCTIONS = 50_000
LONGEST_INDICATOR = 5_000
MOST_CRITERIA = 40
MOST_POINTS = 1000


@dataclass(frozen=True, slots=True)
class CriterionInput:
    """A criterion from a form: up to ``most`` points, at least ``least`` for acceptance."""

    name: str
    indicator: str
    most: Decimal
    least: Decimal


def create_final_task(session: Session, event: ProgrammeImported) -> None:
    """Creates the final task of an imported programme if part 4 has criteria."""
    link_to_part_four(session, session.get_one(ProgrammeVersion, event.version_id))


def update_final_task(session: Session, event: VersionApproved) -> None:
    """Links the final task, on approval, to the criteria of part 4 that the council considered."""
    link_to_part_four(session, session.get_one(ProgrammeVersion, event.version_id))


def link_to_part_four(session: Session, version: ProgrammeVersion) -> None:
    """Gives the first final task the rubric and the pass mark of the programme's part 4; creates it if there is none.

    If part 4 has no criteria, the tasks stay unchanged.
    """
    rubric = final_rubric(session, version.id)
    if rubric is None or not rubric.criteria:
        return
    task = first_final(session, version.id) or _new_final(session, version)
    task.pass_mark = version.pass_mark or Decimal(0)
    session.add(task)
    _use_rubric(session, task, rubric)


def _use_rubric(session: Session, task: AttestationTask, rubric: Rubric) -> None:
    """Gives the task this rubric and deletes the task's own one."""
    own, task.rubric = task.rubric, rubric
    session.flush()
    if own is not None and own is not rubric and not own.final:
        session.delete(own)
        session.flush()
    session.expire(task, ["criteria"])


def _use_own_criteria(session: Session, task: AttestationTask, criteria: Sequence[CriterionInput]) -> None:
    """Gives the task a rubric of its own with these criteria."""
    own = task.rubric
    if own is None or own.final:
        own = Rubric(version_id=task.version_id, criteria=[])
    if [input_of(criterion) for criterion in own.criteria] != list(criteria):
        own.criteria = _rows(criteria)
    session.add(own)
    _use_rubric(session, task, own)


def part_four_criteria(session: Session, version_id: int) -> list[CriterionInput]:
    """Returns the criteria of the final attestation in the programme's part 4."""
    rubric = final_rubric(session, version_id)
    return [input_of(criterion) for criterion in rubric.criteria] if rubric else []


def first_final(session: Session, version_id: int) -> AttestationTask | None:
    """Returns the task that part 4 of the programme describes: the first of the final ones."""
    return session.scalar(
        select(AttestationTask)
        .where(AttestationTask.version_id == version_id, AttestationTask.kind == "final")
        .order_by(AttestationTask.position, AttestationTask.id)
        .limit(1)
    )


def follows_part_four(session: Session, version_id: int, task: AttestationTask | None, kind: str) -> bool:
    """Returns whether a task of this kind takes its criteria from part 4; ``task`` None: a new task."""
    if kind != "final" or not part_four_criteria(session, version_id):
        return False
    first = first_final(session, version_id)
    return first is None or (task is not None and first.id == task.id)


def input_of(criterion: RubricCriterion) -> CriterionInput:
    """Returns a criterion as plain values."""
    return CriterionInput(criterion.name, criterion.indicator, criterion.max_points, criterion.min_points)


def _rows(criteria: Sequence[CriterionInput]) -> list[RubricCriterion]:
    return [
        RubricCriterion(
            position=place,
            name=item.name.strip(),
            indicator=item.indicator.strip(),
            max_points=item.most,
            min_points=item.least,
        )
        for place, item in enumerate(criteria)
    ]


def _new_final(session: Session, version: ProgrammeVersion) -> AttestationTask:
    topic = _final_topic(session, version.id)
    with use_locale(version.programme.language):
        title = topic.title if topic else sentence("final_attestation", {})
    return AttestationTask(
        version_id=version.id, topic_lineage=topic.lineage if topic else None, kind="final", title=title
    )


def _final_topic(session: Session, version_id: int) -> Topic | None:
    """Returns the last topic that mentions attestation in its title, control form or section; else the last topic."""
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
    """Copies the tasks of the source version to its copy with their rubrics; lineages stay the same."""
    final = final_rubric(session, event.to_id)
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
                rubric=final if task.rubric and task.rubric.final else _copied(task.rubric, event.to_id),
            )
        )
    session.flush()


def _copied(rubric: Rubric | None, version_id: int) -> Rubric | None:
    """Returns a copy of a task's own rubric for another version; lineages of the criteria stay the same."""
    if rubric is None:
        return None
    rows = _rows([input_of(criterion) for criterion in rubric.criteria])
    for row, criterion in zip(rows, rubric.criteria, strict=True):
        row.lineage = criterion.lineage
    return Rubric(version_id=version_id, criteria=rows)


def tasks_of(session: Session, version_id: int) -> Sequence[AttestationTask]:
    """Returns the tasks of a version in order."""
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
    """Creates or changes a task of a draft version. The first final task takes its criteria from part 4.

    Raises ``DomainError`` if the version is not open, ``Invalid`` at the first field of ``problems_of``.
    """
    _demand_open(version)
    follows = follows_part_four(session, version.id, task, kind)
    for problem in problems_of(title, instructions, pass_mark, () if follows else criteria):
        raise Invalid(code=problem.code, field=problem.field, params=problem.params)
    task = task or AttestationTask(version_id=version.id, position=len(tasks_of(session, version.id)))
    task.title, task.kind, task.topic_lineage = title.strip(), kind, topic_lineage
    task.pass_mark, task.required = version.pass_mark or Decimal(0) if follows else pass_mark, required
    set_instructions(task, instructions)
    session.add(task)
    rubric = final_rubric(session, version.id) if follows else None
    if rubric is not None:
        _use_rubric(session, task, rubric)
    else:
        _use_own_criteria(session, task, criteria)
    audit.record(session, actor, "task.save", task, site_id=version.programme.site_id, title=task.title)
    return task


def change_instructions(
    session: Session, *, actor: Actor, version: ProgrammeVersion, task: AttestationTask, instructions: str
) -> None:
    """Changes the instructions (Markdown) for the trainee; allowed in an approved version too: they are not criteria.

    Raises ``Invalid`` at ``instructions``.
    """
    if len(instructions) > LONGEST_INSTRUCTIONS:
        raise Invalid(code="instructions_too_long", field="instructions")
    if is_dense_markdown(instructions):
        raise Invalid(code="markdown_too_dense", field="instructions")
    set_instructions(task, instructions)
    session.flush()
    audit.record(session, actor, "task.instructions", task, site_id=version.programme.site_id, title=task.title)


def set_instructions(task: AttestationTask, instructions: str) -> None:
    """Stores the Markdown and the safe HTML made from it."""
    task.instructions = instructions
    task.instructions_html = to_safe_html(instructions, "markdown")


def _demand_open(version: ProgrammeVersion) -> None:
    if not version.is_open:
        raise DomainError(code="tasks_of_version_frozen")


def problems_of(
    title: str, instructions: str, pass_mark: Decimal, criteria: Sequence[CriterionInput]
) -> list[ErrorDetail]:
    """Returns the errors of a task at their fields; of a criterion: ``criteria-<position>-name``, ``-most``,
    ``-least``.
    """
    found = []
    if not title.strip() or len(title) > LONGEST_TITLE:
        found.append(ErrorDetail("task_title_invalid", "title"))
    if len(instructions) > LONGEST_INSTRUCTIONS:
        found.append(ErrorDetail("instructions_too_long", "instructions"))
    if is_dense_markdown(instructions):
        found.append(ErrorDetail("markdown_too_dense", "instructions"))
    if len(criteria) > MOST_CRITERIA:
        found.append(ErrorDetail("criteria_too_many", "criteria", {"count": MOST_CRITERIA}))
    for place, item in enumerate(criteria):
        found += _problems_of_row(item, f"criteria-{place}")
    most = sum((item.most for item in criteria), Decimal(0))
    if criteria and not 0 <= pass_mark <= most:
        found.append(ErrorDetail("pass_mark_out_of_range", "pass_mark", {"most": most}))
    elif not _is_quarter(pass_mark):
        found.append(ErrorDetail("points_not_quarters", "pass_mark"))
    return found


def _problems_of_row(item: CriterionInput, row: str) -> list[ErrorDetail]:
    found = []
    if not item.name.strip():
        found.append(ErrorDetail("criterion_name_missing", f"{row}-name"))
    elif len(item.name) > LONGEST_TITLE:
        found.append(ErrorDetail("characters_too_many", f"{row}-name", {"count": LONGEST_TITLE}))
    if len(item.indicator) > LONGEST_INDICATOR:
        found.append(ErrorDetail("characters_too_many", f"{row}-indicator", {"count": LONGEST_INDICATOR}))
    if not 0 < item.most <= MOST_POINTS:
        found.append(ErrorDetail("criterion_points_out_of_range", f"{row}-most", {"most": MOST_POINTS}))
    elif not _is_quarter(item.most):
        found.append(ErrorDetail("points_not_quarters", f"{row}-most"))
    if not 0 <= item.least <= max(item.most, Decimal(0)):
        found.append(ErrorDetail("criterion_minimum_out_of_range", f"{row}-least"))
    elif not _is_quarter(item.least):
        found.append(ErrorDetail("points_not_quarters", f"{row}-least"))
    return found


def _is_quarter(points: Decimal) -> bool:
    return points * 4 == int(points * 4)


def remove_task(session: Session, *, actor: Actor, task: AttestationTask, version: ProgrammeVersion) -> None:
    """Removes a task of a draft version, which is kept to be restored. Raises ``DomainError`` if the version is not
    open.
    """
    lock(session, version)
    _demand_open(version)
    content = _content_of(task)
    keep_removed(session, version=version, kind=TASK, lineage=task.lineage, title=task.title, content=content)
    audit.record(session, actor, "task.remove", task, site_id=version.programme.site_id, title=task.title)
    own = task.rubric
    session.delete(task)
    session.flush()
    if own is not None and not own.final:
        session.delete(own)
        session.flush()


def _content_of(task: AttestationTask) -> dict[str, Any]:
    own = [] if task.rubric is None or task.rubric.final else task.rubric.criteria
    criteria = [
        {
            "name": one.name,
            "indicator": one.indicator,
            "most": str(one.max_points),
            "least": str(one.min_points),
            "lineage": str(one.lineage),
        }
        for one in own
    ]
    return {
        "topic_lineage": str(task.topic_lineage) if task.topic_lineage else None,
        "kind": task.kind,
        "position": task.position,
        "instructions": task.instructions,
        "pass_mark": str(task.pass_mark),
        "required": task.required,
        "criteria": criteria,
    }


def restore_task(session: Session, *, actor: Actor, version: ProgrammeVersion, part_id: int) -> AttestationTask | None:
    """Brings a removed task back with its instructions and criteria; returns None if it is back already.

    Raises ``DomainError`` if the version is not open.
    """
    lock(session, version)
    _demand_open(version)
    part = find_removed(session, version, part_id, TASK)
    if part is None:
        return None
    content = part.content
    follows = follows_part_four(session, version.id, None, content["kind"])
    topic = content["topic_lineage"]
    task = AttestationTask(
        version_id=version.id,
        lineage=part.lineage,
        topic_lineage=UUID(topic) if topic else None,
        kind=content["kind"],
        position=content["position"],
        title=part.title,
        pass_mark=version.pass_mark or Decimal(0) if follows else Decimal(content["pass_mark"]),
        required=content["required"],
    )
    set_instructions(task, content["instructions"])
    session.add(task)
    _give_criteria_back(session, task, content["criteria"], follows=follows)
    forget_removed(session, version, [part.lineage])
    audit.record(session, actor, "task.restore", task, site_id=version.programme.site_id, title=task.title)
    return task


def _give_criteria_back(
    session: Session, task: AttestationTask, kept: Sequence[Mapping[str, str]], *, follows: bool
) -> None:
    final = final_rubric(session, task.version_id) if follows else None
    if final is not None:
        _use_rubric(session, task, final)
        return
    criteria = [
        CriterionInput(one["name"], one["indicator"], Decimal(one["most"]), Decimal(one["least"])) for one in kept
    ]
    _use_own_criteria(session, task, criteria)
    for row, one in zip(task.rubric.criteria if task.rubric else (), kept, strict=True):
        row.lineage = UUID(one["lineage"])
    session.flush()
