"""Errors of groups and enrolments."""

from lms.core.errors import DomainError, Invalid
from lms.core.sentences import ErrorDetail


class NotApproved(DomainError):
    """The programme is not approved: nothing is offered to trainees before approval (rule 3)."""

    code = "programme_not_approved"

    def __init__(self) -> None:
        super().__init__(field="version")


class DatesReversed(Invalid):
    """The end lies before the start."""

    code = "group_dates_reversed"

    def __init__(self) -> None:
        super().__init__(field="ends_on")


class WrongKey(Invalid):
    """No open group has this key."""

    code = "enrolment_key_unknown"

    def __init__(self) -> None:
        super().__init__(field="key")


class RowErrors(Invalid):
    """Rows of a roster that cannot be saved as decided: row number → reason."""

    code = "roster_rows_undecided"

    def __init__(self, rows: dict[int, ErrorDetail]) -> None:
        super().__init__(params={"count": len(rows)})
        self.rows = rows


class SavedAlready(DomainError):
    """The list was saved already, so it can no longer be read or discarded."""

    code = "roster_already_saved"
