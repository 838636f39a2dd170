"""An attempt as grading reads it: plain columns, without the row's object."""

from typing import Any, NamedTuple

from assessment.models.self_checks import Attempt


class HandedIn(NamedTuple):
    """Columns of an attempt that grading needs."""

    id: int
    enrolment_id: int
    self_check_id: int
    items: list[list[Any]]
    answers: dict[str, Any]
    result: dict[str, Any]
    state: str = "graded"


COLUMNS = tuple(getattr(Attempt, name) for name in HandedIn._fields)


def columns_of(attempt: Attempt) -> HandedIn:
    """Returns the columns of a loaded attempt."""
    return HandedIn(*(getattr(attempt, name) for name in HandedIn._fields))
