"""The error of a document that cannot be read."""

from collections.abc import Mapping
from typing import Any

from lms.core.sentences import sentence


class UnreadableDocument(Exception):
    """The file is refused. ``code`` and ``params`` name the reason.

    No ``DomainError``, because commands read documents without the libraries of the database. ``message`` is the
    sentence in the current language: the reason and, where possible, advice.
    """

    def __init__(self, *, code: str, params: Mapping[str, Any] | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.params = dict(params or {})

    @property
    def message(self) -> str:
        """The sentence in the current language."""
        return sentence(self.code, self.params)

    def __str__(self) -> str:
        return self.message or self.code
