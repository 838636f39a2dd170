"""From how far a trainee is to what a gradebook is to show (AGS 2.0, 3.4). Pure; points as decimals."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

ACTIVITY = ("Initialized", "Started", "InProgress", "Submitted", "Completed")
"""How far the trainee is, least first."""
GRADING = ("NotReady", "Pending", "PendingManual", "FullyGraded")
"""Whether a result stands, least first. ``Failed`` is of a grading that broke down: ours is tried until it works."""
STEP = Decimal("0.0001")
LONGEST_COMMENT = 500


@dataclass(frozen=True, slots=True)
class TraineeResult:
    """What is known of one trainee and one thing that is graded."""

    maximum: Decimal
    """Above zero."""
    given: Decimal | None = None
    """What the trainee has reached so far; none: there is no result."""
    opened: bool = False
    begun: bool = False
    waiting: bool = False
    """Handed in, not graded."""
    by_person: bool = False
    """Somebody reads what waits."""
    done: bool = False
    """Nothing more is asked for."""
    comment: str = ""


def score_of(facts: TraineeResult) -> dict[str, Any]:
    """The score without its user and moment.

    A result that stands is ``FullyGraded`` even where more may follow: platforms show no other (Moodle drops the points
    of a score that is pending), and a better one replaces it.
    """
    mark: dict[str, Any] = {"activityProgress": _activity(facts), "gradingProgress": _grading(facts)}
    if facts.given is not None:
        given = min(max(facts.given, Decimal(0)), facts.maximum)
        mark |= {"scoreGiven": number(given), "scoreMaximum": number(facts.maximum)}
    if facts.comment:
        mark["comment"] = facts.comment[:LONGEST_COMMENT]
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
    """Whether the platform knows as much without it."""
    return "scoreGiven" not in mark and mark["activityProgress"] in {"Initialized", "Started"}


def number(value: Decimal) -> int | float:
    """As JSON has it: whole when it is whole, else four places at most."""
    rounded = value.quantize(STEP, ROUND_HALF_UP)
    return int(rounded) if rounded == int(rounded) else float(rounded)


def same_result(mark: dict[str, Any], given: float | None, maximum: float | None) -> bool:
    """Whether a platform's result is that of the mark; platforms scale it to a maximum of their own and round."""
    if "scoreGiven" not in mark:
        return given is None
    if given is None or not mark["scoreMaximum"]:
        return False
    return bool(abs(given / (maximum or 1) - mark["scoreGiven"] / mark["scoreMaximum"]) < 0.0051)
