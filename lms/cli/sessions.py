"""Database sessions for commands of the terminal."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.orm import Session, sessionmaker

from lms.composition import configure_keys, wire
from lms.core import i18n, migrate
from lms.core.db import make_engine, make_sessions, transaction
from lms.core.settings import Settings
from lms.devserver.supervisor import running


@contextmanager
def session_factory(settings: Settings) -> Iterator[sessionmaker[Session]]:
    """Yields a session factory on the running database, or on one started for the block; upgrades its tables."""
    with running(settings) as servers, i18n.use_locale(settings.locale):
        migrate.upgrade(servers.database_url)
        wire()
        configure_keys(settings)
        engine = make_engine(servers.database_url)
        try:
            yield make_sessions(engine)
        finally:
            engine.dispose()


@contextmanager
def one_transaction() -> Iterator[Session]:
    """Yields a session in one transaction, committed at the end of the block."""
    with session_factory(Settings()) as sessions, transaction(sessions) as session:
        yield session
