"""Runs migrations from the program, without a configuration file or a command line."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection

from lms.core.db import make_engine

FOLDER = Path(__file__).parent.parent / "migrations"


def configuration(connection: Connection | None = None) -> Config:
    """Returns Alembic's configuration for the migrations of this package, over this connection if given."""
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.set_main_option("path_separator", "os")
    if connection is not None:
        config.attributes["connection"] = connection
    return config


def upgrade(url: str, revision: str = "head") -> None:
    """Upgrades the database to this revision; several processes may call it at once."""
    engine = make_engine(url)
    with engine.connect() as connection:
        command.upgrade(configuration(connection), revision)
        connection.commit()
    engine.dispose()
