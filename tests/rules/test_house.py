"""Parts of the product agree: migrations and models, declared and consumed queues, declared and handled events."""

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from ruamel.yaml import YAML

import assessment
import courses
import lms.core
import lms.lti
import lms.registry
from assessment.events import CertificateWithdrawn, RatingHandedIn
from courses.events import CohortChanged, MaterialChanged
from lms import composition
from lms.celery_options import TASK_LIMIT, VISIBILITY_TIMEOUT, limit_of, options
from lms.cli.run import background_children
from lms.core.db import make_engine
from lms.core.jobs import kinds, queues
from lms.core.settings import Settings
from lms.metadata import metadata
from tests.support.wiring import Sources, enqueued, published

ROOT = Path(__file__).parents[2]
DOMAINS: tuple[ModuleType, ...] = (lms.core, lms.registry, courses, assessment, lms.lti)
PACKAGES = ("lms", "courses", "assessment", "worker")

PUBLISHERS = {
    "assessment.events.CertificateWithdrawn": {"assessment.certificates"},
    "assessment.events.CertificatesIssued": {"assessment.certificates"},
    "assessment.events.RatingHandedIn": {"assessment.ratings"},
    "assessment.events.ResultReleased": {"assessment.attestation"},
    "assessment.events.AttemptsGraded": {"assessment.attempts"},
    "assessment.events.DecisionTakenBack": {"assessment.attestation"},
    "assessment.events.WorkHandedIn": {"assessment.attestation"},
    "lms.core.mail.events.LetterFailed": {"lms.core"},
    "courses.events.VersionSubmitted": {"courses.programmes"},
    "courses.events.VersionConsidered": {"courses.programmes"},
    "courses.events.VersionReturned": {"courses.programmes"},
    "assessment.events.ResultChanged": {
        "assessment.attempts",
        "assessment.attestation",
        "assessment.completion",
        "lms.lti",
    },
    "courses.events.CohortChanged": {"courses.groups"},
    "courses.events.EnrolmentMoved": {"courses.groups"},
    "courses.events.EnrolmentsChanged": {"courses.groups"},
    "courses.events.MaterialChanged": {"courses.materials"},
    "courses.events.ProgressMade": {
        "assessment.attestation",
        "assessment.ratings",
        "courses.groups",
        "courses.progress",
    },
    "courses.events.ProgrammeImported": {"courses.programmes"},
    "courses.events.RequirementsChanged": {"assessment.self_checks", "courses.materials"},
    "courses.events.VersionApproved": {"courses.programmes"},
    "courses.events.VersionCopied": {"courses.programmes"},
    "lms.core.people.events.PersonRenamed": {"lms.core"},
}
"""Event → the parts of the product that must publish it."""

FOR_INDICATORS = {
    CertificateWithdrawn,
    CohortChanged,
    MaterialChanged,
    RatingHandedIn,
}
"""Events published for the indicators of monitoring, whose handlers come with that feature."""


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
    """Under ``lms run`` and in containers; a worker that waits for other servers does nothing else."""
    composed = YAML(typ="safe").load(ROOT / "docker-compose.yml")["services"].values()
    commands = [child.command for child in background_children(settings, {}, 1)]
    for places in (commands, [service["command"] for service in composed if "command" in service]):
        named = [command[command.index("--queues") + 1].split(",") for command in places if "--queues" in command]
        assert sorted(name for names in named for name in names) == sorted(queues.ALL)
        assert [queues.PLATFORMS] in named
        assert [queues.MAIL] in named


def test_visibility_timeout_is_above_the_longest_task():
    composition.wire()
    assert max(TASK_LIMIT, *map(limit_of, kinds.all_kinds().values())) < VISIBILITY_TIMEOUT


@pytest.fixture(scope="module")
def sources() -> Sources:
    """Returns the modules of the product, without those that only fill or measure it (demo, benchmark)."""
    return Sources.of(ROOT, PACKAGES, without=("lms.bench", "lms.demo", "lms.migrations"))


def test_every_job_enqueued_has_a_handler(sources: Sources):
    found = enqueued(sources)
    assert not found.unreadable
    declared = {kind.name for kind in composition.JOB_KINDS}
    assert {kind: modules for kind, modules in found.uses.items() if kind not in declared} == {}


def test_every_kind_of_job_is_enqueued_somewhere(sources: Sources):
    assert {kind.name for kind in composition.JOB_KINDS} - enqueued(sources).uses.keys() == set()


def test_every_event_declared_is_published(sources: Sources):
    found = published(sources)
    assert not found.unreadable
    assert found.uses.keys() == {f"{event.__module__}.{event.__name__}" for event in declared_events()}


def test_every_event_is_published_by_its_parts(sources: Sources):
    parts = {
        event: {".".join(module.split(".")[:2]) for module in modules}
        for event, modules in published(sources).uses.items()
    }
    assert parts == PUBLISHERS


def test_every_event_declared_has_a_handler():
    heard = {event for event, _handler in composition.SUBSCRIPTIONS}
    assert declared_events() - heard == FOR_INDICATORS


def declared_events() -> set[type]:
    """Returns the classes of the domains' modules named ``events``."""
    return {
        value
        for domain in DOMAINS
        for module in modules(domain)
        if module.endswith(".events") and module != "lms.core.events"
        for value in vars(importlib.import_module(module)).values()
        if inspect.isclass(value) and value.__module__ == module
    }


def test_notices_are_written_by_notify_alone():
    """The letters change the state of a notice; the page's presenters name its type; generated data are written in
    bulk.
    """
    importers = {
        path.relative_to(ROOT).as_posix()
        for path in python_files(*PACKAGES)
        if "lms.core.notifications.models" in path.read_text(encoding="utf-8")
    }
    core = {f"lms/core/notifications/{name}.py" for name in ("letters", "operations", "queries")}
    assert importers == core | {"lms/web/notices/presenters.py", "lms/demo/volume/notices.py"}


def test_package_files_are_empty():
    for package in PACKAGES:
        for path in (ROOT / package).rglob("__init__.py"):
            assert not path.read_text(encoding="utf-8").strip(), f"{path} should be empty"


def test_no_file_is_longer_than_the_limit():
    long = [
        f"{path.relative_to(ROOT)}: {count}"
        for path in python_files(*PACKAGES)
        if (count := path.read_text(encoding="utf-8").count("\n")) > 400
    ]
    assert not long


def test_application_alone_commits_a_request():
    edge = ROOT / "lms/http/application.py"
    views = [path for path in python_files("lms/http", "lms/web") if path != edge]
    assert views
    assert [str(path.relative_to(ROOT)) for path in views if ".commit(" in path.read_text()] == []
