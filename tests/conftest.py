"""Real servers, started once a session; a migrated template database is cloned for each test that needs its own."""

import itertools
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session, sessionmaker

from lms import composition
from lms.core import i18n
from lms.core.db import make_engine
from lms.core.sentences import declare_sentences
from lms.core.settings import Settings
from lms.devserver.postgres import NAME
from lms.devserver.supervisor import Servers, running
from lms.error_messages.catalogue import SENTENCES
from lms.lti.trust import tool_keys
from tests.support import browser_failures, lanes
from tests.support.clusters import template_cluster
from tests.support.memory import throwaway_folder
from tests.support.moving_engine import MovingEngine
from tests.support.platform.certificates import PRIVATE_HOSTS, Certificates, make_certificates
from tests.support.platform.independent import IndependentPlatform
from tests.support.platform.strict import StrictPlatform
from tests.support.processes import TEMPLATE_CACHE
from tests.support.quick_hashing import hash_quickly
from tests.support.superuser import as_superuser
from tests.support.thoroughness import register_profiles
from tests.support.tool_pairs import next_pair

for name in [key for key in os.environ if key.startswith("LMS_")]:
    del os.environ[name]

register_profiles()
declare_sentences(SENTENCES)
tool_keys._new_key = next_pair
hash_quickly()

_numbers = itertools.count(1)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Orders the files by duration, longest first, when several processes share them (``-n``)."""
    if hasattr(config, "workerinput"):
        items.sort(key=lambda item: lanes.rank(item.nodeid))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Lists browser tests that passed only when they were repeated."""
    browser_failures.list_unsteady(terminalreporter)


@pytest.fixture(scope="session")
def data_folder() -> Iterator[Path]:
    """Data folder of the servers that all tests of the process share."""
    with throwaway_folder() as folder:
        yield folder / "data"


@pytest.fixture(scope="session")
def servers(data_folder: Path) -> Iterator[Servers]:
    """PostgreSQL and Valkey, started as `make run` starts them, on throw-away data."""
    with running(Settings(data=data_folder), fast=True, template=template_cluster()) as started:
        yield started


def _admin(url: str, *statements: str) -> None:
    engine = make_engine(as_superuser(url), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()


def _named(url: str, name: str) -> str:
    head, _, tail = url.partition("?")
    return head.rpartition("/")[0] + "/" + name + (f"?{tail}" if tail else "")


@pytest.fixture(scope="session")
def template_database(servers: Servers) -> str:
    """Name of a database with all migrations, the template of clones."""
    return NAME


@pytest.fixture(scope="session")
def make_database(servers: Servers, template_database: str) -> Callable[[], str]:
    """Returns a function that creates a migrated database and returns its address."""

    def make() -> str:
        name = f"t{next(_numbers)}"
        _admin(servers.database_url, f"CREATE DATABASE {name} TEMPLATE {template_database} OWNER {NAME}")
        return _named(servers.database_url, name)

    return make


@pytest.fixture(scope="session")
def make_empty_database(servers: Servers) -> Callable[[], str]:
    """Returns a function that creates a database without tables and returns its address."""

    def make() -> str:
        name = f"t{next(_numbers)}"
        _admin(servers.database_url, f"CREATE DATABASE {name} OWNER {NAME}")
        return _named(servers.database_url, name)

    return make


@pytest.fixture(scope="session")
def _moving_engine(servers: Servers) -> Iterator[MovingEngine]:
    moving = MovingEngine(servers.database_url)
    yield moving
    moving.engine.dispose()


@pytest.fixture
def own_engine(servers: Servers, make_database: Callable[[], str], _moving_engine: MovingEngine) -> Iterator[Engine]:
    """An engine on a database of the test's own, for commits and several connections; deleted after the test."""
    with _moving_engine.on(make_database()) as name:
        yield _moving_engine.engine.execution_options()  # an object of its own: what is kept of a database hangs on it
    _admin(servers.database_url, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    """TLS certificates of the tests' own authority, for https://localhost."""
    return make_certificates(tmp_path_factory.mktemp("certificates"))


@pytest.fixture(scope="session")
def settings(
    data_folder: Path, servers: Servers, make_database: Callable[[], str], certificates: Certificates
) -> Settings:
    """Settings of the database that most tests share; each test rolls back."""
    return Settings(
        data=data_folder,
        database_url=make_database(),
        redis_url=servers.redis_url,
        demo=True,
        public_url="http://localhost",
        locale="ru",
        release_seconds=0,
        platform_private_hosts=PRIVATE_HOSTS,
        platform_ca_file=certificates.ca_file,
        template_cache=TEMPLATE_CACHE,
        slow_statement_ms=0,  # a busy machine would log lines that no test expects
    )


@pytest.fixture(scope="session")
def engine(settings: Settings) -> Iterator[Engine]:
    assert settings.database_url
    made = make_engine(settings.database_url)
    yield made
    made.dispose()


@contextmanager
def rolled_back(engine: Engine, settings: Settings) -> Iterator[sessionmaker[Session]]:
    """Yields sessions over one connection whose transaction is rolled back; a commit releases a savepoint."""
    composition.wire()
    composition.configure_ports(settings)
    with engine.connect() as connection:
        outer = connection.begin()
        yield sessionmaker(connection, expire_on_commit=False, join_transaction_mode="create_savepoint")
        outer.rollback()


@pytest.fixture
def sessions(engine: Engine, settings: Settings) -> Iterator[sessionmaker[Session]]:
    """Sessions of one test, which see what the others flushed; everything is rolled back after it."""
    with rolled_back(engine, settings) as made:
        yield made


@pytest.fixture
def session(sessions: sessionmaker[Session]) -> Iterator[Session]:
    """A session for operations; everything is rolled back after the test."""
    with sessions() as opened:
        yield opened


@pytest.fixture(scope="session")
def _app(settings: Settings) -> Flask:
    from lms.app import create_app

    app = create_app(settings)
    app.config.update(TESTING=True, WTF_CSRF_ENABLED=False, PROPAGATE_EXCEPTIONS=False)
    return app


@contextmanager
def serving(app: Flask, sessions: sessionmaker[Session]) -> Iterator[Flask]:
    """Makes the application use these sessions for the length of the block."""
    before = composition._current[:]
    composition._current[:] = [replace(before[0], sessions=sessions)]
    yield app
    composition._current[:] = before


@pytest.fixture
def app(_app: Flask, sessions: sessionmaker[Session]) -> Iterator[Flask]:
    """The application on the test's own transaction; it sees what `session` flushed."""
    with serving(_app, sessions) as served:
        yield served


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A client without JavaScript, not logged in; see `tests.support.browsing.log_in`."""
    return app.test_client()


@pytest.fixture
def platform(certificates: Certificates) -> Iterator[StrictPlatform]:
    """A started platform that launches and keeps grades; ``registered(session, platform)`` saves it in our tables."""
    with StrictPlatform(certificates) as started:
        yield started


@pytest.fixture
def independent(certificates: Certificates) -> Iterator[IndependentPlatform]:
    """A started platform on another implementation of LTI 1.3; ``registered(session, independent)`` saves it."""
    with IndependentPlatform(certificates) as started:
        yield started


@pytest.fixture(autouse=True)
def _speak_russian() -> Iterator[None]:
    with i18n.use_locale("ru"):
        yield
