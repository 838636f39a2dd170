"""Cookies are read and written in one place, which gives each its prefix and its attributes."""

import ast
from pathlib import Path

from tests.support.source_files import nodes_of, tree_of

ROOT = Path(__file__).parents[2]
PLACE = ROOT / "lms" / "http" / "cookies.py"
WRITERS = {"set_cookie", "delete_cookie"}


def uses(path: Path) -> list[int]:
    """Returns the lines that read or write a cookie by Flask's own means."""
    found = [
        node.lineno
        for node in nodes_of(tree_of(path))
        if isinstance(node, ast.Attribute)
        and (node.attr in WRITERS or (node.attr == "cookies" and ast.unparse(node.value) == "request"))
    ]
    return sorted(found)


def test_only_one_module_reads_and_writes_cookies():
    sources = [path for path in (ROOT / "lms").rglob("*.py") if "bench" not in path.parts]
    wrong = {str(path.relative_to(ROOT)): lines for path in sources if path != PLACE and (lines := uses(path))}
    assert wrong == {}
    assert len(uses(PLACE)) == 3
