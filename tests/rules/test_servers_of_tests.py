"""Servers of tests are started and stopped in one place, so that none waits half a second at its end."""

import ast
from pathlib import Path

from tests.support.source_files import nodes_of, tree_of

TESTS = Path(__file__).parents[1]


def test_servers_are_served_by_one_function():
    calling = {
        path.relative_to(TESTS).as_posix()
        for path in TESTS.rglob("*.py")
        for node in nodes_of(tree_of(path))
        if isinstance(node, ast.Attribute) and node.attr == "serve_forever"
    }
    assert calling == {"support/serving.py"}, "Use tests.support.serving.served"
