"""Servers of tests are started and stopped in one place, so that none waits half a second at its end."""

import ast
from pathlib import Path

TESTS = Path(__file__).parents[1]


def test_servers_are_served_by_one_function():
    calling = {
        path.relative_to(TESTS).as_posix()
        for path in TESTS.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and node.attr == "serve_forever"
    }
    assert calling == {"support/serving.py"}, "Use tests.support.serving.served"
