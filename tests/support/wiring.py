"""Reads source files for the rule tests: which jobs they enqueue, which events they publish.

Names are resolved through imports, attributes and module constants, without running anything. A function that passes
its own parameter on (``def call(session, kind): enqueue(session, kind, …)``) is followed to its callers.
"""

import ast
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

from tests.support.source_files import nodes_of, tree_of

ENQUEUE = ("lms.core.jobs.queueing.enqueue", "lms.core.jobs.queueing.enqueue_many")
PUBLISH = ("lms.core.events.publish",)
ARGUMENT = 1
"""Position of the kind of job, and of the event, among the arguments."""


@dataclass(frozen=True, slots=True)
class Use:
    """An argument as one call gives it: the module that calls, and the expression."""

    module: str
    expression: ast.expr

    @property
    def place(self) -> str:
        """Module and line, for messages of a failed test."""
        return f"{self.module}:{self.expression.lineno}"


@dataclass(frozen=True, slots=True)
class Found:
    """Values (kinds of jobs or names of events) with the modules that use them, and the calls that cannot be
    resolved.
    """

    uses: Mapping[str, frozenset[str]]
    unreadable: tuple[str, ...]


class Sources:
    """Parsed modules by dotted name."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self.trees = {name: ast.parse(text) for name, text in texts.items()}

    @classmethod
    @cache
    def of(cls, root: Path, packages: tuple[str, ...], without: tuple[str, ...] = ()) -> "Sources":
        """Reads the packages below ``root``, leaving out modules whose name begins with one of ``without``."""
        found = cls({})
        for package in packages:
            for path in (root / package).rglob("*.py"):
                name = ".".join(path.relative_to(root).with_suffix("").parts).removesuffix(".__init__")
                if not name.startswith(without):
                    found.trees[name] = tree_of(path)
        return found

    @cached_property
    def names(self) -> dict[str, dict[str, str]]:
        """Per module: each name that an import binds → the full name that it stands for."""
        return {module: _imported(tree) for module, tree in self.trees.items()}

    @cached_property
    def defined(self) -> dict[str, ast.stmt]:
        """Full name → the statement at the top of a module that defines it."""
        return {f"{module}.{name}": node for module, tree in self.trees.items() for name, node in _defined(tree)}

    def full_name(self, module: str, expression: ast.expr) -> str | None:
        """Returns the full name of a name or attribute used in the module, followed to its definition."""
        match expression:
            case ast.Name(id=name):
                return self._followed(self.names[module].get(name) or f"{module}.{name}")
            case ast.Attribute(value=of, attr=name):
                base = self.full_name(module, of)
                return self._followed(f"{base}.{name}") if base else None
        return None

    def _followed(self, name: str) -> str:
        """Returns where the name was first defined, when the module that it was taken from had imported it."""
        module, _dot, last = name.rpartition(".")
        further = self.names.get(module, {}).get(last)
        return name if name in self.defined or further is None or further == name else self._followed(further)

    def text(self, module: str, expression: ast.expr) -> str | None:
        """Returns the value of a literal text or of a constant, wherever that is defined."""
        if isinstance(expression, ast.Constant):
            return expression.value if isinstance(expression.value, str) else None
        name = self.full_name(module, expression)
        node = self.defined.get(name) if name else None
        if name is None or not isinstance(node, ast.Assign | ast.AnnAssign) or node.value is None:
            return None
        return self.text(name.rpartition(".")[0], node.value)

    def uses(self, *functions: str) -> Iterator[Use]:
        """Yields the second argument of each call of these functions, and of functions that pass theirs on."""
        wanted, known = dict.fromkeys(functions, ARGUMENT), set(functions)
        while wanted:
            passed_on: dict[str, int] = {}
            for module, tree in self.trees.items():
                for inside, call in _calls(tree):
                    position = wanted.get(self.full_name(module, call.func) or "")
                    argument = None if position is None else _argument(call, position)
                    if argument is None:
                        continue
                    parameter = _position(inside, argument)
                    if parameter is None or inside is None:
                        yield Use(module, argument)
                    elif (forwarder := f"{module}.{inside.name}") not in known:
                        known.add(forwarder)
                        passed_on[forwarder] = parameter
            wanted = passed_on


@cache
def enqueued(sources: Sources) -> Found:
    """Returns the kinds of jobs that the sources enqueue."""
    return _found((use, sources.text(use.module, use.expression)) for use in sources.uses(*ENQUEUE))


@cache
def published(sources: Sources) -> Found:
    """Returns the full names of the events that the sources publish."""
    return _found((use, _class_of(sources, use)) for use in sources.uses(*PUBLISH))


def _class_of(sources: Sources, use: Use) -> str | None:
    made = use.expression
    return sources.full_name(use.module, made.func) if isinstance(made, ast.Call) else None


def _found(pairs: Iterable[tuple[Use, str | None]]) -> Found:
    uses: dict[str, set[str]] = {}
    unreadable = []
    for use, value in pairs:
        if value is None:
            unreadable.append(use.place)
        else:
            uses.setdefault(value, set()).add(use.module)
    return Found({value: frozenset(modules) for value, modules in uses.items()}, tuple(unreadable))


@cache
def _imported(tree: ast.Module) -> dict[str, str]:
    names = {}
    for node in nodes_of(tree):
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.update({alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names})
        elif isinstance(node, ast.Import):
            for alias in node.names:
                first = alias.name.partition(".")[0]
                names[alias.asname or first] = alias.name if alias.asname else first
    return names


def _defined(tree: ast.Module) -> Iterator[tuple[str, ast.stmt]]:
    for node in tree.body:
        match node:
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name) | ast.AnnAssign(target=ast.Name(id=name)):
                yield name, node
            case ast.Assign(targets=targets):
                yield from ((one.id, node) for one in targets if isinstance(one, ast.Name))


@cache
def _calls(tree: ast.Module) -> tuple[tuple[ast.FunctionDef | None, ast.Call], ...]:
    """Returns every call with the function at the top of the module that it stands in."""
    tops = ((top, top if isinstance(top, ast.FunctionDef) else None) for top in tree.body)
    return tuple((inside, node) for top, inside in tops for node in ast.walk(top) if isinstance(node, ast.Call))


def _argument(call: ast.Call, position: int) -> ast.expr | None:
    named = {keyword.arg: keyword.value for keyword in call.keywords}
    return call.args[position] if len(call.args) > position else named.get("kind") or named.get("event")


def _position(function: ast.FunctionDef | None, argument: ast.expr) -> int | None:
    """Returns the place of the function's parameter of this name, if the argument is one."""
    if function is None or not isinstance(argument, ast.Name):
        return None
    names = [parameter.arg for parameter in (*function.args.posonlyargs, *function.args.args)]
    return names.index(argument.id) if argument.id in names else None
