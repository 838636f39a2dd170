"""Points against criteria: the total, and the reasons against acceptance. Without side effects; points as decimals."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from courses.models.programmes import RubricCriterion
from lms.core.sentences import ErrorDetail


@dataclass(frozen=True, slots=True)
class RubricScore:
    """Sum of points, and the reasons against acceptance (empty: it may be accepted)."""

    total: Decimal
    most: Decimal
    pass_mark: Decimal
    unmarked: tuple[int, ...]
    """Criteria without points."""
    below: tuple[int, ...]
    """Criteria below their minimum."""
    reasons: tuple[ErrorDetail, ...]

    @property
    def may_accept(self) -> bool:
        """True if each criterion has points, none is below its minimum and the sum reaches the pass mark."""
        return not self.reasons


def score_rubric(
    criteria: Sequence[RubricCriterion], points: Mapping[int, Decimal | None], pass_mark: Decimal
) -> RubricScore:
    """Returns the sum of points and the reasons. A task without criteria may always be accepted."""
    given = {criterion.id: points.get(criterion.id) for criterion in criteria}
    total = sum((value for value in given.values() if value is not None), Decimal(0))
    unmarked = tuple(key for key, value in given.items() if value is None)
    below = tuple(
        criterion.id
        for criterion in criteria
        if (value := given[criterion.id]) is not None and value < criterion.min_points
    )
    most = sum((criterion.max_points for criterion in criteria), Decimal(0))
    reasons = tuple(_reasons(criteria, unmarked, below, total, pass_mark if criteria else Decimal(0)))
    return RubricScore(total, most, pass_mark, unmarked, below, reasons)


def _reasons(
    criteria: Sequence[RubricCriterion],
    unmarked: Sequence[int],
    below: Sequence[int],
    total: Decimal,
    pass_mark: Decimal,
) -> list[ErrorDetail]:
    named = {criterion.id: criterion for criterion in criteria}
    reasons = [ErrorDetail("criterion_unmarked", params={"criterion": named[key].name}) for key in unmarked]
    reasons += [
        ErrorDetail("criterion_below_minimum", params={"criterion": named[key].name, "least": named[key].min_points})
        for key in below
    ]
    if not unmarked and total < pass_mark:
        reasons.append(ErrorDetail("pass_mark_not_reached", params={"total": total, "mark": pass_mark}))
    return reasons


def points_errors(criteria: Sequence[RubricCriterion], points: Mapping[int, Decimal | None]) -> list[ErrorDetail]:
    """Returns the points that are not allowed, at ``points-<criterion>``: out of range, or no multiple of a quarter."""
    found = []
    for criterion in criteria:
        given, field = points.get(criterion.id), f"points-{criterion.id}"
        if given is not None and not 0 <= given <= criterion.max_points:
            found.append(ErrorDetail("points_out_of_range", field, {"most": criterion.max_points}))
        elif given is not None and given * 4 != int(given * 4):
            found.append(ErrorDetail("points_not_quarters", field))
    return found
