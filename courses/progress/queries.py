"""Queries of progress: a trainee's whole course takes two queries and those of the higher layers."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import groupby
from typing import Any

from sqlalchemy import Integer, Row, bindparam, case, func, select
from sqlalchemy.orm import Session, contains_eager

from courses.course_items import CourseItem, provided_items
from courses.materials.queries import material_items
from courses.models.groups import Cohort, Enrolment
from courses.models.programmes import ProgrammeVersion, Section, Topic, TopicHours
from courses.progress import ledger
from courses.progress.course_view import CourseView, KindHours, SectionView, TopicView, next_steps, state_of
from courses.progress.statements import PLAN
from lms.core.clock import day_in

PREVIEW = 0
"""Id of an enrolment that is not stored: a preview of the course as trainees see it."""


def course_view(session: Session, enrolment: Enrolment, now: datetime) -> CourseView:
    """Returns the trainee's whole course at this moment. Two queries, and those of the providers."""
    return _view(session, enrolment, now)


def preview(session: Session, version: ProgrammeVersion, now: datetime) -> CourseView:
    """Returns the course of this version as a trainee would see it on the first day."""
    return _view(session, unstored_enrolment(version, now), now)


def unstored_enrolment(version: ProgrammeVersion, now: datetime) -> Enrolment:
    """Returns an enrolment without a person, outside any session, for previews."""
    today = day_in(version.programme.site.time_zone, now)
    cohort = Cohort(id=PREVIEW, site_id=version.programme.site_id, version_id=version.id, title="")
    cohort.starts_on = cohort.ends_on = today
    cohort.version, cohort.site = version, version.programme.site
    return Enrolment(
        id=PREVIEW, cohort_id=PREVIEW, person_id=PREVIEW, cohort=cohort, enrolled_on=today, hours_done=Decimal(0)
    )


def _view(session: Session, enrolment: Enrolment, now: datetime) -> CourseView:
    cohort = enrolment.cohort
    today = day_in(cohort.site.time_zone, now)
    found = [*material_items(session, enrolment), *provided_items(session, enrolment)]
    sections = _sections(_plan(session, enrolment), found, enrolment.enrolled_on, today)
    topics = [topic for section in sections for topic in section.topics]
    loose = tuple(element for element in found if element.topic_lineage is None)
    return CourseView(
        enrolment_id=enrolment.id,
        title=cohort.version.title,
        cohort=cohort.title,
        starts_on=cohort.starts_on,
        ends_on=cohort.ends_on,
        today=today,
        workload=cohort.version.workload,
        sections=sections,
        loose=loose,
        norm=ledger.expected_hours(
            ((one.total, one.due_on) for one in topics if not _is_before(one, enrolment)), today
        ),
        joined_on=enrolment.enrolled_on if enrolment.enrolled_on > cohort.starts_on else None,
        steps=next_steps(topics, loose),
    )


def _is_before(topic: TopicView, enrolment: Enrolment) -> bool:
    """Returns whether the topic's date had passed when the trainee joined, so that it is not expected of them."""
    return topic.due_on is not None and topic.due_on < enrolment.enrolled_on


def _plan(session: Session, enrolment: Enrolment) -> Sequence[Row[Any]]:
    """Returns a row for each topic and kind: its hours, credited hours, due date, completion."""
    values = {"enrolment_id": enrolment.id, "version_id": enrolment.cohort.version_id}
    return session.execute(PLAN, values).all()


def _sections(
    rows: Sequence[Row[Any]], found: list[CourseItem], joined_on: date, today: date
) -> tuple[SectionView, ...]:
    by_topic = _by_topic(found)
    sections = []
    for place, (_, of_section) in enumerate(groupby(rows, key=lambda row: row.section_id), start=1):
        topics = [list(part) for _, part in groupby(of_section, key=lambda row: row.lineage)]
        alone = len(topics) == 1 and topics[0][0].title == topics[0][0].section
        views = tuple(
            _topic(part, str(place) if alone else f"{place}.{spot}", by_topic, joined_on, today)
            for spot, part in enumerate(topics, start=1)
        )
        sections.append(SectionView(str(place), topics[0][0].section, views))
    return tuple(sections)


