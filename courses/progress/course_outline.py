"""The part of a course that all trainees of a version share: the plan and the outlines of its items.

Each process keeps the outlines of the versions used last. A trainee's state is read together with the programme's
content revision, and an outline of another revision is read anew: nothing is ever shown from an outline that is older
than the state beside it. An outline may be newer, when the content changes between the two statements.
"""

import uuid
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from threading import Lock
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from courses.course_items import CourseKey, ItemProvider
from courses.course_state import VERSION, ContentRevision
from courses.models.programmes import HourKind, Section, Topic, TopicHours
from courses.progress.course_view import KindHours
from courses.progress.ledger import ZERO
from lms.core.per_database import PerDatabase

MOST_KEPT = 300
"""Outlines that a process keeps. One of twenty topics and forty items takes about 40 KB."""

section, topic, hours, kind = Section.__table__, Topic.__table__, TopicHours.__table__, HourKind.__table__


@dataclass(frozen=True, slots=True)
class TopicOutline:
    """A topic of the plan, before anything of it is done."""

    lineage: uuid.UUID
    number: str
    title: str
    class_form: str
    control_form: str
    kinds: tuple[KindHours, ...]
    total: Decimal
    """Planned hours of all kinds."""


@dataclass(frozen=True, slots=True)
class SectionOutline:
    """A section of the plan."""

    number: str
    title: str
    topics: tuple[TopicOutline, ...]


@dataclass(frozen=True, slots=True)
class CourseOutline:
    """The plan, and the outlines of items in the order of their providers."""

    sections: tuple[SectionOutline, ...]
    items: tuple[Sequence[Any], ...]


class KeptOutlines:
    """The outlines that this process keeps of one database, those used longest ago dropped."""

    def __init__(self) -> None:
        self._kept: OrderedDict[int, tuple[ContentRevision, CourseOutline]] = OrderedDict()
        self._lock = Lock()

    def get(self, version_id: int, revision: ContentRevision) -> CourseOutline | None:
        """Returns the version's outline if it is of this revision."""
        with self._lock:
            found = self._kept.get(version_id)
            if found is None or found[0] != revision:
                return None
            self._kept.move_to_end(version_id)
            return found[1]

    def keep(self, version_id: int, revision: ContentRevision, outline: CourseOutline) -> None:
        """Keeps an outline that was read after its revision."""
        with self._lock:
            self._kept[version_id] = (revision, outline)
            self._kept.move_to_end(version_id)
            while len(self._kept) > MOST_KEPT:
                self._kept.popitem(last=False)


kept_outlines = PerDatabase(KeptOutlines)


def outline_of(
    session: Session, course: CourseKey, providers: tuple[ItemProvider, ...], revision: ContentRevision
) -> CourseOutline:
    """Returns the outline of this course, not older than the revision, which must have been read before."""
    kept = kept_outlines.of(session)
    found = kept.get(course.version_id, revision)
    if found is None:
        items = tuple(provider.outline(session, course) for provider in providers)
        found = CourseOutline(_sections(session.execute(PLAN, course._asdict()).all()), items)
        kept.keep(course.version_id, revision, found)
    return found


def _plan() -> Select[Any]:
    joined = (
        section.join(topic, topic.c.section_id == section.c.id)
        .outerjoin(hours, hours.c.topic_id == topic.c.id)
        .outerjoin(kind, kind.c.id == hours.c.kind_id)
    )
    columns = (
        section.c.id.label("section_id"),
        section.c.title.label("section"),
        topic.c.lineage,
        topic.c.title,
        topic.c.class_form,
        topic.c.control_form,
        kind.c.lineage.label("kind"),
        kind.c.name.label("kind_name"),
        kind.c.position.label("kind_position"),
        hours.c.hours,
    )
    order = (section.c.position, section.c.id, topic.c.position, topic.c.id, kind.c.position, kind.c.id)
    return select(*columns).select_from(joined).where(section.c.version_id == VERSION).order_by(*order)


PLAN = _plan()
"""A row for each topic of the plan and each kind of its hours."""


def _sections(rows: Iterable[Any]) -> tuple[SectionOutline, ...]:
    sections = []
    for place, (_, of_section) in enumerate(groupby(rows, key=lambda row: row.section_id), start=1):
        topics = [list(part) for _, part in groupby(of_section, key=lambda row: row.lineage)]
        alone = len(topics) == 1 and topics[0][0].title == topics[0][0].section
        outlines = tuple(
            _topic(part, str(place) if alone else f"{place}.{spot}") for spot, part in enumerate(topics, start=1)
        )
        sections.append(SectionOutline(str(place), topics[0][0].section, outlines))
    return tuple(sections)


def _topic(rows: list[Any], number: str) -> TopicOutline:
    first = rows[0]
    kinds = tuple(
        KindHours(row.kind, row.kind_name, ZERO, row.hours, row.kind_position) for row in rows if row.kind is not None
    )
    total = sum((kind.total for kind in kinds), ZERO)
    return TopicOutline(first.lineage, number, first.title, first.class_form, first.control_form, kinds, total)
