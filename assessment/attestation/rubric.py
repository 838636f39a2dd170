"""Points against criteria: the total, and the reasons against acceptance. Without side effects; points as decimals."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from lms.core.i18n import _, format_number


@dataclass(frozen=True, slots=True)
class RubricCriterion:
    """A criterion: from zero to ``most`` points, at least ``least`` for acceptance."""

    id: int
    name: str
    most: Decimal
    least: Decimal


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
    reasons: tuple[str, ...]

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
        criterion.id for criterion in criteria if (value := given[criterion.id]) is not None and value < criterion.least
    )
    most = sum((criterion.most for criterion in criteria), Decimal(0))
    reasons = tuple(_reasons(criteria, unmarked, below, total, pass_mark if criteria else Decimal(0)))
    return RubricScore(total, most, pass_mark, unmarked, below, reasons)


def _reasons(
    criteria: Sequence[RubricCriterion],
    unmarked: Sequence[int],
    below: Sequence[int],
    total: Decimal,
    pass_mark: Decimal,
) -> list[str]:
    named = {criterion.id: criterion for criterion in criteria}
    reasons = [_("No points yet: %(criterion)s", criterion=named[key].name) for key in unmarked]
    reasons += [
        _(
            "Below the minimum of %(least)s: %(criterion)s",
            least=format_number(named[key].least),
            criterion=named[key].name,
        )
        for key in below
    ]
    if not unmarked and total < pass_mark:
        reasons.append(
            _("%(total)s points, the pass mark is %(mark)s", total=format_number(total), mark=format_number(pass_mark))
        )
    return reasons


def points_problem(criterion: RubricCriterion, points: Decimal) -> str | None:
    """Returns why these points are not allowed: out of range, or not a multiple of a quarter; otherwise None."""
    if not 0 <= points <= criterion.most:
        return _("From 0 to %(most)s points.", most=format_number(criterion.most))
    if points * 4 != int(points * 4):
        return _("Points go in quarter steps.")
    return None
