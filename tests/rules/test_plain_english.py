"""Docstrings, comments and names of tests are written in plain English, not in the dialect of the first versions.

The dialect opens a docstring with a relative clause («Who acts», «What a page shows») and speaks in figures («the
worker comes by», «for good»). A docstring names its subject by the field's noun or begins with a verb. A public name is
the field's term: ``notify`` and not ``nudge``, ``ContentItem`` and not ``Placement``.
"""

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.support.source_files import nodes_of, tree_of

ROOT = Path(__file__).parents[2]
CODE = ("lms", "courses", "assessment", "worker")

OPENINGS = re.compile(
    r"(?:Who|Whoever|Whose|Whom|What|Whatever|Where|Whether|Why|Until when|From what|From when|How (?:far|many|much))\b"
)
"""A docstring that begins so has no subject."""

PHRASES = re.compile(
    r"\b(?:whoever|whosoever|for good|in words|comes? by|came by|thereof|begins? anew|began anew|holds? still"
    r"|in passing|as it is told|is told so|at the first need|sees to it|seen to|makes? nothing of|wants? in"
    r"|knows? nothing of|speaks? of|speak for itself|of its making|lies? at hand|stands? around|goes? its way"
    r"|on the way home|strike here|tests strike|be had|is to be had|what it says|as it likes|of its own accord)\b",
    re.IGNORECASE,
)
"""Figures of the dialect, in docstrings and comments."""

TEST_NAMES = re.compile(
    r"test_(?:who|whoever|whose|what|whatever|where|whether|how|why|when|until|a|an|the)_"
    r"|test_\w*_(?:told|said|for_good|at_hand|by_itself|in_words)(?:_|$)"
)
"""A test's name is subject, verb, expectation, without articles and relative clauses."""

SYMBOLS = re.compile(
    r"Element|Fragments|JobStart|Listed|Nudge|Place|Placement|Shown|Sign|Strike|Told"
    r"|barrier|drain|hear|hold|meet|nudge|particulars|standing|surroundings|tidy|told"
)
"""Classes and functions that were renamed after the field's terms."""

MODULES = re.compile(
    r"addresses|barrier|cards|cells|completing|edge|elements|faces|facts|families|folding|framed|gate|hear|hold|inside"
    r"|inviting|joining|labels|leading|life|lifecycle|many|markup|meet|outgoing|particulars|places|placing|planning|plugin"
    r"|prose|reactions|reading|registering|sheet|showing|splitting|standing|starting|surroundings|tidying|values|ways"
    r"|words"
)
"""Modules that were renamed after their content."""


def docstrings(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Yields line and text of every docstring, those of attributes included."""
    for node in nodes_of(tree):
        body = node.body if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) else []
        for before, statement in zip([None, *body], body, strict=False):
            if not (isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)):
                continue
            text = statement.value.value
            if isinstance(text, str) and (before is None or isinstance(before, ast.Assign | ast.AnnAssign)):
                yield statement.lineno, text


def comments(source: str) -> Iterator[tuple[int, str]]:
    """Yields line and text of every comment."""
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string.lstrip("# ")


def faults(source: str, tree: ast.Module) -> list[tuple[int, str]]:
    """Returns line and text of what is written in the dialect."""
    documented = list(docstrings(tree))
    found = [(line, text) for line, text in documented if OPENINGS.match(text.strip())]
    if not PHRASES.search(" ".join(source.split())):  # reading comments takes most of the time
        return sorted(set(found))
    for line, text in [*documented, *comments(source)]:
        if PHRASES.search(" ".join(text.split())):
            found.append((line, text))
    return sorted(set(found))


def sources() -> list[Path]:
    """Returns the Python files of the product and of its tests."""
    found = [path for folder in (*CODE, "tests", "scripts") for path in (ROOT / folder).rglob("*.py")]
    return [path for path in found if "versions" not in path.parts and path != Path(__file__)]


def test_docstrings_and_comments_are_plain_english():
    wrong = [
        f"{path.relative_to(ROOT)}:{line}: {' '.join(text.split())[:90]}"
        for path in sources()
        for line, text in faults(path.read_text(encoding="utf-8"), tree_of(path))
    ]
    assert not wrong, "\n".join(wrong)


@cache
def symbols(path: Path) -> tuple[str, ...]:
    """Returns the names of the classes and functions of a module."""
    return tuple(node.name for node in nodes_of(tree_of(path)) if isinstance(node, ast.ClassDef | ast.FunctionDef))


def test_names_are_the_terms_of_the_field():
    wrong = [
        f"{path.relative_to(ROOT)}: {name}" for path in sources() for name in symbols(path) if SYMBOLS.fullmatch(name)
    ]
    wrong += [str(path.relative_to(ROOT)) for path in sources() if MODULES.fullmatch(path.stem.removeprefix("test_"))]
    assert not wrong, "\n".join(wrong)


def test_names_of_tests_have_subject_verb_and_expectation():
    wrong = [
        f"{path.relative_to(ROOT)}: {name}" for path in sources() for name in symbols(path) if TEST_NAMES.match(name)
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(
    ("source", "wrong"),
    [
        ('"""Whose launch it is, for the list of sessions."""', True),
        ('"""Returns whose launch it is."""', False),
        ('def f():\n    """Whether the actor may."""', True),
        ('def f():\n    """Returns whether the actor may."""', False),
        ('class A:\n    b: int = 1\n    """What it is worth."""', True),
        ("x = 1  # whoever succeeded begins anew", True),
        ("x = 1  # clears the counter after a success", False),
    ],
)
def test_finds_the_dialect(source: str, wrong: bool):
    assert bool(faults(source, ast.parse(source))) is wrong
