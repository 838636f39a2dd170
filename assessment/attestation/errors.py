"""Errors of works and reviews."""

from datetime import datetime

from lms.core.errors import DomainError, Invalid
from lms.core.sentences import ErrorDetail


class EmptyWork(Invalid):
    """The work has neither text nor files."""

    code = "work_empty"

    def __init__(self) -> None:
        super().__init__(field="text")


class WorkAlreadyHandedIn(DomainError):
    """The work is already handed in and waits for its review."""

    code = "work_already_handed_in"


class WorkAlreadyAccepted(DomainError):
    """The work is already accepted."""

    code = "work_already_accepted"


class GradedMeanwhile(DomainError):
    """Another grader changed or decided this review.

    ``by``: name of the grader; ``at``: moment of the decision, None for an undecided review.
    """

    code = "work_graded_meanwhile"

    def __init__(self, by: str, at: datetime | None) -> None:
        super().__init__(params={"by": by, "at": at})


class AcceptanceRefused(DomainError):
    """The points do not allow the acceptance, for these reasons."""

    code = "points_do_not_allow_acceptance"

    def __init__(self, reasons: tuple[ErrorDetail, ...]) -> None:
        super().__init__(field="decision", params={"reasons": reasons})
