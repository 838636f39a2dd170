"""Queries of a group's grid: their number does not depend on the number of trainees."""

import uuid
from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from courses.course_items import GroupMark, provided_marks
from courses.groups.grid import PAGE, Column, Grid, GridFilter, Trainee, make_grid, most_urgent_marks
from courses.models.groups import Cohort, Enrolment, MaterialProgress, TopicDeadline, TopicProgress
from courses.models.materials import Material
from courses.models.plan_views import DUE_DATE
from courses.progress.queries import PlanTopic, plan_topics
from lms.core.clock import day_in
from lms.core.people.models import Person

ROWS_AT_MOST = 100_000
"""Rows of a grid that is shown whole."""


def group_grid(session: Session, cohort: Cohort, wanted: GridFilter, now: datetime, *, whole: bool = False) -> Grid:
    """Returns the grid of a group: six queries, and those of the higher layers.

    ``whole``: all rows instead of one page.
    """
    dates, own = _dates(session, cohort.id)
    columns = [column_of(topic, dates) for topic in plan_topics(session, cohort.version_id)]
    done = _done(session, cohort)
    marks = _marks([*provided_marks(session, cohort.id), *_begun(session, cohort)])
    people = [_trainee(row, done, own, marks) for row in session.execute(_people(cohort.id))]
    today = day_in(cohort.site.time_zone, now)
    return make_grid(people, columns, wanted, now=now, today=today, size=ROWS_AT_MOST if whole else PAGE)


def column_of(topic: PlanTopic, dates: dict[uuid.UUID, date]) -> Column:
    """Returns the column of a topic with the group's date."""
    return Column(topic.lineage, topic.number, topic.title, topic.section, topic.hours, dates.get(topic.lineage))


def _dates(session: Session, cohort_id: int) -> tuple[dict[uuid.UUID, date], dict[int, dict[int, date]]]:
    """Returns the group's dates, and all dates of each trainee who has dates of their own."""
    of_group: dict[uuid.UUID, date] = {}
    own: dict[int, dict[int, date]] = defaultdict(dict)
    due = DUE_DATE.c
    # Read before: with a subquery in the condition PostgreSQL computes the dates of every trainee.
    individual = session.scalars(
        select(TopicDeadline.enrolment_id)
        .where(TopicDeadline.cohort_id == cohort_id, TopicDeadline.enrolment_id.is_not(None))
        .distinct()
    ).all()
    of_all = due.enrolment_id.is_(None)
    shown = or_(of_all, due.enrolment_id.in_(individual)) if individual else of_all
    rows = select(due.enrolment_id, due.topic_lineage, due.due_on).where(
        due.cohort_id == cohort_id, due.task_id.is_(None), due.due_on.is_not(None), shown
    )
    for enrolment_id, lineage, day in session.execute(rows):
        if enrolment_id is None:
            of_group[lineage] = day
        else:
            own[enrolment_id][lineage.int] = day
    return of_group, own


def _done(session: Session, cohort: Cohort) -> dict[int, dict[int, bool]]:
    """Returns completed topics per trainee; true: confirmed by a person. One row per trainee keeps large groups
    fast.
    """
    columns = (
        TopicProgress.enrolment_id,
        func.array_agg(TopicProgress.topic_lineage),
        func.array_agg(TopicProgress.marked_by_id.is_not(None)),
    )
    rows = (
        select(*columns)
        .join(Enrolment, Enrolment.id == TopicProgress.enrolment_id)
        .where(Enrolment.cohort_id == cohort.id)
        .group_by(TopicProgress.enrolment_id)
    )
    return {
        enrolment_id: {lineage.int: marked for lineage, marked in zip(lineages, confirmed, strict=True)}
        for enrolment_id, lineages, confirmed in session.execute(rows)
    }


def _begun(session: Session, cohort: Cohort) -> list[GroupMark]:
    """Returns marks of topics in which a trainee has opened a material and that are not complete."""
    complete = and_(
        TopicProgress.enrolment_id == MaterialProgress.enrolment_id,
        TopicProgress.topic_lineage == Material.topic_lineage,
    )
    rows = (
        select(MaterialProgress.enrolment_id, Material.topic_lineage)
        .join(Material, Material.id == MaterialProgress.material_id)
        .join(Enrolment, Enrolment.id == MaterialProgress.enrolment_id)
        .outerjoin(TopicProgress, complete)
        .where(Enrolment.cohort_id == cohort.id, TopicProgress.enrolment_id.is_(None))
        .distinct()
    )
    return [GroupMark(enrolment_id, lineage, "begun") for enrolment_id, lineage in session.execute(rows)]


def _marks(found: Iterable[GroupMark]) -> dict[int, list[GroupMark]]:
    by_trainee: dict[int, list[GroupMark]] = defaultdict(list)
    for mark in found:
        by_trainee[mark.enrolment_id].append(mark)
    return by_trainee


def _people(cohort_id: int) -> Any:
    return (
        select(
            Enrolment.id,
            Enrolment.state,
            Enrolment.enrolled_on,
            Enrolment.individual,
            Enrolment.hours_done,
            Enrolment.last_seen_at,
            Enrolment.accepted_at,
            Person.surname,
            Person.given_name,
            Person.patronymic,
            Person.sort_key,
            Person.workplace,
        )
        .join(Person, Person.id == Enrolment.person_id)
        .where(Enrolment.cohort_id == cohort_id)
    )


def _trainee(
    row: Any,
    done: dict[int, dict[int, bool]],
    own: dict[int, dict[int, date]],
    marks: dict[int, list[GroupMark]],
) -> Trainee:
    mine = marks.get(row.id, [])
    return Trainee(
        enrolment_id=row.id,
        name=" ".join(filter(None, (row.surname, row.given_name, row.patronymic))),
        sort_key=row.sort_key,
        workplace=row.workplace or "",
        state=row.state,
        enrolled_on=row.enrolled_on,
        individual=row.individual,
        hours=row.hours_done,
        last_seen=row.last_seen_at,
        accepted=row.accepted_at is not None or row.last_seen_at is not None,
        done=done.get(row.id, {}),
        own_dates=own.get(row.id, {}),
        marks=most_urgent_marks((mark.topic_lineage, mark.state) for mark in mine) if mine else {},
        works_waiting=sum(mark.state == "waiting" for mark in mine) if mine else 0,
    )
