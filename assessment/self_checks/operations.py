"""Changes of self-checks: creation, settings, questions and their order.

A question's row never changes: an edit adds the next version of its lineage and the self-check then uses that one.
Attempts keep the questions they began with.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from assessment.models.self_checks import Question as QuestionRow
from assessment.models.self_checks import SelfCheck, SelfCheckItem
from assessment.questions.model import Question
from assessment.questions.registry import question_type
from courses.events import RequirementsChanged
from courses.models.programmes import Programme
from lms.core import audit
from lms.core.auth.policy import Actor
from lms.core.errors import Invalid, NotFound
from lms.core.events import publish
from lms.core.richtext import is_dense_markdown

MOST_QUESTIONS = 200
LONGEST_LIMIT_MINUTES = 24 * 60
MOST_ATTEMPTS = 100


@dataclass(frozen=True, slots=True)
class SelfCheckSettings:
    """Settings of a self-check: time limit in minutes (None: no limit), allowed attempts (None: no limit)."""

    title: str
    instructions: str = ""
    topic_lineage: UUID | None = None
    purpose: str = "topic"
    attempts_allowed: int | None = None
    time_limit_minutes: int | None = None
    shuffle: bool = True
    required: bool = True


def create(session: Session, *, actor: Actor | None, programme: Programme, conditions: SelfCheckSettings) -> SelfCheck:
    """Creates a self-check without questions. Raises ``Invalid`` at the invalid field."""
    check = SelfCheck(programme_id=programme.id, title=conditions.title)
    _write(check, conditions)
    session.add(check)
    session.flush()
    audit.record(session, actor, "self_check.create", check, site_id=programme.site_id, title=check.title)
    publish(session, RequirementsChanged(check.programme_id))
    return check


def change(session: Session, *, actor: Actor, check: SelfCheck, conditions: SelfCheckSettings, site_id: int) -> None:
    """Changes the settings; attempts under way keep their own. Raises ``Invalid`` as ``create`` does."""
    _write(check, conditions)
    session.flush()
    audit.record(session, actor, "self_check.change", check, site_id=site_id, title=check.title)
    publish(session, RequirementsChanged(check.programme_id))


def _write(check: SelfCheck, conditions: SelfCheckSettings) -> None:
    _demand(conditions)
    check.title, check.instructions = conditions.title.strip(), conditions.instructions
    check.topic_lineage = None if conditions.purpose == "entry" else conditions.topic_lineage
    check.purpose, check.shuffle = conditions.purpose, conditions.shuffle
    check.required = conditions.required and conditions.purpose != "entry"
    check.attempts_allowed = conditions.attempts_allowed
    minutes = conditions.time_limit_minutes
    check.time_limit_seconds = minutes * 60 if minutes else None


def _demand(conditions: SelfCheckSettings) -> None:
    if not conditions.title.strip() or len(conditions.title) > 500:
        raise Invalid(code="self_check_title_invalid", field="title")
    if len(conditions.instructions) > 20_000:
        raise Invalid(code="instructions_too_long", field="instructions")
    if is_dense_markdown(conditions.instructions):
        raise Invalid(code="markdown_too_dense", field="instructions")
    attempts, minutes = conditions.attempts_allowed, conditions.time_limit_minutes
    if attempts is not None and not 1 <= attempts <= MOST_ATTEMPTS:
        raise Invalid(code="attempts_out_of_range", field="attempts_allowed", params={"most": MOST_ATTEMPTS})
    if minutes is not None and not 1 <= minutes <= LONGEST_LIMIT_MINUTES:
        raise Invalid(code="time_limit_out_of_range", field="time_limit", params={"most": LONGEST_LIMIT_MINUTES})


def remove(session: Session, *, actor: Actor, check: SelfCheck, site_id: int, now: datetime) -> None:
    """Removes the self-check from the course; attempts stay. A second call keeps the first moment."""
    check.removed_at = check.removed_at or now
    session.flush()
    audit.record(session, actor, "self_check.remove", check, site_id=site_id, title=check.title)
    publish(session, RequirementsChanged(check.programme_id))


def restore(session: Session, *, actor: Actor, check: SelfCheck, site_id: int) -> None:
    """Puts a removed self-check back into the course; a second call changes nothing."""
    if check.removed_at is None:
        return
    check.removed_at = None
    session.flush()
    audit.record(session, actor, "self_check.restore", check, site_id=site_id, title=check.title)
    publish(session, RequirementsChanged(check.programme_id))


def add_questions(
    session: Session, *, actor: Actor | None, check: SelfCheck, questions: Sequence[Question], site_id: int
) -> list[SelfCheckItem]:
    """Adds new questions at the end. Raises ``Invalid`` if there would be too many."""
    count, last = session.execute(
        select(func.count(), func.coalesce(func.max(SelfCheckItem.position), -1)).where(
            SelfCheckItem.self_check_id == check.id
        )
    ).one()
    if count + len(questions) > MOST_QUESTIONS:
        raise Invalid(code="questions_too_many", field="file", params={"most": MOST_QUESTIONS})
    items = [_item(session, check, question, last + place) for place, question in enumerate(questions, start=1)]
    audit.record(session, actor, "self_check.add_questions", check, site_id=site_id, count=len(items))
    publish(session, RequirementsChanged(check.programme_id))
    return items


def _item(session: Session, check: SelfCheck, question: Question, position: int) -> SelfCheckItem:
    row = _row(check.programme_id, question)
    session.add(row)
    session.flush()
    mark = question.mark if question_type(question.kind).marked else Decimal(0)
    item = SelfCheckItem(self_check_id=check.id, question_id=row.id, question=row, position=position, mark=mark)
    session.add(item)
    session.flush()
    return item


def _row(programme_id: int, question: Question, lineage: UUID | None = None, number: int = 1) -> QuestionRow:
    row = QuestionRow(
        programme_id=programme_id,
        kind=question.kind,
        name=question.name[:500],
        number=number,
        content=question.as_json(),
    )
    if lineage is not None:
        row.lineage = lineage
    return row


def revise_question(
    session: Session, *, actor: Actor, check: SelfCheck, item: SelfCheckItem, question: Question, site_id: int
) -> None:
    """Adds the question's next version and sets its mark; identical content adds no version."""
    old = item.question
    if old.content != question.as_json():
        newest = session.scalar(select(func.max(QuestionRow.number)).where(QuestionRow.lineage == old.lineage)) or 0
        row = _row(check.programme_id, question, old.lineage, newest + 1)
        session.add(row)
        session.flush()
        item.question_id, item.question = row.id, row
    item.mark = question.mark if question_type(question.kind).marked else Decimal(0)
    session.flush()
    audit.record(session, actor, "self_check.revise_question", check, site_id=site_id, question=old.id)
    publish(session, RequirementsChanged(check.programme_id))


