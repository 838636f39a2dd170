"""Errors of attempts."""

from lms.core.errors import DomainError


class NoAttemptsLeft(DomainError):
    """All allowed attempts are used."""

    code = "no_attempts_left"


class AttemptAlreadyHandedIn(DomainError):
    """The attempt was already handed in, by its author or at its deadline."""

    code = "attempt_already_handed_in"
