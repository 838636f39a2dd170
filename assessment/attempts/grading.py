"""Grading of attempts in batches: one query reads them, cached graders score them, one statement writes the results."""

import json
from collections.abc import Container, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from assessment.attempts.corrections import by_corrected_keys
from assessment.attempts.handed_in import COLUMNS, HandedIn
from assessment.attempts.queries import questions_of
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

WRITE_BACK = text("""
    UPDATE attempt SET state = graded.state, points = graded.points, max_points = graded.most,
        percent = graded.percent, result = graded.result, items = coalesce(graded.items, attempt.items),
        answers = coalesce(graded.answers, attempt.answers), graded_at = now()
    FROM jsonb_to_recordset(CAST(:graded AS jsonb)) AS graded (
        id int, state text, points numeric, most numeric, percent numeric, result jsonb, items jsonb, answers jsonb
    )
    WHERE attempt.id = graded.id
""")
"""One document for all attempts: of an array of texts psycopg escapes every quote in Python."""


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
    scored = [(row, with_floor(score_of(session, row), row.result)) for row in rows]
    changed = {row.id for row, former in zip(rows, read, strict=True) if row is not former}
    _write_back(session, scored, changed)
    fault_point("attempt-graded")
    enqueue_many(session, EVALUATE, (row.enrolment_id for row in rows))
    publish(session, AttemptsGraded(tuple(_graded(row, score) for row, score in scored), utc_now()))


def _graded(row: HandedIn, score: Score) -> GradedAttempt:
    percent = score.percent if score.max_points else None
    return GradedAttempt(row.id, row.state, "needs_person" if score.needs_person else "graded", percent)


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


def _write_back(session: Session, scored: Sequence[tuple[HandedIn, Score]], changed: Container[int]) -> None:
    """Writes the results, and questions and answers of those attempts whose keys were corrected."""
    written = [_written(row, score) | (_asked(row) if row.id in changed else {}) for row, score in scored]
    session.execute(WRITE_BACK, {"graded": json.dumps(written, ensure_ascii=False)})


def _written(row: HandedIn, score: Score) -> dict[str, Any]:
    kept = {key: value for key, value in row.result.items() if key != "questions"}
    return {
        "id": row.id,
        "state": "needs_person" if score.needs_person else "graded",
        "points": str(score.points),
        "most": str(score.max_points),
        "percent": str(score.percent),
        "result": {**kept, "questions": score.breakdown},
    }


def _asked(row: HandedIn) -> dict[str, Any]:
    return {"items": row.items, "answers": row.answers}
