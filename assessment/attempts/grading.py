"""Grading of attempts in batches: one query reads them, cached graders score them, one statement writes the results."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from assessment.attempts.corrections import by_corrected_keys
from assessment.attempts.handed_in import COLUMNS, HandedIn
from assessment.attempts.queries import questions_of
from assessment.attempts.results import Asked, Result, write_results
from assessment.attempts.scoring import PreparedSelfCheck, Score, prepare
from assessment.completion.operations import EVALUATE
from assessment.events import AttemptsGraded
from assessment.graded_attempt import GradedAttempt
from assessment.models.self_checks import Attempt
from lms.core.clock import utc_now
from lms.core.events import publish
from lms.core.fault_points import fault_point
from lms.core.jobs.queueing import enqueue_many
from lms.core.per_database import PerDatabase

Items = tuple[tuple[int, str], ...]
"""Pairs of question id and mark in points, in order, as of the start of the attempt."""

CACHE_SIZE = 256
"""Number of self-checks whose graders a process keeps. Rows of ``question`` never change, so entries stay valid."""


def grade_many(session: Session, attempt_ids: Sequence[int]) -> None:
    """Grades these attempts; skips those that are not handed in or are already graded."""
    _grade(session, attempt_ids, ("handed_in",))


def regrade_many(session: Session, attempt_ids: Sequence[int]) -> None:
    """Grades these attempts again: after an essay was read or the grader of a question type was changed."""
    _grade(session, attempt_ids, ("handed_in", "graded", "needs_person"))


def grade_one(session: Session, attempt_id: int) -> None:
    """Grades one attempt, as ``grade_many`` does."""
    grade_many(session, [attempt_id])


def regrade_one(session: Session, attempt_id: int) -> None:
    """Grades one attempt again, as ``regrade_many`` does."""
    regrade_many(session, [attempt_id])


def _grade(session: Session, attempt_ids: Sequence[int], states: Sequence[str]) -> None:
    read = [
        HandedIn(*row)
        for row in session.execute(
            select(*COLUMNS)
            .where(Attempt.id.in_(attempt_ids), Attempt.state.in_(states))
            .order_by(Attempt.id)
            .with_for_update()
        )
    ]
    if not read:
        return
    rows = by_corrected_keys(session, read)
    fault_point("attempt-grading")
    results = [_result(session, row, former) for row, former in zip(rows, read, strict=True)]
    write_results(session, results)
    fault_point("attempt-graded")
    enqueue_many(session, EVALUATE, (row.enrolment_id for row in rows))
    graded = tuple(_graded(row, result) for row, result in zip(rows, results, strict=True))
    publish(session, AttemptsGraded(graded, utc_now()))


def _result(session: Session, row: HandedIn, former: HandedIn) -> Result:
    """Returns the attempt's result; with questions and answers if the keys of ``former`` were corrected."""
    asked = Asked(json.dumps(row.items), row.answers) if row is not former else None
    return Result(row.id, with_floor(score_of(session, row), row.result), row.result, asked)


def _graded(row: HandedIn, result: Result) -> GradedAttempt:
    percent = result.score.percent if result.score.max_points else None
    return GradedAttempt(row.id, row.state, result.state, percent)


def with_floor(score: Score, result: Mapping[str, Any]) -> Score:
    """Returns the score, or the better result that an attempt keeps although a corrected key gives it less."""
    floor = result.get("floor")
    if floor is None or Decimal(floor["percent"]) <= score.percent:
        return score
    points, most, percent = (Decimal(floor[name]) for name in ("points", "max_points", "percent"))
    return replace(score, points=points, max_points=most, percent=percent)


def score_of(session: Session, row: HandedIn) -> Score:
    """Returns the attempt's score, including the points that a person gave for essays."""
    items: Items = tuple((question_id, mark) for question_id, mark in row.items)
    given = {key: Decimal(points) for key, points in row.result.get("given", {}).items()}
    return _prepared(session, items).score(row.answers, given)


def _prepared(session: Session, items: Items) -> PreparedSelfCheck:
    ready = _ready.of(session)
    found = ready.get(items)
    if found is None:
        found = ready[items] = _prepare(session, items)
        while len(ready) > CACHE_SIZE:
            ready.pop(next(iter(ready)))
    return found


_ready: PerDatabase[dict[Items, PreparedSelfCheck]] = PerDatabase(dict)


def _prepare(session: Session, items: Items) -> PreparedSelfCheck:
    questions = questions_of(session, (question_id for question_id, _mark in items))
    return prepare((str(key), questions[key], Decimal(mark)) for key, mark in items)
