"""Errors of works and reviews."""

from collections.abc import Mapping
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
    """The review was changed or decided elsewhere: by another grader, or by the same one in another tab.

    ``by``: name of the grader; ``at``: moment of the decision, None for an undecided review. ``conflicts`` has the
    stored texts of fields that the page did not show. ``own``: they are the same grader's, and the other fields are
    saved.
    """

    code = "work_graded_meanwhile"

    def __init__(
        self, by: str, at: datetime | None, *, own: bool = False, conflicts: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(params={"by": by, "at": at, "own": own})
        self.own = own
        self.conflicts = dict(conflicts or {})


class ReturnWithoutWord(Invalid):
    """The work is to be returned, and neither the conclusion nor a comment says what to revise."""

    code = "return_without_word"

    def __init__(self) -> None:
        super().__init__(field="comment")


class DecisionReleased(DomainError):
    """The decision cannot be undone any more: the trainee has it, or somebody has undone it already."""

    code = "decision_released"


class WorkOpened(DomainError):
    """The work cannot be taken back by its author any more: a grader has opened it."""

    code = "work_opened_by_grader"


class WorkWithdrawn(DomainError):
    """The author has taken the work back, so there is nothing to grade."""

    code = "work_withdrawn_by_author"


class AcceptanceRefused(DomainError):
    """The points do not allow the acceptance, for these reasons."""

    code = "points_do_not_allow_acceptance"

    def __init__(self, reasons: tuple[ErrorDetail, ...]) -> None:
        super().__init__(field="decision", params={"reasons": reasons})
