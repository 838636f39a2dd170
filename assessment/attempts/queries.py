"""Queries of attempts: a trainee's attempts at a self-check and the questions of an attempt."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, case, func, literal, select
from sqlalchemy.orm import Session

from assessment.attempts.allowances import extra_attempts
from assessment.models.self_checks import Attempt, SelfCheck, SelfCheckItem
from assessment.models.self_checks import Question as QuestionRow
from assessment.questions.model import Question
from courses.models.groups import Enrolment
from lms.core.per_database import PerDatabase
from lms.core.revisions import EMPTY, revision_of


@dataclass(frozen=True, slots=True)
class AttemptSummary:
    """A trainee's attempts at a self-check, newest first, and their overall result.

    ``best`` is in per cent; ``left`` is the number of attempts still allowed, ``allowed`` that of all attempts, None
    without a limit; ``extra`` is the number allowed to this trainee alone.
    """

    attempts: Sequence[Attempt]
    best: Decimal | None
    passed: bool
    left: int | None
    allowed: int | None = None
    extra: int = 0

    @property
    def under_way(self) -> Attempt | None:
        """The attempt in progress, if any."""
        return next((one for one in self.attempts if one.state == "in_progress"), None)

    @property
    def waiting(self) -> Attempt | None:
        """The newest attempt that is handed in and has no final result yet."""
        return next((one for one in self.attempts if one.state in ("handed_in", "needs_person")), None)

    @property
    def shows_key(self) -> bool:
        """True if right answers may be shown: the trainee has passed or has no attempts left."""
        return self.under_way is None and (self.passed or self.left == 0)


def attempt_summary(session: Session, check: SelfCheck, enrolment: Enrolment) -> AttemptSummary:
    """Returns the trainee's attempts at this self-check. One query, two if attempts are limited."""
    attempts = session.scalars(
        select(Attempt)
        .where(Attempt.self_check_id == check.id, Attempt.enrolment_id == enrolment.id)
        .order_by(Attempt.number.desc())
    ).all()
    final = [one for one in attempts if one.state == "graded" and one.max_points != 0]
    best = max((one.percent for one in final if one.percent is not None), default=None)
    threshold = enrolment.cohort.version.self_check_threshold
    extra = extra_attempts(session, check, enrolment)
    allowed = None if check.attempts_allowed is None else check.attempts_allowed + extra
    return AttemptSummary(
        attempts=attempts,
        best=best,
        passed=best is not None and (check.purpose == "entry" or best >= threshold),
        left=None if allowed is None else max(allowed - len(attempts), 0),
        allowed=allowed,
        extra=extra,
    )


@dataclass(frozen=True, slots=True)
class AttemptQuestion:
    """A question of an attempt: row id, mark in points, answer so far, its line of the result, grader's comment,
    revision of the saved answer.
    """

    id: int
    question: Question
    mark: Decimal
    answer: Mapping[str, Any]
    line: Mapping[str, Any] | None
    comment: str
    revision: str = EMPTY


def answer_text(answer: Mapping[str, Any] | None) -> str:
    """Returns an answer as the text whose revision a page sends along; empty for none."""
    return json.dumps(answer, sort_keys=True, ensure_ascii=False) if answer else ""


def attempt_questions(session: Session, attempt: Attempt) -> list[AttemptQuestion]:
    """Returns the attempt's questions in its order. One query."""
    questions = questions_of(session, (key for key, _mark in attempt.items))
    lines = {line["question"]: line for line in attempt.result.get("questions", ())}
    comments = attempt.result.get("comments", {})
    return [
        AttemptQuestion(
            id=key,
            question=questions[key],
            mark=Decimal(mark),
            answer=attempt.answers.get(str(key)) or {},
            line=lines.get(str(key)),
            comment=comments.get(str(key), ""),
            revision=revision_of(answer_text(attempt.answers.get(str(key)))),
        )
        for key, mark in attempt.items
    ]


def questions_of(session: Session, ids: Iterable[int]) -> dict[int, Question]:
    """Returns questions by the ids of their rows. One query for those that this process has not read yet."""
    kept, wanted = _questions.of(session), list(ids)
    found = {key: kept[key] for key in wanted if key in kept}
    missing = [key for key in wanted if key not in found]
    if missing:
        rows = session.execute(select(QuestionRow.id, QuestionRow.content).where(QuestionRow.id.in_(missing)))
        read = {key: Question.from_json(content) for key, content in rows}
        if len(kept) + len(read) > MOST_QUESTIONS:
            _questions.forget(session)
        _questions.of(session).update(read)
        found |= read
    return found


MOST_QUESTIONS = 4_000
"""Questions that a process keeps, about 2 KB each. Rows of ``question`` never change, so they stay valid."""
_questions: PerDatabase[dict[int, Question]] = PerDatabase(dict)


def count_questions(session: Session, check: SelfCheck) -> int:
    """Returns the number of questions with a mark; descriptions do not count."""
    asked = select(func.count()).where(SelfCheckItem.self_check_id == check.id, SelfCheckItem.mark > 0)
    return session.scalar(asked) or 0


def marks_of_attempts(cohort_id: int) -> Select[Any]:
    """Selects enrolment, topic and mark of the group's attempts."""
    mark = case((Attempt.state == "needs_person", "waiting"), else_=literal("begun"))
    return (
        select(Attempt.enrolment_id, SelfCheck.topic_lineage, mark)
        .join(SelfCheck, SelfCheck.id == Attempt.self_check_id)
        .join(Enrolment, Enrolment.id == Attempt.enrolment_id)
        .where(Enrolment.cohort_id == cohort_id, SelfCheck.removed_at.is_(None))
    )
