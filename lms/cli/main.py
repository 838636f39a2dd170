"""The ``lms`` command. A subcommand's module is imported only when it is used: ``lms programme check`` needs no
Flask, no database and no half second of imports.
"""

import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.util import find_spec
from typing import Any, NamedTuple

import click


class Entry(NamedTuple):
    """A subcommand: the module that has it as ``command``, and its one line in the help."""

    module: str
    summary: str


ENTRIES = {
    "run": Entry("lms.cli.start", "Start everything: servers, web, worker; sample data in the demo."),
    "generate": Entry("lms.cli.generate", "Fill an empty database with sample data of any volume."),
    "demo": Entry("lms.cli.demo", "Take a group through the whole path, on throw-away data."),
    "bench": Entry("lms.cli.bench", "Measure, each figure beside its ceiling."),
    "programme": Entry("lms.cli.programme", "Check an internship programme's document."),
    "questions": Entry("lms.cli.questions", "Check a file of questions."),
    "account": Entry("lms.cli.account", "Make an administrator, hand out one-time log-ins."),
    "keys": Entry("lms.cli.keys", "Show, make and rotate the keys of personal data."),
    "files": Entry("lms.cli.files", "Copy uploaded files between the data folder and a bucket."),
    "backup": Entry("lms.cli.backup", "Write the database and all stored files to a folder."),
    "restore": Entry("lms.cli.restore", "Put a backup back, or try it out on a throw-away database."),
    "db": Entry("lms.cli.database", "Upgrade, check, dump and restore the database."),
    "shell": Entry("lms.cli.shell", "For developers: Python on the database, with its models and a session."),
}


class Lazy(click.Group):
    """A group whose commands are named in a table and imported at their first use."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [name for name, entry in ENTRIES.items() if find_spec(entry.module)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        entry = ENTRIES.get(cmd_name)
        if entry is None or find_spec(entry.module) is None:
            return None
        found = import_module(entry.module).command
        if not isinstance(found, click.Command):
            raise TypeError(f"{entry.module}.command is not a click command")
        return found

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, ENTRIES[name].summary) for name in self.list_commands(ctx)])


@click.group(cls=Lazy, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="stazhirovka", prog_name="lms")
def cli() -> None:
    """Stazhirovka: a learning management service for internships of teachers.

    Settings come from the environment (LMS_DATA, LMS_PORT, LMS_DATABASE_URL …): docs/operator.md lists them.
    """


def main(arguments: Sequence[str] | None = None) -> None:
    """Runs the command with these arguments, or those of the process. A known kind of error is printed as a sentence,
    without a traceback.
    """
    try:
        cli(arguments, prog_name="lms")
    except Exception as error:
        told = explained(error)
        if told is None:
            raise
        click.echo(f"lms: {told}", err=True)
        sys.exit(1)


def explained(error: Exception) -> str | None:
    """Returns a sentence on a known kind of error; ``None`` for a bug, whose traceback is shown.

    An error of a library can only have been raised once that library is imported, so nothing is imported here.
    """
    for module, name, tell in KNOWN:
        kind = getattr(sys.modules.get(module), name, None)
        if kind is not None and isinstance(error, kind):
            return str(tell(error))
    return None


def _settings(error: Exception) -> str:
    problems: list[dict[str, Any]] = getattr(error, "errors", list)()
    lines = [_problem(problem["loc"], problem["msg"].removeprefix("Value error, ")) for problem in problems]
    return "\n     ".join(["A setting cannot be used:", *lines])


def _problem(place: Sequence[object], what: str) -> str:
    return f"LMS_{'.'.join(str(part) for part in place).upper()}: {what}" if place else what


def _database(error: Exception) -> str:
    first = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
    return f"The database does not answer: {first}"


def _broker(error: Exception) -> str:
    return f"Redis does not answer: {error}"


KNOWN = (
    ("lms.devserver.errors", "ServerError", str),
    ("lms.core.errors", "DomainError", str),
    ("lms.core.secret_files", "UnusableSecret", str),
    ("lms.core.backups.manifest", "UnusableBackup", str),
    ("pydantic_core", "ValidationError", _settings),
    ("sqlalchemy.exc", "OperationalError", _database),
    ("psycopg", "OperationalError", _database),
    ("redis.exceptions", "ConnectionError", _broker),
)

if __name__ == "__main__":
    main()
