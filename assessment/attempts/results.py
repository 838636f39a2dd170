"""Writes the results of many attempts in one statement."""

import json
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from sqlalchemy import text
from sqlalchemy.orm import Session

from assessment.attempts.scoring import Score

WRITE = text("""
    UPDATE attempt SET state = graded.state, points = graded.points, max_points = graded.most,
        percent = graded.percent, result = graded.result, items = coalesce(graded.items, attempt.items),
        answers = coalesce(graded.answers, attempt.answers), graded_at = now()
    FROM jsonb_to_recordset(CAST(:graded AS jsonb)) AS graded (
        id int, state text, points numeric, most numeric, percent numeric, result jsonb, items jsonb, answers jsonb
    )
    WHERE attempt.id = graded.id
""")
"""One document for all attempts: of an array of texts psycopg escapes every quote in Python."""


class Asked(NamedTuple):
    """Questions and marks as JSON, and answers, that an attempt has after a key or mark was corrected."""

    items: str
    answers: Mapping[str, Any]


class Result(NamedTuple):
    """The result of an attempt as it is stored."""

    id: int
    score: Score
    """Points and per cent are those that count: the score, or a better one that the attempt keeps."""
    kept: Mapping[str, Any]
    """Stored beside the results of questions: a person's points, comments, earlier results."""
    asked: Asked | None = None

    @property
    def state(self) -> str:
        """State that the attempt has afterwards."""
        return "needs_person" if self.score.needs_person else "graded"


def write_results(session: Session, results: Iterable[Result]) -> None:
    """Stores the results of these attempts, and their questions and answers where they were corrected."""
    session.execute(WRITE, {"graded": f"[{','.join(map(_document, results))}]"})


def _document(one: Result) -> str:
    """The text of the questions' results is made once for each grade that occurs and only joined here."""
    score = one.score
    kept = json.dumps(one.kept, ensure_ascii=False)[1:-1]
    asked = one.asked
    corrected = (
        f',"items":{asked.items},"answers":{json.dumps(asked.answers, ensure_ascii=False)}' if asked is not None else ""
    )
    return (
        f'{{"id":{one.id},"state":"{one.state}","points":"{score.points}","most":"{score.max_points}",'
        f'"percent":"{score.percent}","result":{{{kept}{"," if kept else ""}"questions":{score.breakdown_json}}}'
        f"{corrected}}}"
    )
