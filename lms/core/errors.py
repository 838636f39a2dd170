"""Errors that are shown to people: a code, a sentence and, where there is one, the field that caused it.

A domain package raises a code with values (``Invalid(code="hours_not_quarters", field="hours", params={"step": …})``);
``lms.error_messages`` composes the sentence when it is shown, in the reader's language.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from sqlalchemy.exc import IntegrityError

from lms.core.sentences import ErrorDetail, sentence


class DomainError(Exception):
    """A violated rule.

    ``code`` (snake_case, stable) identifies the error for an API's client: the class's own, or a narrower one given at
    the raise. ``params`` are the values in the sentence: texts, numbers, dates, further details. ``message`` is shown
    at ``field``, or at the top of the form when there is none.
    """

    code = "conflict"
    status = 409

    def __init__(
        self,
        message: str = "",
        field: str | None = None,
        *,
        code: str | None = None,
        params: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(message)
        self.code = code or type(self).code
        self.params = dict(params or {})
        self.field = field
        self._message = message

    @property
    def message(self) -> str:
        """The sentence in the current language; empty when the code has none (the page then has its own text)."""
        return self._message or sentence(self.code, self.params)

    def as_detail(self) -> ErrorDetail:
        """Returns code, field and parameters, to be stored or returned."""
        return ErrorDetail(self.code, self.field or "", self.params)

    def __str__(self) -> str:
        return self.message or self.code


class NotFound(DomainError):
    """The object does not exist for this person: it is missing, or hidden from them."""

    code = "not_found"
    status = 404


class Forbidden(DomainError):
    """The person may see the object but not do this to it."""

    code = "forbidden"
    status = 403


class Throttled(DomainError):
    """Too many attempts; ``retry_after`` in seconds."""

    code = "too_many_attempts"
    status = 429

    def __init__(
        self,
        message: str = "",
        retry_after: int = 0,
        field: str | None = None,
        *,
        code: str | None = None,
        params: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(message, field, code=code, params=params)
        self.retry_after = retry_after


class Invalid(DomainError):
    """A value that was typed or sent cannot be accepted."""

    code = "invalid"
    status = 422


@contextmanager
def constraints(**known: DomainError) -> Iterator[None]:
    """Raises, for a violated constraint, the domain error given under the constraint's name; reraises others.

    >>> with constraints(uq_account_username=Invalid(code="username_taken", field="username")): session.flush()
    """
    try:
        yield
    except IntegrityError as error:
        name = getattr(getattr(error.orig, "diag", None), "constraint_name", None)
        if name in known:
            raise known[name] from error
        raise
