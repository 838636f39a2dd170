"""Why a group cannot be made or somebody cannot join it."""

from lms.core.errors import DomainError, Invalid
from lms.core.texts import gettext as _


class NotApproved(DomainError):
    """Nothing is offered to trainees before approval (rule 3)."""

    def __init__(self) -> None:
        super().__init__(_("The programme is not approved yet: groups begin after its approval."), "version")


class DatesTurned(Invalid):
    """The end lies before the start."""

    def __init__(self) -> None:
        super().__init__(_("The last day lies before the first."), "ends_on")


class WrongKey(Invalid):
    """No open group has such a key."""

    def __init__(self) -> None:
        super().__init__(_("No group is open under this key. Ask the leader of the site for it once more."), "key")
