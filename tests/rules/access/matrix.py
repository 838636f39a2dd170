"""The whole access matrix, gathered from the files of the features."""

import importlib
import pkgutil
from pathlib import Path

from flask import Flask
from werkzeug.routing import Rule

from tests.rules.access import Access

PUBLIC_FILES = {"static"}
NO_FEATURES = {"matrix", "world"}


def _gathered() -> dict[str, Access]:
    rows: dict[str, Access] = {}
    for module in pkgutil.iter_modules([str(Path(__file__).parent)]):
        if module.name not in NO_FEATURES:
            found = importlib.import_module(f"tests.rules.access.{module.name}").MATRIX
            assert not rows.keys() & found.keys(), f"named twice: {rows.keys() & found.keys()}"
            rows.update(found)
    return rows


MATRIX = _gathered()


def rules(app: Flask) -> list[Rule]:
    """Returns the rules of every endpoint of the matrix."""
    return [rule for rule in app.url_map.iter_rules() if rule.endpoint not in PUBLIC_FILES]
