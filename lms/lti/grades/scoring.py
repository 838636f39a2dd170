"""Conversion of a trainee's result into an AGS score (AGS 2.0, 3.4). Pure; points are decimals."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from lms.core.sentences import ErrorDetail

GRADING = ("NotReady", "Pending", "PendingManual", "FullyGraded")
"""Values of ``gradingProgress``, in ascending order. ``Failed`` is not used: our grading is retried until it
succeeds.
"""
STEP = Decimal("0.0001")
LONGEST_COMMENT = 500


@dataclass(frozen=True, slots=True)
class TraineeResult:
    """Result of one trainee in one graded content item."""

    maximum: Decimal
    """Points, above zero."""
    given: Decimal | None = None
    """Points reached so far; None if there is no result."""
    opened: bool = False
    begun: bool = False
    waiting: bool = False
    """Handed in, not graded."""
    by_person: bool = False
    """True if a person grades what was handed in."""
    done: bool = False
    """True if nothing more is required."""
    comment: ErrorDetail | None = None


def score_of(facts: TraineeResult) -> dict[str, Any]:
    """Returns the score without ``userId`` and ``timestamp``, its comment in the current language.

    An existing result is ``FullyGraded`` even if a better one may replace it, because platforms show no other (Moodle
    drops the points of a pending score).
    """
    mark: dict[str, Any] = {"activityProgress": _activity(facts), "gradingProgress": _grading(facts)}
    if facts.given is not None:
        given = min(max(facts.given, Decimal(0)), facts.maximum)
        mark |= {"scoreGiven": number(given), "scoreMaximum": number(facts.maximum)}
    if facts.comment:
        mark["comment"] = facts.comment.message[:LONGEST_COMMENT]
    return mark


def _activity(facts: TraineeResult) -> str:
    if facts.done:
        return "Completed"
    if facts.waiting:
        return "Submitted"
    if facts.begun or facts.given:
        return "InProgress"
    return "Started" if facts.opened else "Initialized"


def _grading(facts: TraineeResult) -> str:
    if facts.given is not None:
        return "FullyGraded"
    if facts.waiting:
        return "PendingManual" if facts.by_person else "Pending"
    return "NotReady"


def is_empty_score(mark: dict[str, Any]) -> bool:
    """Returns whether the score tells the platform nothing: no points, and activity not in progress."""
    return "scoreGiven" not in mark and mark["activityProgress"] in {"Initialized", "Started"}


def number(value: Decimal) -> int | float:
    """Returns a JSON number: an integer if whole, otherwise rounded to four decimal places."""
    rounded = value.quantize(STEP, ROUND_HALF_UP)
    return int(rounded) if rounded == int(rounded) else float(rounded)


def same_result(mark: dict[str, Any], given: float | None, maximum: float | None) -> bool:
    """Returns whether a platform's result equals that of the score; platforms scale it to their own maximum and
    round it.
    """
    if "scoreGiven" not in mark:
        return given is None
    if given is None or not mark["scoreMaximum"]:
        return False
    return bool(abs(given / (maximum or 1) - mark["scoreGiven"] / mark["scoreMaximum"]) < 0.0051)
