"""Status of scores in platforms' gradebooks, for the trainee and for the leader of a group."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, exists, func, select
from sqlalchemy.orm import Session

from courses.models.groups import Enrolment
from lms.core.people.models import Account, Person
from lms.core.people.names import fold
from lms.core.sentences import ErrorDetail
from lms.lti.grades.line_items import ACTIVE_STATES
from lms.lti.messages.roles import PlatformRole
from lms.lti.models.launches import ContentItem, Context, Link, Participant
from lms.lti.models.platforms import Deployment, Platform
from lms.lti.models.services import LineItem, Outage, Score, ScoreTry

PAGE = 50
LONGEST_LOG = 50


@dataclass(frozen=True, slots=True)
class ScoreStatus:
    """Status of one score in one column. ``state`` is empty while there is nothing to send."""

    id: int | None
    state: str
    wanted: dict[str, Any]
    sent_at: datetime | None
    error: ErrorDetail | None
    given_up: bool
    """True if the platform did not answer for a day; False if it refused the score."""
    next_try_at: datetime | None
    column: str
    """State of the line item."""
    column_error: ErrorDetail | None
    down_until: datetime | None
    """End of the platform's current outage."""
    unopened: bool = False
    """True while the column waits until somebody opens the activity for the first time."""


@dataclass(frozen=True, slots=True)
class GradebookColumn:
    """A column of a platform's gradebook that shows content of a group."""

    id: int
    title: str
    course: str
    platform: str
    state: str
    error: ErrorDetail | None
    maximum: Any
    down_until: datetime | None
    unopened: bool = False
    """True while the column waits until somebody opens the activity for the first time."""
    context_id: int = 0
    """The platform's course."""


@dataclass(frozen=True, slots=True)
class TraineeScore:
    """A trainee's score in one column."""

    column: GradebookColumn
    sending: ScoreStatus


@dataclass(frozen=True, slots=True)
class TraineeRow:
    """A trainee of a group in one course of a platform, with score statuses by line item id."""

    participant_id: int
    context_id: int
    enrolment_id: int
    person: Person
    sendings: dict[int, ScoreStatus] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ScorePage:
    """One page of a group's trainees known to platforms, with their number."""

    columns: Sequence[GradebookColumn]
    lines: Sequence[TraineeRow]
    found: int
    unsent: int
    """Number of the group's scores that platforms do not have."""
    gone: Sequence[GradebookColumn] = ()
    """Columns that their platforms have no more."""

    @property
    def courses(self) -> list[tuple[str, list[GradebookColumn], list[TraineeRow]]]:
        """The page by course: its name with the platform's, its columns and its trainees. Courses without any are left
        out.
        """
        found = []
        for context_id in dict.fromkeys(column.context_id for column in self.columns):
            columns = [column for column in self.columns if column.context_id == context_id]
            lines = [line for line in self.lines if line.context_id == context_id]
            if lines:
                found.append((f"{columns[0].course} · {columns[0].platform}", columns, lines))
        return found


COLUMN = (
    LineItem.id,
    ContentItem.title,
    func.coalesce(func.nullif(Context.title, ""), Context.label).label("course"),
    Platform.name.label("platform"),
    LineItem.state,
    LineItem.error,
    LineItem.score_maximum.label("maximum"),
    Outage.until.label("down_until"),
    Link.unopened,
    Link.context_id,
)
SCORE = (
    Score.id.label("score_id"),
    Score.state.label("score_state"),
    Score.wanted,
    Score.sent_at,
    Score.error.label("score_error"),
    Score.tries,
    Score.next_try_at,
)


def _columns(*more: Any, states: Sequence[str] = ACTIVE_STATES) -> Select[*tuple[Any, ...]]:
    return (
        select(*COLUMN, *more)
        .select_from(LineItem)
        .join(Link, Link.id == LineItem.link_id)
        .join(ContentItem, ContentItem.id == Link.placement_id)
        .join(Context, Context.id == Link.context_id)
        .join(Deployment, Deployment.id == Context.deployment_id)
        .join(Platform, Platform.id == Deployment.platform_id)
        .outerjoin(Outage, Outage.platform_id == Platform.id)
        .where(ContentItem.graded, LineItem.state.in_(states))
        .order_by(Platform.name, Context.title, LineItem.id)
    )


def _column(row: Row[Any]) -> GradebookColumn:
    return GradebookColumn(
        row.id,
        row.title,
        row.course or "",
        row.platform,
        row.state,
        row.error,
        row.maximum,
        row.down_until,
        row.unopened,
        row.context_id,
    )


def _sending(row: Any, column: GradebookColumn) -> ScoreStatus:
    return ScoreStatus(
        id=row.score_id,
        state=row.score_state or "",
        wanted=row.wanted or {},
        sent_at=row.sent_at,
        error=row.score_error,
        given_up=row.score_state == "refused" and bool(row.tries),
        next_try_at=row.next_try_at,
        column=column.state,
        column_error=column.error,
        down_until=column.down_until,
        unopened=column.unopened,
    )


