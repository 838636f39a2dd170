"""The system agrees with itself: migrations = models, queues declared = consumed, events declared = handled."""

import ast
import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from ruamel.yaml import YAML

import assessment
import courses
import lms.core
import lms.registry
from lms import composition
from lms.celery_options import TASK_LIMIT, VISIBILITY_TIMEOUT, options
from lms.cli.run import background_children
from lms.core import events
from lms.core.db import make_engine
from lms.core.jobs import kinds, queues
from lms.core.settings import Settings
from lms.metadata import metadata

ROOT = Path(__file__).parents[2]
DOMAINS: tuple[ModuleType, ...] = (lms.core, lms.registry, courses, assessment)


def modules(package: ModuleType) -> Iterator[str]:
    yield from (found.name for found in pkgutil.walk_packages(package.__path__, package.__name__ + "."))


def python_files(*folders: str) -> Iterator[Path]:
    for folder in folders:
        yield from (path for path in (ROOT / folder).rglob("*.py") if "migrations" not in path.parts)


def test_migrations_match_models(make_database: Callable[[], str]):
    engine = make_engine(make_database())
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []
    engine.dispose()


def test_queues_declared_are_consumed():
    composition.wire()
    assert {kind.queue for kind in kinds.all_kinds().values() if not kind.name.startswith("tests.")} <= set(queues.ALL)
    assert {queue.name for queue in options("redis://localhost")["task_queues"]} == set(queues.ALL)


def test_every_queue_has_one_worker(settings: Settings):
    """Where they run: by ``lms run``, and in containers; the one that waits for platforms does nothing else."""
    composed = YAML(typ="safe").load(ROOT / "docker-compose.yml")["services"].values()
    commands = [child.command for child in background_children(settings, {}, 1)]
    for places in (commands, [service["command"] for service in composed if "command" in service]):
        named = [command[command.index("--queues") + 1].split(",") for command in places if "--queues" in command]
        assert sorted(name for names in named for name in names) == sorted(queues.ALL)
        assert [queues.PLATFORMS] in named


def test_visibility_timeout_is_above_the_longest_task():
    assert VISIBILITY_TIMEOUT > TASK_LIMIT


def _calls(name: str) -> Iterator[ast.Call]:
    for path in python_files("lms", "courses", "assessment", "worker"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) == name:
                yield node


def test_every_job_enqueued_has_a_handler():
    composition.wire()
    named = {
        value.value
        for call in _calls("enqueue")
        if len(call.args) > 1 and isinstance(value := call.args[1], ast.Constant)
    }
    assert named <= kinds.all_kinds().keys()


def test_every_kind_of_job_is_enqueued_somewhere():
    composition.wire()
    text = "\n".join(path.read_text(encoding="utf-8") for path in python_files("lms", "courses", "assessment"))
    for name in (kind for kind in kinds.all_kinds() if not kind.startswith("tests.")):
        constants = [
            constant
            for domain in DOMAINS
            for module in modules(domain)
            if module.endswith("jobs") or ".jobs" in module
            for constant, value in vars(importlib.import_module(module)).items()
            if value == name
        ]
        assert f'"{name}"' in text or constants, name


def test_every_event_published_is_declared_and_heard():
    composition.wire()
    declared = {
        value
        for domain in DOMAINS
        for module in modules(domain)
        if module.endswith(".events") and module != "lms.core.events"
        for value in vars(importlib.import_module(module)).values()
        if inspect.isclass(value) and value.__module__ == module
    }
    heard = {event for event, handlers in events.subscriptions().items() if handlers}
    published = {
        getattr(call.args[1].func, "id", getattr(call.args[1].func, "attr", ""))
        for call in _calls("publish")
        if len(call.args) > 1 and isinstance(call.args[1], ast.Call)
    }
    assert {event.__name__ for event in declared} == published
    assert {event for event in declared if event not in heard} == set()


def test_packages_hold_no_code():
    for package in ("lms", "courses", "assessment", "worker"):
        for path in (ROOT / package).rglob("__init__.py"):
            assert not path.read_text(encoding="utf-8").strip(), f"{path} should be empty"


def test_no_file_is_longer_than_a_room():
    long = [
        f"{path.relative_to(ROOT)}: {count}"
        for path in python_files("lms", "courses", "assessment", "worker")
        if (count := path.read_text(encoding="utf-8").count("\n")) > 400
    ]
    assert not long
