"""Errors of competency self-assessment."""

from lms.core.errors import DomainError
from lms.core.i18n import gettext as _


class SheetAlreadyHandedIn(DomainError):
    """The sheet was already handed in."""

    code = "rating_already_handed_in"

    def __init__(self) -> None:
        super().__init__(_("This sheet was handed in already: it can no longer be changed."))
