"""Python files of the repository for the rule tests; each is read, parsed and flattened once in a process."""

import ast
from functools import cache
from pathlib import Path


@cache
def tree_of(path: Path) -> ast.Module:
    """Returns the parsed file. The tree is shared: nobody changes it."""
    return ast.parse(path.read_text(encoding="utf-8"))


@cache
def nodes_of(tree: ast.Module) -> tuple[ast.AST, ...]:
    """Returns every node of the tree, as ``ast.walk`` yields them."""
    return tuple(ast.walk(tree))
