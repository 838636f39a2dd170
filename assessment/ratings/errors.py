"""Why a sheet of self-assessment cannot be saved or handed in."""

from lms.core.errors import DomainError
from lms.core.i18n import gettext as _


class SheetIsHandedIn(DomainError):
    """The sheet was handed in already."""

    code = "rating_already_handed_in"

    def __init__(self) -> None:
        super().__init__(_("This sheet was handed in already: it can no longer be changed."))
