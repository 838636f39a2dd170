"""Sentences of codes: ``lms.error_messages`` registers them; they are composed in the current language.

Imports no library, so that commands which only read a file stay quick.
"""

import dataclasses
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

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
        """Returns the value that ``stored_detail`` reads: a sentence gets the same parameters as before."""
        return {"code": self.code, "field": self.field, "params": as_json(self.params)}


def stored_detail(stored: Mapping[str, Any] | str) -> ErrorDetail:
    """Reads a detail from its JSON; a sentence, which versions before codes stored, stays as it is."""
    if isinstance(stored, str):
        return ErrorDetail("stored_sentence", params={"text": stored})
    return ErrorDetail(stored["code"], stored["field"], {name: _read(one) for name, one in stored["params"].items()})


_KINDS: Final[Mapping[str, tuple[type[Any], Callable[[Any], str], Callable[[str], Any]]]] = {
    "decimal": (Decimal, str, Decimal),
    "moment": (datetime, datetime.isoformat, datetime.fromisoformat),
    "date": (date, date.isoformat, date.fromisoformat),
}
"""Kinds of values that JSON lacks: name → (type, as text, from text). A moment is a date too, so it stands first."""


def as_json(value: Any) -> Any:
    """Returns a parameter, or parameters in lists and mappings, as JSON; a value that JSON lacks names its kind.

    Raises ``TypeError`` for a value of any other type, at the place that made it.
    """
    if isinstance(value, ErrorDetail):
        return value.as_json()
    if isinstance(value, Mapping):
        return {str(name): as_json(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [as_json(one) for one in value]
    for name, (kind, text, _read_text) in _KINDS.items():
        if isinstance(value, kind):
            return {name: text(value)}
    if value is None or isinstance(value, str | int | float):
        return value
    raise TypeError(f"{type(value).__name__} cannot be stored among the parameters of a sentence")


def fields_as_json(data: Any) -> dict[str, Any]:
    """Returns the fields of a data class as JSON, with the details in them."""
    return dataclasses.asdict(data, dict_factory=lambda pairs: {name: as_json(one) for name, one in pairs})


def _read(value: Any) -> Any:
    if isinstance(value, list):
        return [_read(one) for one in value]
    if not isinstance(value, Mapping):
        return value
    if value.keys() == {"code", "field", "params"}:
        return stored_detail(value)
    name = next(iter(value), "")
    if len(value) == 1 and name in _KINDS and isinstance(value[name], str):
        return _KINDS[name][2](value[name])
    return {key: _read(one) for key, one in value.items()}
