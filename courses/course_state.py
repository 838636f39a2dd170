"""One trainee's state in a course: every part of it is read in one statement.

Each provider of course items adds selects whose columns are ``COLUMNS``; they are joined by ``UNION ALL`` once, because
building a statement takes ten times as long as running it.
"""

from collections.abc import Iterable
from decimal import Decimal
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import (
    Boolean,
    CompoundSelect,
    Date,
    DateTime,
    Integer,
    Numeric,
    Select,
    String,
    Uuid,
    bindparam,
    cast,
    func,
    literal_column,
    null,
    select,
    union_all,
)
from sqlalchemy.orm import Session

from courses.models.content_changes import ContentChange
from courses.models.groups import HourCredit, TopicProgress
from courses.models.plan_views import DUE_DATE

COLUMNS: dict[str, Any] = {
    "id": Integer(),
    "lineage": Uuid(),
    "kind": Uuid(),
    "word": String(),
    "other_word": String(),
    "day": Date(),
    "number": Numeric(),
    "count": Integer(),
    "extra": Integer(),
    "began_at": DateTime(timezone=True),
    "ended_at": DateTime(timezone=True),
    "flag": Boolean(),
    "other_flag": Boolean(),
}
"""Columns of every part of a state; a part leaves out those that it does not need."""

NULL: Any = literal_column("NULL")

ENROLMENT = bindparam("enrolment_id", type_=Integer)
VERSION = bindparam("version_id", type_=Integer)
PROGRAMME = bindparam("programme_id", type_=Integer)
"""Values that a part may use: of the enrolment, its version and its programme."""


class CourseState:
    """The rows of a trainee's state by part, as its providers named the parts."""

    def __init__(self, rows: Iterable[Any]) -> None:
        self._parts: dict[str, list[Any]] = {}
        for row in rows:
            self._parts.setdefault(row[0], []).append(row)

    def rows(self, part: str) -> list[Any]:
        """Returns the rows of a part; their columns are ``COLUMNS``."""
        return self._parts.get(part, [])

    def by_id(self, part: str) -> dict[int, Any]:
        """Returns the rows of a part by their ``id``."""
        return {row.id: row for row in self.rows(part)}

    @property
    def content_revision(self) -> "ContentRevision":
        """Number of the logged changes of the programme's content, and the sum of their ids."""
        [row] = self.rows("content")
        return ContentRevision(row.count, row.number)


class ContentRevision(NamedTuple):
    """Two equal revisions of a programme mean equal content (``courses.progress.content_log``)."""

    changes: int
    sum_of_ids: Decimal


def part_of_state(part: str, **columns: Any) -> Select[Any]:
    """Returns a select of these columns, the others null; its condition is added by the caller.

    ``part`` is written in our code, never by a person: it becomes a part of the statement's text. Names and types of
    the columns are those of the first part (``_content``); psycopg parses a long statement anew each time it is run.
    """
    return select(literal_column(f"'{part}'"), *(columns.get(name, NULL) for name in COLUMNS))


def _content() -> Select[Any]:
    """Returns the part with the content's revision, which gives all parts their names and types."""
    columns = {"count": func.count(), "number": cast(func.coalesce(func.sum(ContentChange.id), 0), Numeric)}
    typed = [columns.get(name, cast(null(), kind)).label(name) for name, kind in COLUMNS.items()]
    part = literal_column("'content'", String).label("part")
    return select(part, *typed).where(ContentChange.programme_id == PROGRAMME)


PARTS = (
    _content(),
    part_of_state("due", id=DUE_DATE.c.task_id, lineage=DUE_DATE.c.topic_lineage, day=DUE_DATE.c.due_on).where(
        DUE_DATE.c.enrolment_id == ENROLMENT, DUE_DATE.c.due_on.is_not(None)
    ),
    part_of_state(
        "credit", lineage=HourCredit.topic_lineage, kind=HourCredit.kind_lineage, number=HourCredit.hours
    ).where(HourCredit.enrolment_id == ENROLMENT),
    part_of_state(
        "topic",
        lineage=TopicProgress.topic_lineage,
        ended_at=TopicProgress.completed_at,
        flag=TopicProgress.marked_by_id.is_not(None),
    ).where(TopicProgress.enrolment_id == ENROLMENT),
)
"""Parts of the plan itself; items add theirs."""


@lru_cache
def _statement(parts: tuple[Select[Any], ...]) -> CompoundSelect[Any]:
    return union_all(*PARTS, *parts)


def read_state(
    session: Session, parts: tuple[Select[Any], ...], *, enrolment_id: int, version_id: int, programme_id: int
) -> CourseState:
    """Returns the state with the parts of the items. One query. An enrolment that is not stored has no state."""
    values = {"enrolment_id": enrolment_id, "version_id": version_id, "programme_id": programme_id}
    return CourseState(session.execute(_statement(parts), values))
