"""The database: declarative base, naming convention, common columns, engine and sessions."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal
from time import monotonic
from typing import Annotated, Any

from psycopg import OperationalError
from sqlalchemy import (
    DateTime,
    Dialect,
    Engine,
    Identity,
    MetaData,
    Numeric,
    String,
    Text,
    TypeDecorator,
    create_engine,
    event,
    func,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker
from sqlalchemy.pool import ConnectionPoolEntry

from lms.core import statements
from lms.core.sentences import ErrorDetail, stored_detail

CONVENTION = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

Key = Annotated[int, mapped_column(Identity(), primary_key=True)]
Moment = Annotated[datetime, mapped_column(DateTime(timezone=True))]
Hours = Annotated[Decimal, mapped_column(Numeric(7, 2))]
"""Academic hours of 45 minutes, in quarter steps (the tables check it)."""
Points = Annotated[Decimal, mapped_column(Numeric(9, 4))]
Short = Annotated[str, mapped_column(String(120))]
Line = Annotated[str, mapped_column(String(500))]
Json = Annotated[dict[str, Any], mapped_column(JSONB)]
JsonList = Annotated[list[Any], mapped_column(JSONB)]


class StoredDetail(TypeDecorator[ErrorDetail]):
    """An error in a text column: its code and parameters as JSON, told to each reader in their language.

    An empty text is no error. A text of any other form is a sentence, which versions before codes stored.
    """

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: ErrorDetail | None, _dialect: Dialect) -> str:
        return json.dumps(value.as_json(), ensure_ascii=False) if value else ""

    def process_result_value(self, value: str | None, _dialect: Dialect) -> ErrorDetail | None:
        return stored_detail(_read(value)) if value else None


def _read(text: str) -> Mapping[str, Any] | str:
    if not text.startswith('{"code"'):
        return text
    stored: Mapping[str, Any] = json.loads(text)
    return stored


Detail = Annotated[ErrorDetail | None, mapped_column(StoredDetail, nullable=False, server_default="")]


class Base(DeclarativeBase):
    """Base of every table."""

    metadata = MetaData(naming_convention=CONVENTION)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {getattr(self, 'id', '?')}>"


class Kept:
    """Mixin: an identity key and the moment of creation."""

    id: Mapped[Key]
    created_at: Mapped[Moment] = mapped_column(server_default=func.now())


CONNECT_SECONDS = 5
"""A server that is away is an error after so many seconds; without it a request would wait for minutes."""
TRUSTED_SECONDS = 1.0
"""A connection used within so many seconds is not tested before use, which saves a round trip per request."""


def make_engine(url: str, *, pool: int = 8, prepared: bool = True, **options: Any) -> Engine:
    """Returns an engine for PostgreSQL through psycopg 3. Connections that died while idle are replaced before use.

    ``prepared``: statements that are sent often are prepared on the connection's server process, which a pooler before
    PgBouncer 1.21 may take away after each transaction.

    Errors and logs show statements without their values, which may be personal data and secrets.
    """
    url = url.replace("postgresql://", "postgresql+psycopg://", 1).replace("postgres://", "postgresql+psycopg://", 1)
    unprepared = {} if prepared else {"prepare_threshold": None}
    options.setdefault("connect_args", {"connect_timeout": CONNECT_SECONDS, **unprepared})
    options.setdefault("max_overflow", pool)
    engine = create_engine(url, pool_size=pool, hide_parameters=True, **options)
    event.listen(engine, "checkout", _demand_alive)
    event.listen(engine, "checkin", _note_return)
    statements.measure(engine)
    return engine


def _note_return(_connection: Any, record: ConnectionPoolEntry) -> None:
    record.info["returned"] = monotonic()


def _demand_alive(connection: Any, record: ConnectionPoolEntry, _proxy: Any) -> None:
    """Raises ``DisconnectionError`` for a dead connection, so that the pool opens a new one."""
    returned = record.info.get("returned")
    if returned is None or monotonic() - returned < TRUSTED_SECONDS:
        return
    try:
        connection.execute("SELECT 1")
        connection.rollback()
    except OperationalError as error:
        raise DisconnectionError from error


def make_sessions(engine: Engine) -> sessionmaker[Session]:
    """Returns a session factory. Objects keep their values after the commit of the request."""
    return sessionmaker(engine, expire_on_commit=False)


@contextmanager
def transaction(sessions: sessionmaker[Session]) -> Iterator[Session]:
    """One session and one transaction: committed at the end, rolled back on any error."""
    with sessions.begin() as session:
        yield session


@contextmanager
def savepoint(session: Session) -> Iterator[None]:
    """Rolls the block's changes back on any error, and no others. The block may end the transaction; then those that
    followed are rolled back.
    """
    step = session.begin_nested()  # as a context manager it would not let the block commit
    try:
        yield
    except BaseException:
        (step if step.is_active else session).rollback()
        raise
    if step.is_active:
        step.commit()
