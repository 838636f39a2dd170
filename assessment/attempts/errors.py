"""Why an attempt cannot begin, be saved, or be handed in."""

from lms.core.errors import DomainError
from lms.core.i18n import gettext as _


class NoAttemptsLeft(DomainError):
    """Every attempt allowed was used."""

    code = "no_attempts_left"

    def __init__(self) -> None:
        super().__init__(_("You have used all the attempts allowed for this self-check."))


class AttemptIsOver(DomainError):
    """The attempt was handed in already, by its author or by the clock."""

    code = "attempt_already_handed_in"

    def __init__(self) -> None:
        super().__init__(_("This attempt was handed in already. What was saved by then is being graded."))
