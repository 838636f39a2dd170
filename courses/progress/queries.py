"""Queries of progress: a trainee's whole course takes one query while its outline is kept."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from itertools import groupby

from sqlalchemy import Integer, bindparam, case, func, select
from sqlalchemy.orm import Session, contains_eager, defer, joinedload, lazyload

from courses.course_items import CourseItem, CourseKey, item_providers
from courses.course_state import CourseState, read_state
from courses.models.groups import Cohort, Enrolment
from courses.models.programmes import ProgrammeVersion, Section, Topic, TopicHours
from courses.progress import ledger
from courses.progress.course_outline import CourseOutline, TopicOutline, outline_of
from courses.progress.course_view import (
    CourseView,
    KindHours,
    SectionView,
    TopicView,
    hours_by_kind,
    next_steps,
    state_of,
)
from lms.core.clock import day_in

PREVIEW = 0
"""Id of an enrolment that is not stored: a preview of the course as trainees see it."""


def course_view(session: Session, enrolment: Enrolment, now: datetime) -> CourseView:
    """Returns the trainee's whole course at this moment. One query while the outline is kept."""
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
    outline, state = _read(session, enrolment)
    found = _items(outline, state, enrolment)
    sections = _sections(outline, state, found, enrolment.enrolled_on, today)
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
        kinds=hours_by_kind(topics),
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


def course_items(session: Session, enrolment: Enrolment) -> list[CourseItem]:
    """Returns every item of the trainee's course with its state. One query while the outline is kept."""
    outline, state = _read(session, enrolment)
    return _items(outline, state, enrolment)


def _read(session: Session, enrolment: Enrolment) -> tuple[CourseOutline, CourseState]:
    version = enrolment.cohort.version
    course, providers = CourseKey(version.id, version.programme_id), item_providers()
    parts = tuple(part for provider in providers for part in provider.parts)
    state = read_state(session, parts, enrolment_id=enrolment.id, **course._asdict())
    return outline_of(session, course, providers, state.content_revision), state


def _items(outline: CourseOutline, state: CourseState, enrolment: Enrolment) -> list[CourseItem]:
    made = zip(item_providers(), outline.items, strict=True)
    return [item for provider, of_provider in made for item in provider.items(of_provider, state, enrolment)]


def _sections(
    outline: CourseOutline, state: CourseState, found: list[CourseItem], joined_on: date, today: date
) -> tuple[SectionView, ...]:
    topic = _TopicMaker(found, state, joined_on, today)
    return tuple(
        SectionView(one.number, one.title, tuple(topic.view(each) for each in one.topics)) for one in outline.sections
    )


class _TopicMaker:
    """Makes the topics of one trainee from their outlines. Lineages are compared as integers: a UUID's own hash is
    computed in Python.
    """

    def __init__(self, found: list[CourseItem], state: CourseState, joined_on: date, today: date) -> None:
        self._items = _by_topic(found)
        self._due = {row.lineage.int: row.day for row in state.rows("due") if row.id is None}
        self._complete = {row.lineage.int: row for row in state.rows("topic")}
        self._credited: dict[int, dict[int, Decimal]] = {}
        for row in state.rows("credit"):  # several lines of the ledger for one kind (other sources) are summed
            of_topic = self._credited.setdefault(row.lineage.int, {})
            of_topic[row.kind.int] = of_topic.get(row.kind.int, ledger.ZERO) + row.number
        self._joined_on, self._today = joined_on, today

    def view(self, topic: TopicOutline) -> TopicView:
        key = topic.lineage.int
        inside = tuple(self._items.get(key, ()))
        due_on, complete = self._due.get(key), self._complete.get(key)
        kinds = self._kinds(topic)
        return TopicView(
            lineage=topic.lineage,
            number=topic.number,
            title=topic.title,
            class_form=topic.class_form,
            control_form=topic.control_form,
            kinds=kinds,
            due_on=due_on,
            state=state_of(
                inside,
                complete=complete is not None,
                due_on=due_on,
                joined_on=self._joined_on,
                today=self._today,
            ),
            completed_at=complete.ended_at if complete else None,
            marked=complete is not None and complete.flag,
            elements=inside,
            total=topic.total,
            done_hours=ledger.ZERO if kinds is topic.kinds else sum((kind.done for kind in kinds), ledger.ZERO),
        )

    def _kinds(self, topic: TopicOutline) -> tuple[KindHours, ...]:
        credited = self._credited.get(topic.lineage.int)
        if credited is None:
            return topic.kinds
        return tuple(replace(kind, done=credited.get(kind.lineage.int, ledger.ZERO)) for kind in topic.kinds)


def _by_topic(found: Iterable[CourseItem]) -> dict[int, list[CourseItem]]:
    """Returns items per topic: materials in their order, then items of the higher layers."""
    by_topic: dict[int, list[CourseItem]] = {}
    for element in found:
        if element.topic_lineage is not None:
            by_topic.setdefault(element.topic_lineage.int, []).append(element)
    return by_topic


# Courses of a person

OF_VERSION = tuple(
    defer(column)
    for column in (
        ProgrammeVersion.audience,
        ProgrammeVersion.form,
        ProgrammeVersion.key_ideas,
        ProgrammeVersion.goal,
        ProgrammeVersion.tasks,
        ProgrammeVersion.conditions,
        ProgrammeVersion.literature,
        ProgrammeVersion.other_parts,
    )
)
OF_COHORT = joinedload(Cohort.version, innerjoin=True).options(*OF_VERSION)
READER = lazyload(Enrolment.person)
"""The trainee is the reader, as a rule, and loaded with the session."""
FOR_COURSE = (joinedload(Enrolment.cohort, innerjoin=True).options(OF_COHORT), READER)
"""Loading of an enrolment for a trainee's pages, which show nothing of the programme's text."""

ENROLMENTS = (
    select(Enrolment)
    .join(Enrolment.cohort)
    .where(Enrolment.person_id == bindparam("person_id", type_=Integer), Enrolment.state != "transferred")
    .order_by(case((Enrolment.state == "enrolled", 0), else_=1), Cohort.ends_on.desc(), Enrolment.id.desc())
    .options(contains_eager(Enrolment.cohort).options(OF_COHORT), READER)
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