def scores_of_account(session: Session, account_id: int, *, platform_id: int | None = None) -> list[TraineeScore]:
    """Returns the scores of this person on all platforms or on one. One query."""
    of_platform = [Platform.id == platform_id] if platform_id is not None else []
    rows = session.execute(
        _columns(*SCORE)
        .join(Participant, Participant.context_id == Context.id)
        .join(Account, Account.id == Participant.account_id)
        .join(Enrolment, and_(Enrolment.person_id == Account.person_id, Enrolment.cohort_id == ContentItem.cohort_id))
        .outerjoin(Score, and_(Score.line_item_id == LineItem.id, Score.participant_id == Participant.id))
        .where(Participant.account_id == account_id, *of_platform)
    )
    return [TraineeScore(column, _sending(row, column)) for row in rows for column in [_column(row)]]


HAS_SCORES = (
    exists()
    .where(
        Participant.account_id == Account.id,
        Link.context_id == Participant.context_id,
        LineItem.link_id == Link.id,
        LineItem.state.in_(ACTIVE_STATES),
    )
    .correlate(Account)
)
SESSION_FACTS: dict[str, ColumnElement[Any]] = {"has_scores": HAS_SCORES}
"""True if any platform receives scores of the person; read together with the session."""


def has_scores(session: Session, account_id: int) -> bool:
    """Returns whether any platform receives scores of this person. One query, of keys only."""
    return bool(session.scalar(select(HAS_SCORES).where(Account.id == account_id)))


def scores_of_group(
    session: Session, cohort_id: int, *, unsent: bool = False, query: str = "", page: int = 1
) -> ScorePage:
    """Returns a page of the group's trainees known to platforms, by name, with every column. Five queries.

    ``unsent``: only trainees with a score that a platform does not have; ``query``: a part of the name.
    """
    columns = [_column(row) for row in session.execute(_columns().where(ContentItem.cohort_id == cohort_id))]
    people = _people(cohort_id)
    if query.strip():
        people = people.where(Person.sort_key.contains(fold(query), autoescape=True))
    if unsent:
        people = people.where(Participant.id.in_(select(Score.participant_id).where(_missing(cohort_id))))
    found = session.scalar(select(func.count()).select_from(people.order_by(None).subquery())) or 0
    lines = [TraineeRow(*row) for row in session.execute(people.limit(PAGE).offset((page - 1) * PAGE))]
    _load_scores(session, columns, lines)
    missing = session.scalar(select(func.count()).select_from(Score).where(_missing(cohort_id))) or 0
    lost = _columns(states=("gone",)).where(ContentItem.cohort_id == cohort_id)
    return ScorePage(columns, lines, found, missing, [_column(row) for row in session.execute(lost)])


def _people(cohort_id: int) -> Select[int, int, int, Person]:
    shown = select(ContentItem.context_id).where(ContentItem.cohort_id == cohort_id, ContentItem.graded)
    return (
        select(Participant.id, Participant.context_id, Enrolment.id.label("enrolment_id"), Person)
        .select_from(Participant)
        .join(Account, Account.id == Participant.account_id)
        .join(Person, Person.id == Account.person_id)
        .join(Enrolment, Enrolment.person_id == Person.id)
        .where(
            Enrolment.cohort_id == cohort_id,
            Participant.context_id.in_(shown),
            Participant.platform_role == PlatformRole.LEARNER.value,
        )
        .order_by(Person.sort_key, Participant.id)
    )


def _missing(cohort_id: int) -> ColumnElement[bool]:
    """Condition: scores of the group that their platforms do not have."""
    return exists().where(
        LineItem.id == Score.line_item_id,
        Link.id == LineItem.link_id,
        ContentItem.id == Link.placement_id,
        ContentItem.cohort_id == cohort_id,
        ContentItem.graded,
        LineItem.state.in_(ACTIVE_STATES),
        (Score.state != "sent") | (LineItem.state == "refused"),
    )


def _load_scores(session: Session, columns: Sequence[GradebookColumn], lines: Sequence[TraineeRow]) -> None:
    known, people = {column.id: column for column in columns}, {line.participant_id: line for line in lines}
    rows = session.execute(
        select(Score.line_item_id, Score.participant_id, *SCORE).where(
            Score.line_item_id.in_(known), Score.participant_id.in_(people)
        )
    )
    for row in rows:
        people[row.participant_id].sendings[row.line_item_id] = _sending(row, known[row.line_item_id])


def sending_log(session: Session, score: Score) -> Sequence[ScoreTry]:
    """Returns the attempts to send a score, latest first."""
    return session.scalars(
        select(ScoreTry).where(ScoreTry.score_id == score.id).order_by(ScoreTry.id.desc()).limit(LONGEST_LOG)
    ).all()


def score_status(session: Session, score: Score) -> TraineeScore:
    """Returns one score with its column and status."""
    row = session.execute(
        _columns(*SCORE).join(Score, Score.line_item_id == LineItem.id).where(Score.id == score.id)
    ).one()
    column = _column(row)
    return TraineeScore(column, _sending(row, column))
