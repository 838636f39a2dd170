"""Errors of programmes."""

from lms.core.errors import DomainError, Invalid
from lms.core.i18n import _


class Frozen(DomainError):
    """The version may not be edited in its present state."""

    code = "programme_version_frozen"

    def __init__(self, state: str) -> None:
        if state == "approved":
            message = _("An approved version does not change: start a new version.")
        else:
            message = _("The version lies with the council. Withdraw it to change it.")
        super().__init__(message)


class WrongState(DomainError):
    """The step is not possible in the version's present state."""

    code = "programme_version_wrong_state"


class NotReady(DomainError):
    """The version cannot be submitted: ``problems`` are the reasons."""

    code = "programme_version_not_ready"

    def __init__(self, problems: list[str]) -> None:
        super().__init__(problems[0])
        self.problems = problems


class Refused(Invalid):
    """A cell cannot take this value, or a row cannot be put in this place."""

    code = "plan_cell_refused"


class Gone(DomainError):
    """The row to be changed is no longer in the plan."""

    code = "plan_row_deleted"

    def __init__(self) -> None:
        super().__init__(_("This row was deleted meanwhile."))


class Overlapped(DomainError):
    """Another person has changed the same text; ``theirs`` is the text now."""

    code = "changed_meanwhile"

    def __init__(self, field: str, theirs: str, message: str = "") -> None:
        told = _("Someone changed this meanwhile. It says now: «%(theirs)s». Save again to keep yours.", theirs=theirs)
        super().__init__(message or told, field)
        self.theirs = theirs
