"""The limits that docs/security.md names are those of the code."""

import re
from importlib import import_module
from pathlib import Path

ROW = re.compile(r"\| `([\w.]+)\.([A-Z_]+)` = ([0-9]+) \|$", re.MULTILINE)
PAGE = Path(__file__).parents[2] / "docs" / "security.md"


def test_limits_named_are_those_of_the_code():
    named = ROW.findall(PAGE.read_text(encoding="utf-8"))
    assert len(named) >= 15
    differing = {
        f"{module}.{name}": (int(limit), getattr(import_module(module), name))
        for module, name, limit in named
        if getattr(import_module(module), name) != int(limit)
    }
    assert differing == {}
