"""Sets of roles are written once, in ``lms.core.auth.roles``."""

import ast
from collections.abc import Iterator
from pathlib import Path

from lms.core.auth import roles
from lms.web.shell.role_labels import WORDS
from tests.support.source_files import nodes_of, tree_of

ROOT = Path(__file__).parents[2]
EVERY_ROLE = frozenset(role for held in roles.ROLES_BY_PLACE.values() for role in held)
EXCEPTIONS = {"lms/core/auth/roles.py", "lms/web/shell/role_labels.py"}
"""Modules that define the sets and the word for each role."""


def collections(tree: ast.Module) -> Iterator[list[ast.expr]]:
    yield from (node.elts for node in nodes_of(tree) if isinstance(node, ast.Tuple | ast.List | ast.Set))


def role_arguments(tree: ast.Module) -> Iterator[list[ast.expr]]:
    yield from (node.args for node in nodes_of(tree) if isinstance(node, ast.Call))


def names_roles(elements: list[ast.expr]) -> bool:
    """True if two or more of the elements are roles written as text."""
    return sum(isinstance(element, ast.Constant) and element.value in EVERY_ROLE for element in elements) > 1


def sets_of_roles(tree: ast.Module) -> int:
    return sum(map(names_roles, (*collections(tree), *role_arguments(tree))))


def test_finds_sets_of_roles_in_source():
    assert sets_of_roles(ast.parse('GRADERS = ("leader", "expert")')) == 1
    assert sets_of_roles(ast.parse('at_site("leader", "teacher")')) == 1
    assert sets_of_roles(ast.parse('appoint("leader", site)')) == 0


def test_no_module_writes_a_set_of_roles():
    found = {
        str(path.relative_to(ROOT))
        for package in ("lms", "courses", "assessment", "worker")
        for path in (ROOT / package).rglob("*.py")
        if "migrations" not in path.parts and sets_of_roles(tree_of(path))
    }
    assert found - EXCEPTIONS == set()


def test_every_role_has_a_word_and_a_rank():
    assert set(WORDS) == EVERY_ROLE
    assert set(roles.RANKED) == EVERY_ROLE
    assert len(roles.RANKED) == len(EVERY_ROLE)
