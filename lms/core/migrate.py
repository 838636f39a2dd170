"""Migrations, run from the program: no configuration file, no command line."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection

from lms.core.db import make_engine

FOLDER = Path(__file__).parent.parent / "migrations"


def configuration(connection: Connection | None = None) -> Config:
    """Alembic's configuration for our folder, over this connection when there is one."""
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.set_main_option("path_separator", "os")
    if connection is not None:
        config.attributes["connection"] = connection
    return config


def upgrade(url: str, revision: str = "head") -> None:
    """Bring the database to this revision; several processes may call it at once."""
    engine = make_engine(url)
    with engine.connect() as connection:
        command.upgrade(configuration(connection), revision)
        connection.commit()
    engine.dispose()