def remove_question(session: Session, *, actor: Actor, check: SelfCheck, item: SelfCheckItem, site_id: int) -> None:
    """Removes the question from the self-check; attempts that contain it keep it."""
    audit.record(session, actor, "self_check.remove_question", check, site_id=site_id, question=item.question_id)
    session.delete(item)
    session.flush()
    publish(session, RequirementsChanged(check.programme_id))


def restore_question(
    session: Session,
    *,
    actor: Actor,
    check: SelfCheck,
    question_id: int,
    mark: Decimal,
    position: int,
    site_id: int,
) -> SelfCheckItem:
    """Puts a question that was removed from the self-check back to its place; a second call adds none.

    Raises ``NotFound`` for a question of another programme.
    """
    question = session.get(QuestionRow, question_id)
    if question is None or question.programme_id != check.programme_id:
        raise NotFound
    known = session.scalar(
        select(SelfCheckItem)
        .join(QuestionRow, QuestionRow.id == SelfCheckItem.question_id)
        .where(SelfCheckItem.self_check_id == check.id, QuestionRow.lineage == question.lineage)
    )
    if known is not None:
        return known
    worth = mark if question_type(question.kind).marked else Decimal(0)
    item = SelfCheckItem(self_check_id=check.id, question=question, position=position, mark=worth)
    session.add(item)
    session.flush()
    audit.record(session, actor, "self_check.restore_question", check, site_id=site_id, question=question.id)
    publish(session, RequirementsChanged(check.programme_id))
    return item


def reorder(session: Session, *, check: SelfCheck, order: Mapping[int, int]) -> None:
    """Sets the order of the questions: item id → position; ignores unknown ids."""
    items = session.scalars(select(SelfCheckItem).where(SelfCheckItem.self_check_id == check.id)).all()
    for item in items:
        item.position = order.get(item.id, item.position)
    session.flush()
