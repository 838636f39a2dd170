"""Alembic's environment: one connection, one transaction, the whole metadata."""

from alembic import context
from sqlalchemy import Connection

from lms.core.db import make_engine
from lms.metadata import metadata


def run(connection: Connection) -> None:
    """Migrates over this connection; a lock admits one process at a time."""
    context.configure(connection=connection, target_metadata=metadata, compare_type=True, compare_server_default=True)
    with context.begin_transaction():
        connection.exec_driver_sql("SELECT pg_advisory_xact_lock(7204531)")
        context.run_migrations()


given = context.config.attributes.get("connection")
if given is not None:
    run(given)
else:
    engine = make_engine(context.config.get_main_option("sqlalchemy.url") or "")
    with engine.connect() as opened:
        run(opened)
    engine.dispose()
