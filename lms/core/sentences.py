"""Sentences of codes: ``lms.error_messages`` registers them; errors compose them in the reader's language.

Imports no library, so that commands which only read a file stay quick.
"""

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any

Sentence = Callable[..., str]
"""Composes the sentence of a code from its parameters, given by keyword."""

_sentences: dict[str, Sentence] = {}


def declare_sentences(sentences: Mapping[str, Sentence]) -> None:
    """Registers the sentences of these codes; registering them again changes nothing."""
    _sentences.update(sentences)


def sentence(code: str, params: Mapping[str, Any]) -> str:
    """Returns the sentence in the current language; empty for a code without one."""
    return _sentences[code](**params) if code in _sentences else ""


@dataclasses.dataclass(frozen=True, slots=True)
class ErrorDetail:
    """One of the errors or warnings that an operation returns instead of raising.

    ``field``: the field that caused it; empty for the whole object. ``params``: the values in the sentence.
    """

    code: str
    field: str = ""
    params: Mapping[str, Any] = dataclasses.field(default_factory=dict)

    @property
    def message(self) -> str:
        """The sentence in the current language."""
        return sentence(self.code, self.params)
