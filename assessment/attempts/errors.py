"""Errors of attempts."""

from lms.core.errors import DomainError


class NoAttemptsLeft(DomainError):
    """All allowed attempts are used."""

    code = "no_attempts_left"


class NoQuestions(DomainError):
    """The self-check has no question that gives points, so there is nothing to attempt."""

    code = "self_check_without_questions"


class AttemptAlreadyHandedIn(DomainError):
    """The attempt was already handed in, by its author or at its deadline."""

    code = "attempt_already_handed_in"
