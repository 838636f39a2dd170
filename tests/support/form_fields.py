"""Names and values of the fields of a page, and the names that a module reads from a request."""

import ast
from collections.abc import Iterator
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

from tests.support.source_files import nodes_of, tree_of

READERS = {"get", "getlist"}


class _Fields(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.values: dict[str, str] = {}
        self._open = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        name = given.get("name") or ""
        if tag in ("select", "textarea") and name:
            self._open = name
            self.values.setdefault(name, "")
        elif tag == "input" and name and given.get("type") not in ("submit", "file"):
            self.values.setdefault(name, given.get("value") or "")
        elif tag == "option" and self._open and ("selected" in given or not self.values[self._open]):
            self.values[self._open] = given.get("value") or ""

    def handle_endtag(self, tag: str) -> None:
        if tag in ("select", "textarea"):
            self._open = ""


def fields_of_page(html: str) -> dict[str, str]:
    """Returns the fields of all forms of the page with the values that a browser would send."""
    reader = _Fields()
    reader.feed(html)
    return reader.values


@cache
def names_read(folder: Path, source: str) -> set[str]:
    """Returns the literal keys that the folder's modules read from ``request.<source>`` (``args`` or ``form``)."""
    return {name for path in folder.rglob("*.py") for name in _names(tree_of(path), source)}


def _names(tree: ast.Module, source: str) -> Iterator[str]:
    for call in nodes_of(tree):
        if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute) or not call.args:
            continue
        of, key = call.func.value, call.args[0]
        read_from = of.attr if isinstance(of, ast.Attribute) else of.id if isinstance(of, ast.Name) else ""
        if call.func.attr in READERS and read_from == source and isinstance(key, ast.Constant):
            yield str(key.value)
