"""Due dates of works, by the rule of the view ``due_date``; a group's and a trainee's own dates of tasks.

A late work is marked as late and accepted all the same.
"""

import uuid
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from assessment.models.attestation import AttestationTask, TaskDue
from courses.events import EnrolmentMoved
from courses.models.groups import Cohort, Enrolment
from courses.models.plan_views import DUE_DATE
from lms.core import audit
from lms.core.auth.policy import Actor
from lms.core.clock import day_in
from lms.core.errors import Invalid

Dates = Mapping[int, date | None]
"""Task id → due date; None: no date."""


def field_of(task_id: int) -> str:
    """Returns the name of the form field with a task's date; errors are shown there."""
    return f"due-{task_id}"


def dates_of(session: Session, cohort_id: int, enrolment_id: int | None = None) -> dict[int, date]:
    """Returns the group's own dates of tasks, or one trainee's own; without the dates of topics."""
    whose = TaskDue.enrolment_id.is_(None) if enrolment_id is None else TaskDue.enrolment_id == enrolment_id
    rows = session.execute(select(TaskDue.task_id, TaskDue.due_on).where(TaskDue.cohort_id == cohort_id, whose))
    return {row.task_id: row.due_on for row in rows}


def trainees_with_dates(session: Session, cohort_id: int) -> dict[int, int]:
    """Returns enrolment id → number of tasks with a date of the trainee's own."""
    rows = session.execute(
        select(TaskDue.enrolment_id, func.count())
        .where(TaskDue.cohort_id == cohort_id, TaskDue.enrolment_id.is_not(None))
        .group_by(TaskDue.enrolment_id)
    )
    return {enrolment_id: number for enrolment_id, number in rows if enrolment_id is not None}


def change_dates(
    session: Session, *, actor: Actor, cohort: Cohort, due: Dates, enrolment: Enrolment | None = None
) -> int:
    """Sets or (None) removes due dates of the group or of one trainee; returns the number of changes.

    Ignores tasks of other versions. Raises ``Invalid`` at the task's field for a day outside the group's dates (a
    trainee's own may be after the end).
    """
    tasks = set(session.scalars(select(AttestationTask.id).where(AttestationTask.version_id == cohort.version_id)))
    known = dates_of(session, cohort.id, enrolment.id if enrolment else None)
    changed = {key: day for key, day in due.items() if key in tasks and known.get(key) != day}
    for key, day in changed.items():
        _check(cohort, day, field_of(key), own=enrolment is not None)
        _set(session, cohort, key, day, enrolment)
    if changed:
        detail = {"tasks": len(changed), "enrolment_id": enrolment.id if enrolment else None}
        audit.record(session, actor, "cohort.task_dates", cohort, site_id=cohort.site_id, **detail)
    return len(changed)


def _check(cohort: Cohort, day: date | None, field: str, *, own: bool) -> None:
    if day is None:
        return
    if day < cohort.starts_on:
        raise Invalid(code="day_before_group", field=field)
    if not own and day > cohort.ends_on:
        raise Invalid(code="day_outside_group", field=field, params={"first": cohort.starts_on, "last": cohort.ends_on})


def _set(session: Session, cohort: Cohort, task_id: int, day: date | None, enrolment: Enrolment | None) -> None:
    enrolment_id = enrolment.id if enrolment else None
    if day is None:
        whose = TaskDue.enrolment_id.is_(None) if enrolment_id is None else TaskDue.enrolment_id == enrolment_id
        session.execute(
            delete(TaskDue).where(TaskDue.task_id == task_id, TaskDue.cohort_id == cohort.id, whose),
            execution_options={"synchronize_session": False},
        )
        return
    added = insert(TaskDue).values(task_id=task_id, cohort_id=cohort.id, enrolment_id=enrolment_id, due_on=day)
    unique: list[Any] = ["task_id", "cohort_id", text("coalesce(enrolment_id, 0)")]
    session.execute(added.on_conflict_do_update(index_elements=unique, set_={"due_on": day}))


def move_own_dates(session: Session, event: EnrolmentMoved) -> None:
    """Lets a trainee's own dates of tasks follow the enrolment into its new group."""
    own = update(TaskDue).where(TaskDue.enrolment_id == event.enrolment_id).values(cohort_id=event.to_cohort_id)
    session.execute(own, execution_options={"synchronize_session": False})


def due_on(session: Session, task: AttestationTask, enrolment: Enrolment) -> date | None:
    """Returns the trainee's due date of the task; None without one."""
    return due_of(session, [(task, enrolment)])[task.id, enrolment.id]


def due_of(session: Session, works: Iterable[tuple[AttestationTask, Enrolment]]) -> dict[tuple[int, int], date | None]:
    """Returns due dates of many works, by ids of task and enrolment. One query."""
    pairs = list(works)
    due = DUE_DATE.c
    rows = session.execute(
        select(due.task_id, due.enrolment_id, due.due_on).where(
            due.enrolment_id.in_({enrolment.id for _task, enrolment in pairs}),
            due.task_id.in_({task.id for task, _enrolment in pairs}),
        )
    )
    found = {(row.task_id, row.enrolment_id): row.due_on for row in rows}
    return {(task.id, enrolment.id): found.get((task.id, enrolment.id)) for task, enrolment in pairs}


def due_in_group(session: Session, cohort_id: int) -> tuple[dict[uuid.UUID, date], dict[int, date]]:
    """Returns the group's due dates: topic lineage → date, task id → date; without its trainees' own. One query."""
    due = DUE_DATE.c
    columns = select(due.topic_lineage, due.task_id, due.due_on)
    of_group = (due.cohort_id == cohort_id, due.enrolment_id.is_(None), due.due_on.is_not(None))
    rows = session.execute(columns.where(*of_group)).all()
    of_topics = {row.topic_lineage: row.due_on for row in rows if row.task_id is None}
    return of_topics, {row.task_id: row.due_on for row in rows if row.task_id is not None}


def days_late(due: date | None, handed_in_at: datetime, zone: str) -> int:
    """Returns whole calendar days after the due date in the site's time zone; zero if in time or without a date."""
    return max((day_in(zone, handed_in_at) - due).days, 0) if due else 0
