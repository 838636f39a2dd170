"""Regular expressions of the product's code, and texts on which a careless one takes far too long."""

import ast
import importlib
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from re import _constants as parts  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any, Final

from tests.support.source_files import nodes_of, tree_of

ROOT: Final = Path(__file__).parents[2]
METHODS: Final = frozenset({"match", "fullmatch", "search", "sub", "split", "finditer", "findall"})
FOLDERS: Final = ("assessment", "courses", "lms", "worker")
REPETITIONS: Final = (14, 18, 22, 26, 40, 70, 100, 150, 200, 300, 500, 800)
"""Repetitions of a piece: small steps first, so that exponential growth shows before it hangs."""
LONGEST: Final = 800
ENDS: Final = ("", "\x00", "1")


@dataclass(frozen=True, slots=True)
class Use:
    """A pattern with the method it is applied by, and its place in the code."""

    place: str
    pattern: re.Pattern[str]
    method: str

    def run(self, text: str) -> None:
        found = getattr(self.pattern, self.method)
        found("", text) if self.method == "sub" else found(text)


def uses() -> list[Use]:
    """Returns every use of a pattern: constants of modules, and literals in calls of ``re``."""
    found = {}
    for file in sorted(path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py")):
        for use in _uses_in(file):
            found[use.pattern.pattern, use.pattern.flags, use.method] = use
    return sorted(found.values(), key=lambda use: use.place)


def _uses_in(file: Path) -> Iterator[Use]:
    nodes = nodes_of(tree_of(file))
    if not any(isinstance(node, ast.Name) and node.id == "re" for node in nodes) and "re." not in file.name:
        names = {alias.name for node in nodes if isinstance(node, ast.ImportFrom) for alias in node.names}
        if not any(name.isupper() for name in names):
            return
    name = ".".join(file.relative_to(ROOT).with_suffix("").parts)
    module = importlib.import_module(name)
    for node in nodes:
        if isinstance(node, ast.Attribute) and node.attr in METHODS:
            yield from _named(module, node, f"{file.relative_to(ROOT)}:{node.lineno}")
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in METHODS:
            yield from _literal(module, node, f"{file.relative_to(ROOT)}:{node.lineno}")


def _named(module: Any, node: ast.Attribute, place: str) -> Iterator[Use]:
    value = getattr(module, node.value.id, None) if isinstance(node.value, ast.Name) else None
    if isinstance(value, re.Pattern):
        yield Use(place, value, node.attr)


def _literal(module: Any, node: ast.Call, place: str) -> Iterator[Use]:
    func = node.func
    if not (isinstance(func, ast.Attribute) and isinstance(func.value, ast.Name) and func.value.id == "re"):
        return
    source = _constant(module, node.args[0])
    if source is not None:
        given = ast.unparse(ast.Module(list(node.args[1:]) + [word.value for word in node.keywords], []))
        yield Use(place, re.compile(source, re.IGNORECASE if "CASE" in given or "re.I" in given else 0), func.attr)


def _constant(module: Any, node: ast.expr) -> str | None:
    """Returns the text of a literal pattern; one made of module constants is composed."""
    try:
        value = eval(compile(ast.Expression(node), "<pattern>", "eval"), dict(vars(module)))
    except NameError:
        return None
    return value if isinstance(value, str) else None


def attacks(pattern: re.Pattern[str]) -> list[tuple[str, str]]:
    """Returns pairs of a beginning and a piece to repeat: what each repetition of the pattern accepts, and its
    beginnings.
    """
    found: dict[tuple[str, str], None] = {}
    _collect(list(parser.parse(pattern.pattern, pattern.flags & ~re.UNICODE)), "", found)
    pumps = {pump for _before, pump in found}
    whole = {before + pump for before, pump in found if before}
    return [*found, *(("", pump) for pump in sorted(whole | pumps) if ("", pump) not in found)]


def _collect(items: list[Any], before: str, found: dict[tuple[str, str], None]) -> None:
    for op, value in items:
        if op in (parts.MAX_REPEAT, parts.MIN_REPEAT, parts.POSSESSIVE_REPEAT):
            _least, most, inner = value
            if most > 12:
                found.update({(before, pump): None for pump in _pumps(list(inner))})
            _collect(list(inner), before, found)
        elif op is parts.SUBPATTERN:
            _collect(list(value[3]), before, found)
        elif op is parts.ATOMIC_GROUP:
            _collect(list(value), before, found)
        elif op is parts.BRANCH:
            for branch in value[1]:
                _collect(list(branch), before, found)
        elif op in (parts.ASSERT, parts.ASSERT_NOT):
            _collect(list(value[1]), before, found)
        before += _sample([(op, value)])


def _pumps(inner: list[Any]) -> set[str]:
    return {_sample(inner, turn) for turn in range(6)} - {""}


def _sample(items: list[Any], turn: int = 0) -> str:
    """Returns a short text that the items accept; ``turn`` chooses among classes and branches."""
    return "".join(_one(op, value, turn) for op, value in items)


def _one(op: Any, value: Any, turn: int) -> str:
    if op is parts.LITERAL:
        return chr(value)
    if op is parts.NOT_LITERAL:
        return "x" if chr(value) != "x" else "y"
    if op is parts.ANY:
        return "a 1."[turn % 4]
    if op is parts.IN:
        return _member(value, turn)
    if op in (parts.MAX_REPEAT, parts.MIN_REPEAT, parts.POSSESSIVE_REPEAT):
        return _sample(list(value[2]), turn) * max(value[0], min(turn, value[1], 1))
    if op is parts.SUBPATTERN:
        return _sample(list(value[3]), turn)
    if op is parts.ATOMIC_GROUP:
        return _sample(list(value), turn)
    if op is parts.BRANCH:
        return _sample(list(value[1][turn % len(value[1])]), turn)
    return ""


CATEGORIES: Final = {"DIGIT": "1", "SPACE": " ", "WORD": "a", "NOT_DIGIT": "a", "NOT_SPACE": "a", "NOT_WORD": " "}
ANY_SIGNS: Final = " a1аА.,-\t:%\"'=(/«\n<"


def _member(value: Any, turn: int) -> str:
    if value[0][0] is parts.NEGATE:
        return _outside(value, turn)
    members = []
    for op, what in value:
        if op is parts.LITERAL:
            members.append(chr(what))
        elif op is parts.RANGE:
            members += [chr(what[0]), chr(what[1])]
        elif op is parts.CATEGORY:
            members.append(CATEGORIES[str(what).removeprefix("CATEGORY_")])
    return members[turn % len(members)]


def _outside(value: Any, turn: int) -> str:
    # The class is tried by the engine itself: its source is not kept by the parser.
    banned = {chr(what) for op, what in value[1:] if op is parts.LITERAL}
    named = {str(what).removeprefix("CATEGORY_") for op, what in value[1:] if op is parts.CATEGORY}
    allowed = [
        sign
        for sign in ANY_SIGNS
        if sign not in banned
        and not ("SPACE" in named and sign.isspace())
        and not ("DIGIT" in named and sign.isdigit())
        and not ("WORD" in named and (sign.isalnum() or sign == "_"))
        and not ("NOT_WORD" in named and not (sign.isalnum() or sign == "_"))
    ]
    return allowed[turn % len(allowed)] if allowed else ""


def worst(run: Callable[[str], Any], start: str, pump: str, *, limit: float) -> str:
    """Returns a text of at most about ``LONGEST`` characters that took more than ``limit`` seconds of CPU, or an empty
    string.
    """
    for end in ENDS:
        for count in (*(count for count in REPETITIONS if count * len(pump) < LONGEST), LONGEST // len(pump)):
            text = start + pump * count + end
            if _seconds(run, text) > limit and _seconds(run, text) > limit:
                return f"{start!r} + {pump!r} × {count} + {end!r}"
    return ""


def _seconds(run: Callable[[str], Any], text: str) -> float:
    began = time.thread_time()
    run(text)
    return time.thread_time() - began
