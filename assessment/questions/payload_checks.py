"""Checks of a payload from an editor, an import or an API: any JSON gives error messages, never an exception."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from assessment.questions.model import Payload
from assessment.questions.weights import percent
from lms.core.richtext import FORMATS, is_dense_markdown
from lms.core.sentences import ErrorDetail

MAX_OPTION: Final = 4_000
MAX_FEEDBACK: Final = 8_000
MAX_KEY: Final = 500
_ID: Final = re.compile(r"[0-9A-Za-z_-]{1,40}")


class Checker:
    """Collects the errors of a payload; a path is the field's name in the editor: ``options.2.weight``."""

    def __init__(self, payload: Any) -> None:
        self.payload: Payload = payload if isinstance(payload, dict) else {}
        self.errors: list[ErrorDetail] = []

    def wrong(self, path: str, *, code: str, **params: str | int) -> None:
        """Adds an error at the path; ``params`` are the values in its sentence."""
        self.errors.append(ErrorDetail(code, path, params))

    def rich(self, value: Any, path: str, limit: int = MAX_OPTION, *, required: bool = True) -> None:
        """Checks a formatted text: present if required, of a known format, not longer than ``limit``."""
        if not value:
            return self.wrong(path, code="text_missing") if required else None
        if not (isinstance(value, dict) and isinstance(value.get("source"), str) and value.get("format") in FORMATS):
            return self.wrong(path, code="text_malformed")
        if value["format"] == "markdown" and is_dense_markdown(value["source"]):
            return self.wrong(path, code="markdown_too_dense")
        return self.line(value["source"], path, limit, required=required)

    def line(self, value: Any, path: str, limit: int = MAX_KEY, *, required: bool = True) -> None:
        """Checks a plain text: present if required, not longer than ``limit``."""
        if not isinstance(value, str):
            self.wrong(path, code="text_malformed")
        elif required and not value.strip():
            self.wrong(path, code="text_missing")
        elif len(value) > limit:
            self.wrong(path, code="text_above_limit", length=len(value), limit=limit)

    def feedback(self, holder: Mapping[str, Any], path: str, name: str = "feedback") -> None:
        self.rich(holder.get(name), f"{path}.{name}" if path else name, MAX_FEEDBACK, required=False)

    def weight(self, holder: Mapping[str, Any], path: str, lowest: int = -100) -> None:
        """Checks a weight: from ``lowest`` to 100 per cent."""
        value = percent(holder.get("weight"))
        if value is None:
            self.wrong(f"{path}.weight", code="weight_malformed")
        elif value < lowest:
            self.wrong(f"{path}.weight", code="weight_negative")

    def flag(self, name: str) -> None:
        if not isinstance(self.payload.get(name, False), bool):
            self.wrong(name, code="flag_malformed")

    def items(self, name: str, least: int, most: int) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yields the objects of a list with their paths; reports too few or too many."""
        yield from self.items_of(self.payload.get(name), name, least, most)

    def items_of(self, found: Any, path: str, least: int, most: int) -> Iterator[tuple[str, dict[str, Any]]]:
        rows = found if isinstance(found, list) else []
        if len(rows) < least:
            self.wrong(path, code="rows_too_few", least=least, count=len(rows))
        if len(rows) > most:
            self.wrong(path, code="rows_too_many", count=len(rows), most=most)
        for index, row in enumerate(rows[:most]):
            if isinstance(row, dict):
                yield f"{path}.{index}", row
            else:
                self.wrong(f"{path}.{index}", code="row_malformed")

    def ids(self, rows: list[Any], path: str) -> None:
        """Checks that every row has a unique identifier: answers refer to it."""
        found = [row.get("id") for row in rows if isinstance(row, dict)]
        if not all(isinstance(one, str) and _ID.fullmatch(one) for one in found) or len(set(found)) < len(found):
            self.wrong(path, code="rows_not_distinct")
