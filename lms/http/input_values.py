"""Values that come with a request: bounded whole numbers, and no text that the database cannot store.

Here, at the edge, so that no view needs to know it: ``request.args.get("page", 1, int)`` returns the default for a
number beyond a column, a path with such a number is not found, and a text with a NUL is refused before the view.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar

from flask import Flask, Request, current_app, request
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.routing import IntegerConverter, ValidationError

from lms.core.errors import Invalid

View = TypeVar("View", bound=Callable[..., Any])

LARGEST = 2**31 - 1
"""Largest number of an ``integer`` column, which all keys and counts are."""
_INTEGER = re.compile(r"\s*[+-]?[0-9]{1,10}\s*")
MOST_VALUES = 200_000
"""Largest number of values in a JSON body."""


def parse_whole_number(text: str) -> int:
    """Returns the number. Raises ``ValueError`` for other texts, foreign digits and numbers beyond a column.

    ``str.isdigit`` is true for «²», which ``int`` refuses, and ``int`` reads numbers that no column holds.
    """
    number = int(text) if _INTEGER.fullmatch(text) else LARGEST + 1
    if abs(number) > LARGEST:
        raise ValueError(text[:20])
    return number


def whole_number_or(text: str | None, otherwise: int) -> int:
    """Returns the number in the text, or ``otherwise`` if there is none that a column holds."""
    try:
        return parse_whole_number(text or "")
    except ValueError:
        return otherwise


def whole_numbers(texts: Iterable[str]) -> list[int]:
    """Returns the numbers among the texts, in order."""
    return [number for text in texts if (number := whole_number_or(text, -1)) >= 0]


def parse_json(text: str) -> Any:
    """Returns the value in a field's JSON. Raises ``ValueError`` for other texts, and for JSON nested too deep."""
    try:
        return json.loads(text)
    except RecursionError as error:
        raise ValueError from error


class Values(ImmutableMultiDict[str, str]):
    """Values of the query or of a form; ``type=int`` reads bounded numbers."""

    def get(self, key: str, default: Any = None, type: Any = None) -> Any:  # type: ignore[override]
        """Returns the first value of the key; the default if it is missing or cannot be converted."""
        return super().get(key, default, parse_whole_number if type is int else type)

    def getlist(self, key: str, type: Any = None) -> list[Any]:
        """Returns all values of the key that can be converted."""
        return super().getlist(key, parse_whole_number if type is int else type)


class BoundedRequest(Request):
    """A request whose query and form have bounded numbers."""

    parameter_storage_class = Values

    @property
    def max_content_length(self) -> int | None:
        """Most bytes of the body: those of one file and its form, of several files for a view that takes them."""
        most = super().max_content_length
        view = current_app.view_functions.get(self.endpoint or "")
        return most * getattr(view, "files_at_once", 1) if most else most

    @max_content_length.setter
    def max_content_length(self, most: int | None) -> None:
        self._max_content_length = most  # read by Flask


def takes_files(at_once: int) -> Callable[[View], View]:
    """Marks a view whose form may bring so many files of the largest size in one request."""

    def mark(view: View) -> View:
        view.files_at_once = at_once  # type: ignore[attr-defined]
        return view

    return mark


class BoundedIntegerConverter(IntegerConverter):
    """``<int:…>`` of a path: a number beyond a column is no key of ours, so that the path is not found."""

    def to_python(self, value: str) -> int:
        """Returns the number. Raises ``ValidationError`` beyond the range."""
        try:
            return parse_whole_number(value)
        except ValueError as error:
            raise ValidationError from error


def init_input(app: Flask) -> None:
    """Installs the check of texts; before the views, after the language is known."""
    app.before_request(refuse_unstorable)


def refuse_unstorable() -> None:
    """Raises ``Invalid`` (422) if a text of the request cannot be stored: it has a NUL or half a surrogate pair."""
    if any(map(is_unstorable, _texts())):
        raise Invalid(code="text_not_storable")


def is_unstorable(text: str) -> bool:
    """Returns whether PostgreSQL refuses the text."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return True
    return "\0" in text


def _texts() -> Iterator[str]:
    """Yields every text of the request: path, query, form, names of files, JSON."""
    yield request.path
    for values in (request.args, request.form):
        for key, texts in values.lists():
            yield key
            yield from texts
    for field, file in request.files.items(multi=True):
        yield field
        yield file.filename or ""
    if request.is_json:
        yield from _texts_of_json(_json())


def _json() -> Any:
    try:
        return request.get_json(silent=True)
    except RecursionError as error:
        raise Invalid(code="value_out_of_range") from error


def _texts_of_json(body: Any) -> Iterator[str]:
    """Yields the keys and texts inside. Raises ``Invalid`` for a body with more values than any page sends."""
    waiting, count = [body], 0
    while waiting:
        value = waiting.pop()
        count += 1
        if count > MOST_VALUES:
            raise Invalid(code="value_out_of_range")
        if isinstance(value, str):
            yield value
        elif isinstance(value, dict):
            waiting += [*value.keys(), *value.values()]
        elif isinstance(value, list):
            waiting += value
