"""The statements of a release, kept so that the schema of later versions can be tried with them.

``python -m tests.support.statement_record 0024`` runs the release's code on a throw-away database: the sample data with
their jobs, and every page of the access matrix. Each different statement goes into
``tests/integration/migrations/data/statements.json.gz`` with the revision of the schema. Run it when a release is cut:
from then on this release is «the version before».
"""

import gzip
import json
import re
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
from flask import url_for
from sqlalchemy import Connection, Engine, event, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from lms import composition
from lms.app import create_app
from lms.core.db import make_engine
from lms.core.migrate import upgrade
from lms.core.settings import Settings
from lms.demo.seed import seed_if_empty
from lms.devserver.supervisor import running
from tests.rules.access.matrix import MATRIX
from tests.rules.access.world import build
from tests.support.browsing import log_in

FILE = Path(__file__).parents[1] / "integration" / "migrations" / "data" / "statements.json.gz"
KINDS = ("SELECT", "INSERT", "UPDATE", "DELETE", "WITH")
LONGEST = 20_000
"""Statements with more characters are batches of one that is kept too."""
PLACE = re.compile(r"%\(([^)]{1,200})\)s")
INSERTED = re.compile(r"INSERT INTO \"?(\w{1,80})\"? \(([^)]{1,4000})\)")


@dataclass(frozen=True, slots=True)
class Release:
    """The revision of a release's schema, and its statements with numbered parameters."""

    revision: str
    statements: Sequence[str]


def kept_release() -> Release:
    """Returns the release that is kept."""
    values = json.loads(gzip.decompress(FILE.read_bytes()))
    return Release(values["revision"], values["statements"])


def refusals(connection: Connection, statements: Sequence[str]) -> list[str]:
    """Returns the statements that this schema refuses: unknown tables and columns, other types, missing values."""
    return [*_not_prepared(connection, statements), *_incomplete(connection, statements)]


def _not_prepared(connection: Connection, statements: Sequence[str]) -> Iterator[str]:
    cursor: Any = connection.connection.cursor()
    for statement in statements:
        cursor.execute("SAVEPOINT tried")
        try:
            cursor.execute(f"PREPARE tried AS {statement}", prepare=False)
        except Exception as error:  # whatever the driver raises is the finding
            cursor.execute("ROLLBACK TO SAVEPOINT tried")
            yield f"{str(error).splitlines()[0]}: {statement[:300]}"
        else:
            cursor.execute("DEALLOCATE tried")


def _incomplete(connection: Connection, statements: Sequence[str]) -> Iterator[str]:
    """Yields inserts without a column that the schema demands."""
    demanded: dict[str, set[str]] = {}
    columns = text(
        "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'"
        " AND is_nullable = 'NO' AND column_default IS NULL AND is_identity = 'NO' AND is_generated = 'NEVER'"
    )
    for table, column in connection.execute(columns):
        demanded.setdefault(table, set()).add(column)
    for statement in statements:
        for table, names in INSERTED.findall(statement):
            given = {name.strip().strip('"') for name in names.split(",")}
            if missing := demanded.get(table, set()) - given:
                yield f"no value for {', '.join(sorted(missing))} of {table}: {statement[:300]}"


def numbered(statement: str) -> str:
    """Returns the statement with ``$1`` and so on instead of named parameters.

    >>> numbered("SELECT %(a)s, %(b)s, %(a)s, 1 %% 2")
    'SELECT $1, $2, $1, 1 % 2'
    """
    names: dict[str, int] = {}
    return PLACE.sub(lambda found: f"${names.setdefault(found[1], len(names) + 1)}", statement).replace("%%", "%")


@contextmanager
def recorded() -> Iterator[set[str]]:
    """Collects the statements of every engine for the length of the block."""
    found: set[str] = set()

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if statement.lstrip().startswith(KINDS) and len(statement) < LONGEST:
            found.add(numbered(statement.strip()))

    event.listen(Engine, "before_cursor_execute", note)
    yield found
    event.remove(Engine, "before_cursor_execute", note)


def record(revision: str) -> Release:
    """Runs this code on throw-away databases and returns its statements, those that its own schema can prepare."""
    with recorded() as found:
        with throwaway() as settings:
            seed_if_empty(settings)
        with throwaway() as settings:  # without sample data nobody is asked for consent
            visit_every_page(settings)
    with throwaway() as settings:
        engine = make_engine(settings.database_url or "")
        with engine.connect() as connection:
            refused = refusals(connection, sorted(found))
        engine.dispose()
    kept = [one for one in sorted(found) if not any(one[:300] in told for told in refused)]
    click.echo(f"{len(kept)} statements kept, {len(found) - len(kept)} left out", err=True)
    return Release(revision, kept)


@contextmanager
def throwaway() -> Iterator[Settings]:
    """Runs servers with a migrated database for the length of the block."""
    with tempfile.TemporaryDirectory() as folder, running(Settings(data=Path(folder)), fast=True) as servers:
        upgrade(servers.database_url)
        addresses = {"database_url": servers.database_url, "redis_url": servers.redis_url}
        yield Settings(data=Path(folder), demo=True, public_url="http://localhost", **addresses)


def visit_every_page(settings: Settings) -> None:
    """Opens each page of the access matrix as one of the roles that may."""
    composition.compose(settings)
    app = create_app(settings)
    app.config.update(TESTING=True, PROPAGATE_EXCEPTIONS=False)
    with composition.parts().sessions() as session:
        world = build(session)
        for endpoint, row in MATRIX.items():
            if row.allowed and any("GET" in (rule.methods or ()) for rule in app.url_map.iter_rules(endpoint)):
                with app.test_request_context():
                    path = url_for(endpoint, **row.values(world))
                visit(app, session, world.people.get(sorted(row.allowed)[0]), path)


def visit(app: Any, session: Session, account: Any, path: str) -> None:
    """Opens one page; a page that fails has sent its statements until then."""
    client = app.test_client()
    with suppress(DBAPIError):
        (log_in(client, session, account) if account is not None else client).get(path)


if __name__ == "__main__":
    made = record(sys.argv[1])
    written = {"revision": made.revision, "statements": made.statements}
    FILE.write_bytes(gzip.compress(json.dumps(written, ensure_ascii=False).encode(), mtime=0))
