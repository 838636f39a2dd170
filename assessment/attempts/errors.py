"""Errors of attempts."""

from lms.core.errors import DomainError
from lms.core.i18n import gettext as _


class NoAttemptsLeft(DomainError):
    """All allowed attempts are used."""

    code = "no_attempts_left"

    def __init__(self) -> None:
        super().__init__(_("You have used all the attempts allowed for this self-check."))


class AttemptAlreadyHandedIn(DomainError):
    """The attempt was already handed in, by its author or at its deadline."""

    code = "attempt_already_handed_in"

    def __init__(self) -> None:
        super().__init__(_("This attempt was handed in already. What was saved by then is being graded."))
