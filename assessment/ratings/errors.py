"""Errors of competency self-assessment."""

from lms.core.errors import DomainError


class SheetAlreadyHandedIn(DomainError):
    """The sheet was already handed in."""

    code = "rating_already_handed_in"
