"""Errors that a person can be told: each names its message and, where there is one, the field that caused it."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import IntegrityError


class DomainError(Exception):
    """A rule was not kept. ``message`` is shown at ``field``, or at the top of the form when there is none."""

    status = 409

    def __init__(self, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.field = field


class NotFound(DomainError):
    """There is no such thing for this person (or there is, but elsewhere: we do not say)."""

    status = 404

    def __init__(self, message: str = "") -> None:
        super().__init__(message)


class Forbidden(DomainError):
    """The person may see this but not do that."""

    status = 403

    def __init__(self, message: str = "") -> None:
        super().__init__(message)


class Throttled(DomainError):
    """Too many tries; ``retry_after`` in seconds."""

    status = 429

    def __init__(self, message: str, retry_after: int, field: str | None = None) -> None:
        super().__init__(message, field)
        self.retry_after = retry_after


class Invalid(DomainError):
    """What was typed cannot be taken."""

    status = 422


@contextmanager
def constraints(**known: DomainError) -> Iterator[None]:
    """Turns a violated constraint, by its name, into the domain error it stands for; an unknown one is raised.

    >>> with constraints(uq_account_username=Invalid("…", "username")): session.flush()
    """
    try:
        yield
    except IntegrityError as error:
        name = getattr(getattr(error.orig, "diag", None), "constraint_name", None)
        if name in known:
            raise known[name] from error
        raise
