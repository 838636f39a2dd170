"""Errors of works and reviews."""

from datetime import datetime

from lms.core.errors import DomainError, Invalid
from lms.core.i18n import _, format_datetime


class EmptyWork(Invalid):
    """The work has neither text nor files."""

    code = "work_empty"

    def __init__(self) -> None:
        super().__init__(_("Write something or add a file: there is nothing to hand in yet."), "text")


class WorkAlreadyHandedIn(DomainError):
    """The work is already handed in and waits for its review."""

    code = "work_already_handed_in"

    def __init__(self) -> None:
        super().__init__(_("The work is handed in and waits for its review. It can be changed if it is returned."))


class WorkAlreadyAccepted(DomainError):
    """The work is already accepted."""

    code = "work_already_accepted"

    def __init__(self) -> None:
        super().__init__(_("The work is accepted already."))


class GradedMeanwhile(DomainError):
    """Another grader changed or decided this review.

    ``by``: name of the grader; ``at``: moment of the decision, None for an undecided review.
    """

    code = "work_graded_meanwhile"

    def __init__(self, by: str, at: datetime | None) -> None:
        when = format_datetime(at)
        super().__init__(
            _(
                "%(name)s has graded this work meanwhile, %(time)s. Yours are below: compare them.",
                name=by,
                time=when,
            )
            if at
            else _("%(name)s is grading this work too and saved other points. Yours are below: compare them.", name=by)
        )


class AcceptanceRefused(DomainError):
    """The points do not allow the acceptance; the message gives the reasons."""

    code = "points_do_not_allow_acceptance"

    def __init__(self, reasons: tuple[str, ...]) -> None:
        super().__init__(" · ".join(reasons), "decision")