def _by_topic(found: Iterable[CourseItem]) -> dict[uuid.UUID, list[CourseItem]]:
    """Returns items per topic: materials in their order, then items of the higher layers."""
    by_topic: dict[uuid.UUID, list[CourseItem]] = {}
    for element in found:
        if element.topic_lineage is not None:
            by_topic.setdefault(element.topic_lineage, []).append(element)
    return by_topic


def _topic(
    rows: list[Row[Any]], number: str, by_topic: dict[uuid.UUID, list[CourseItem]], joined_on: date, today: date
) -> TopicView:
    first = rows[0]
    inside = tuple(by_topic.get(first.lineage, ()))
    complete = first.completed_at is not None
    return TopicView(
        lineage=first.lineage,
        number=number,
        title=first.title,
        class_form=first.class_form,
        control_form=first.control_form,
        kinds=tuple(_kinds(rows)),
        due_on=first.due_on,
        state=state_of(inside, complete=complete, due_on=first.due_on, joined_on=joined_on, today=today),
        completed_at=first.completed_at,
        marked=first.marked_by_id is not None,
        elements=inside,
    )


def _kinds(rows: list[Row[Any]]) -> list[KindHours]:
    """Returns hours per kind; several lines of the ledger for one kind (other sources) are summed."""
    sums: dict[uuid.UUID, KindHours] = {}
    for row in rows:
        if row.kind is not None:
            before = sums[row.kind].done if row.kind in sums else ledger.ZERO
            done = before + (row.credited or ledger.ZERO)
            sums[row.kind] = KindHours(row.kind, row.kind_name, done, row.hours, row.kind_position)
    return list(sums.values())


# Courses of a person


ENROLMENTS = (
    select(Enrolment)
    .join(Enrolment.cohort)
    .where(Enrolment.person_id == bindparam("person_id", type_=Integer), Enrolment.state != "transferred")
    .order_by(case((Enrolment.state == "enrolled", 0), else_=1), Cohort.ends_on.desc(), Enrolment.id.desc())
    .options(contains_eager(Enrolment.cohort))
)


def enrolments_of(session: Session, person_id: int) -> Sequence[Enrolment]:
    """Returns the person's enrolments, those under way first, then the latest; transferred ones are left out."""
    return session.scalars(ENROLMENTS, {"person_id": person_id}).all()


@dataclass(frozen=True, slots=True)
class PlanTopic:
    """A topic of a plan, for lists: its section, number and hours."""

    section: str
    number: str
    lineage: uuid.UUID
    title: str
    hours: Decimal


def plan_topics(session: Session, version_id: int) -> list[PlanTopic]:
    """Returns the version's topics in order: one query."""
    rows = session.execute(
        select(Section.id, Section.title, Topic.lineage, Topic.title, func.coalesce(func.sum(TopicHours.hours), 0))
        .join(Topic, Topic.section_id == Section.id)
        .outerjoin(TopicHours, TopicHours.topic_id == Topic.id)
        .where(Section.version_id == version_id)
        .group_by(Section.id, Topic.id)
        .order_by(Section.position, Section.id, Topic.position, Topic.id)
    ).all()
    found = []
    for place, (_, part) in enumerate(groupby(rows, key=lambda row: row[0]), start=1):
        topics = list(part)
        alone = len(topics) == 1 and topics[0][3] == topics[0][1]
        for spot, row in enumerate(topics, start=1):
            number = str(place) if alone else f"{place}.{spot}"
            found.append(PlanTopic(f"{place}. {row[1]}", number, row[2], row[3], Decimal(row[4])))
    return found
