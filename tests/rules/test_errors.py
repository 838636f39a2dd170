"""Every domain error has its own code, and every code given at a raise has a sentence in the catalogue."""

import ast
import importlib
import pkgutil
import re
from collections import Counter
from collections.abc import Iterator
from inspect import signature
from pathlib import Path

import pytest

import assessment
import courses
import lms
from assessment.questions.registry import question_types
from courses.programmes.operations import HOUR_KINDS
from lms.core.errors import DomainError
from lms.error_messages.catalogue import SENTENCES
from tests.support.source_files import nodes_of
from tests.support.wiring import Sources

ROOT = Path(__file__).parents[2]
DOMAIN = ("courses", "assessment", "lms.core", "lms.registry", "lms.lti")
GETTEXT = {"_", "_l", "gettext", "lazy_gettext", "ngettext", "pgettext"}
SNAKE_CASE = re.compile(r"[a-z]+(_[a-z]+)*")


def _import_everything() -> None:
    for package in (lms, courses, assessment):
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not found.name.startswith("lms.migrations") and not found.name.endswith("__main__"):
                importlib.import_module(found.name)


@pytest.fixture(scope="module")
def classes() -> list[type[DomainError]]:
    """Returns ``DomainError`` and all its subclasses in the product."""
    _import_everything()

    def below(kind: type[DomainError]) -> Iterator[type[DomainError]]:
        yield kind
        for other in kind.__subclasses__():
            yield from below(other)

    return [kind for kind in below(DomainError) if not kind.__module__.startswith("test")]


@pytest.fixture(scope="module")
def raised() -> dict[str, str]:
    """Returns each literal ``code=`` given to a domain error's class, with a module that gives it."""
    sources = Sources.of(ROOT, ("lms", "courses", "assessment", "worker"), without=("lms.migrations",))
    return {
        value.value: module
        for module, tree in sources.trees.items()
        for call in nodes_of(tree)
        if isinstance(call, ast.Call)
        for value in _codes(call, sources.full_name(module, call.func))
        if isinstance(value, ast.Constant) and isinstance(value.value, str)
    }


def _codes(call: ast.Call, function: str | None) -> Iterator[ast.expr]:
    """Yields the arguments that are codes; a helper that passes a code on has a parameter ``code``."""
    yield from (keyword.value for keyword in call.keywords if keyword.arg == "code")
    if function in {"lms.core.sentences.ErrorDetail", "lms.core.sentences.sentence"}:
        for first in call.args[:1]:
            yield from (first.body, first.orelse) if isinstance(first, ast.IfExp) else (first,)


def test_every_error_class_declares_its_own_code(classes: list[type[DomainError]]):
    inherited = [kind.__qualname__ for kind in classes if "code" not in vars(kind)]
    assert not inherited
    assert not [kind.code for kind in classes if not SNAKE_CASE.fullmatch(kind.code)]


def test_codes_of_classes_are_unique(classes: list[type[DomainError]], raised: dict[str, str]):
    repeated = [code for code, count in Counter(kind.code for kind in classes).items() if count > 1]
    assert not repeated
    assert not raised.keys() & {kind.code for kind in classes}


def test_every_code_raised_has_a_sentence(raised: dict[str, str]):
    assert raised, "the reader of the sources finds no code: it is broken"
    assert {code: module for code, module in raised.items() if code not in SENTENCES} == {}


def test_every_sentence_belongs_to_a_code(classes: list[type[DomainError]], raised: dict[str, str]):
    composed = {"link_unknown", "link_used", "link_ended", *HOUR_KINDS}
    types = {text for kind in question_types() for text in (f"question_type_{kind}", f"question_type_{kind}_help")}
    assert set(SENTENCES) - raised.keys() - {kind.code for kind in classes} - composed - types == set()


def test_every_question_type_has_a_name_and_a_help_text():
    assert [kind for kind, type_ in question_types().items() if not type_.label or not type_.help] == []


@pytest.fixture(scope="module")
def domain() -> Sources:
    """Returns the sources of the domain packages."""
    return Sources.of(ROOT, ("lms", "courses", "assessment", "worker"), without=("lms.migrations",))


def _gives_sentence(kind: type[DomainError], call: ast.Call) -> bool:
    """Returns whether the call gives a ``message``, or a value that is translated where the error is raised."""
    first = next(iter(signature(kind).parameters))
    given = (*call.args, *(keyword.value for keyword in call.keywords))
    translated = any(
        isinstance(part, ast.Call) and isinstance(part.func, ast.Name) and part.func.id in GETTEXT
        for value in given
        for part in ast.walk(value)
    )
    return translated or (first == "message" and bool(call.args)) or any(key.arg == "message" for key in call.keywords)


def test_domain_raises_no_sentences(classes: list[type[DomainError]], domain: Sources):
    kinds = {f"{kind.__module__}.{kind.__qualname__}": kind for kind in classes}
    calls = [
        (module, kinds[name], call)
        for module, tree in domain.trees.items()
        if module.startswith(DOMAIN)
        for call in nodes_of(tree)
        if isinstance(call, ast.Call) and (name := domain.full_name(module, call.func)) in kinds
    ]
    assert len(calls) > 100, "the reader of the sources finds no domain errors: it is broken"
    assert [f"{module}:{call.lineno}" for module, kind, call in calls if _gives_sentence(kind, call)] == []


def test_code_has_one_sentence():
    parts = [vars(importlib.import_module(f"lms.error_messages.{found.name}")) for found in _message_modules()]
    counted = Counter(code for part in parts for code in part["SENTENCES"])
    assert [code for code, number in counted.items() if number > 1] == []
    assert set(counted) == set(SENTENCES)


def _message_modules() -> list[pkgutil.ModuleInfo]:
    folder = [str(ROOT / "lms" / "error_messages")]
    return [found for found in pkgutil.iter_modules(folder) if found.name != "catalogue"]
