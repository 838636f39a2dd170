"""Sentences of codes: ``lms.error_messages`` registers them; they are composed in the current language.

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
    """An error or warning that an operation returns or stores instead of raising.

    ``field``: the field that caused it; empty for the whole object. ``params``: the values in the sentence.
    """

    code: str
    field: str = ""
    params: Mapping[str, Any] = dataclasses.field(default_factory=dict)

    @property
    def message(self) -> str:
        """The sentence in the current language."""
        return sentence(self.code, self.params)

    def as_json(self) -> dict[str, Any]:
        """Returns the value that ``stored_detail`` reads; details among the parameters are kept as such."""
        params = {name: one.as_json() if isinstance(one, ErrorDetail) else one for name, one in self.params.items()}
        return {"code": self.code, "field": self.field, "params": params}


def stored_detail(stored: Mapping[str, Any] | str) -> ErrorDetail:
    """Reads a detail from its JSON; a sentence, which versions before codes stored, stays as it is."""
    if isinstance(stored, str):
        return ErrorDetail("stored_sentence", params={"text": stored})
    params = {name: stored_detail(one) if _is_detail(one) else one for name, one in stored["params"].items()}
    return ErrorDetail(stored["code"], stored["field"], params)


def _is_detail(value: Any) -> bool:
    return isinstance(value, Mapping) and value.keys() == {"code", "field", "params"}
