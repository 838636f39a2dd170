"""``lms shell``: an interactive Python on the database, with the models, a session and the composed parts at hand."""

import code
import readline
import rlcompleter
from contextlib import suppress
from pathlib import Path
from typing import Any

import click
import sqlalchemy

from lms import composition
from lms.cli.start import usable
from lms.core import migrate
from lms.core.clock import utc_now
from lms.core.db import Base
from lms.core.settings import Settings
from lms.devserver.supervisor import running
from lms.metadata import metadata

HISTORY_LINES = 1000


@click.command()
@click.option("--command", "-c", "source", help="Run this Python and end.")
def command(source: str | None) -> None:
    """For developers: an interactive Python on the database, with its models and a session.

    Uses the running servers, or starts them for as long as it takes. Nothing is kept without session.commit().
    """
    settings = usable(Settings())
    with running(settings) as servers:
        migrate.upgrade(servers.database_url)
        addresses = {"database_url": servers.database_url, "redis_url": servers.redis_url}
        parts = composition.compose(settings.model_copy(update=addresses))
        try:
            with parts.sessions() as session:
                names = namespace(parts) | {"session": session}
                if source is None:
                    interact(names, settings.data / "shell-history")
                else:
                    exec(source, names)  # noqa: S102  # that is what the command is for
        finally:
            parts.engine.dispose()


def namespace(parts: composition.Parts) -> dict[str, Any]:
    """Returns the names that the shell starts with, apart from the session; every model by its class name."""
    models = {mapper.class_.__name__: mapper.class_ for mapper in Base.registry.mappers}
    helpers = {name: getattr(sqlalchemy, name) for name in ("select", "func", "text")}
    return (
        models
        | helpers
        | {
            "composition": composition,
            "metadata": metadata,
            "parts": parts,
            "settings": parts.settings,
            "now": utc_now,
        }
    )


def interact(names: dict[str, Any], history: Path) -> None:
    """Reads and runs lines, with completion and a history, until the end of input."""
    readline.set_completer(rlcompleter.Completer(names).complete)
    readline.parse_and_bind("tab: complete")
    with suppress(OSError):
        readline.read_history_file(history)
    code.interact(banner(names), local=names, exitmsg="")
    readline.set_history_length(HISTORY_LINES)
    readline.write_history_file(history)


def banner(names: dict[str, Any]) -> str:
    """Returns what the shell prints at its start."""
    models = sum(isinstance(value, type) and issubclass(value, Base) for value in names.values())
    return (
        f"{names['settings'].data} · {models} models by name (Account, Cohort …), session, select, func, text, parts,\n"
        "composition, metadata, settings, now(). Try session.scalars(select(Account)).first().\n"
        "Nothing is kept without session.commit()."
    )
