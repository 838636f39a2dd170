"""An attempt as grading reads it: plain columns, without the row's object."""

from typing import Any, NamedTuple

from sqlalchemy import String, literal
from sqlalchemy.dialects.postgresql import JSONB

from assessment.models.self_checks import Attempt


class HandedIn(NamedTuple):
    """Columns of an attempt that grading needs."""

    id: int
    enrolment_id: int
    self_check_id: int
    items: list[list[Any]]
    answers: dict[str, Any]
    result: dict[str, Any]
    """The stored result without those of the questions, which grading makes anew."""
    state: str = "graded"


QUESTIONS = "questions"
KEPT = Attempt.result.op("-", return_type=JSONB())(literal(QUESTIONS, String)).label("result")
COLUMNS = tuple(KEPT if name == "result" else getattr(Attempt, name) for name in HandedIn._fields)
"""Results of questions are the larger part of a row: PostgreSQL leaves them out sooner than Python reads them."""


def columns_of(attempt: Attempt) -> HandedIn:
    """Returns the columns of a loaded attempt."""
    found = HandedIn(*(getattr(attempt, name) for name in HandedIn._fields))
    return found._replace(result={key: value for key, value in found.result.items() if key != QUESTIONS})
