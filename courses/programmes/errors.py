"""Errors of programmes."""

from collections.abc import Sequence

from courses.programmes.readiness import ReadinessNote
from lms.core.errors import DomainError, Invalid


class Frozen(DomainError):
    """The version may not be edited in its present state."""

    code = "programme_version_frozen"

    def __init__(self, state: str) -> None:
        super().__init__(params={"state": state})


class WrongState(DomainError):
    """The step is not possible in the version's present state."""

    code = "programme_version_wrong_state"


class NotReady(DomainError):
    """The version cannot be submitted: ``problems`` are the reasons."""

    code = "programme_version_not_ready"

    def __init__(self, problems: Sequence[ReadinessNote]) -> None:
        super().__init__(params={"problems": problems})
        self.problems = problems


class Refused(Invalid):
    """A cell cannot take this value, or a row cannot be put in this place."""

    code = "plan_cell_refused"


class Gone(DomainError):
    """The row to be changed is no longer in the plan."""

    code = "plan_row_deleted"


class Overlapped(DomainError):
    """Another person has changed the same text; ``theirs`` is the text now."""

    code = "changed_meanwhile"

    def __init__(self, field: str, theirs: str, code: str | None = None) -> None:
        super().__init__(field=field, code=code, params={"theirs": theirs})
        self.theirs = theirs
