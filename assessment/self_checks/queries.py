"""Queries of self-checks for their editors: lists and questions."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Text, and_, case, cast, exists, func, select
from sqlalchemy.orm import Session

from assessment.models.self_checks import Attempt, Question, SelfCheck, SelfCheckItem
from courses.models.materials import PageImage
from courses.models.programmes import Section, Topic

HAS_QUESTIONS = exists().where(SelfCheckItem.self_check_id == SelfCheck.id, SelfCheckItem.mark > 0)
"""True for a self-check with a question that gives points. Without one it is not asked, and no attempt begins."""
BEST_PERCENT = func.max(
    case((and_(Attempt.state == "graded", Attempt.max_points.is_distinct_from(0)), Attempt.percent))
)
"""Best final result among joined attempts; an attempt in which no points could be earned has none."""


@dataclass(frozen=True, slots=True)
class SelfCheckSummary:
    """A self-check in a list, with its number of questions and of attempts."""

    check: SelfCheck
    questions: int
    attempts: int


@dataclass(frozen=True, slots=True)
class NumberedTopic:
    """A topic of the plan with its number."""

    number: str
    topic: Topic

    @property
    def title(self) -> str:
        return f"{self.number} {self.topic.title}"


def checks_of(session: Session, programme_id: int) -> list[SelfCheckSummary]:
    """Returns the programme's self-checks that are not removed. One query."""
    questions = (
        select(func.count())
        .where(SelfCheckItem.self_check_id == SelfCheck.id, SelfCheckItem.mark > 0)
        .correlate(SelfCheck)
        .scalar_subquery()
    )
    attempts = select(func.count()).where(Attempt.self_check_id == SelfCheck.id).correlate(SelfCheck).scalar_subquery()
    rows = session.execute(
        select(SelfCheck, questions, attempts)
        .where(SelfCheck.programme_id == programme_id, SelfCheck.removed_at.is_(None))
        .order_by(SelfCheck.id)
    )
    return [SelfCheckSummary(*row) for row in rows]


def removed_checks(session: Session, programme_id: int) -> Sequence[SelfCheck]:
    """Returns the programme's removed self-checks, the latest first. One query."""
    return session.scalars(
        select(SelfCheck)
        .where(SelfCheck.programme_id == programme_id, SelfCheck.removed_at.is_not(None))
        .order_by(SelfCheck.removed_at.desc(), SelfCheck.id)
    ).all()


def numbered_topics(session: Session, version_id: int) -> list[NumberedTopic]:
    """Returns the version's topics in the plan's order, numbered. One query."""
    rows = session.execute(
        select(Section.id, Topic)
        .join(Topic, Topic.section_id == Section.id)
        .where(Section.version_id == version_id)
        .order_by(Section.position, Section.id, Topic.position, Topic.id)
    )
    found: list[NumberedTopic] = []
    sections: dict[int, int] = {}
    for section_id, topic in rows:
        sections[section_id] = sections.get(section_id, 0) + 1
        found.append(NumberedTopic(f"{len(sections)}.{sections[section_id]}", topic))
    return found


def items_of(session: Session, check: SelfCheck) -> Sequence[SelfCheckItem]:
    """Returns the self-check's questions in order. One query."""
    return session.scalars(
        select(SelfCheckItem)
        .where(SelfCheckItem.self_check_id == check.id)
        .order_by(SelfCheckItem.position, SelfCheckItem.id)
    ).all()


def shows_file(session: Session, image: PageImage) -> bool:
    """Returns whether a question of the programme shows the picture or plays the sound."""
    shown = exists().where(
        Question.programme_id == image.programme_id,
        cast(Question.content, Text).regexp_match(rf"/images/{image.id}([^0-9]|$)"),
    )
    return bool(session.scalar(select(shown)))
