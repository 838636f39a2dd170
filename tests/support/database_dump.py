"""Dumps of a filled database, the input of the migration tests.

``python -m tests.support.database_dump 0003`` fills a fresh database with the demo and the rows of ``dump_rows``, and
writes ``0003.sql.gz`` (rows only) and ``0003.json`` (row counts and facts) into ``tests/integration/migrations/data``.
Run it before the first migration that follows the named revision is added.
"""

import gzip
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pydantic import SecretStr
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from lms import composition
from lms.core.db import make_engine, make_sessions
from lms.core.migrate import upgrade
from lms.core.settings import Settings
from lms.demo.seed import seed_if_empty
from lms.devserver.paths import programs
from lms.devserver.supervisor import running
from lms.devserver.unprivileged import for_cluster
from tests.support.dump_facts import facts, row_counts
from tests.support.dump_rows import add_rows
from tests.support.superuser import as_superuser

FOLDER = Path(__file__).parents[1] / "integration" / "migrations" / "data"
KEYS = "dump:MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTI="
"""Key of the personal data in the dumps; used for nothing else."""


def dump_settings(data: Path, url: str | None = None) -> Settings:
    """Returns the settings under which a dump was made, so that its personal data can be decrypted."""
    chosen = {"data": data, "demo": True, "public_url": "http://localhost", "personal_data_keys": KEYS}
    settings = Settings.model_validate({**chosen, "database_url": url})
    return settings.model_copy(update={"secret_key": SecretStr("dump")})  # shorter than a start permits today


def make_dump(name: str) -> None:
    """Fills a throw-away database and writes its rows and facts into ``FOLDER``."""
    with tempfile.TemporaryDirectory() as folder, running(dump_settings(Path(folder)), fast=True) as servers:
        upgrade(servers.database_url)
        settings = dump_settings(Path(folder), servers.database_url)
        seed_if_empty(settings)
        engine = make_engine(servers.database_url)
        with opened(settings, engine) as session:
            add_rows(session)
            session.commit()
            known = {"rows": row_counts(session), "facts": facts(session)}
        engine.dispose()
        FOLDER.mkdir(parents=True, exist_ok=True)
        (FOLDER / f"{name}.sql.gz").write_bytes(
            gzip.compress(_rows_as_sql(Path(folder), servers.database_url), mtime=0)
        )
        written = json.dumps(known, ensure_ascii=False, indent=1, sort_keys=True)
        (FOLDER / f"{name}.json").write_text(written + "\n", encoding="utf-8")


@contextmanager
def opened(settings: Settings, engine: Engine) -> Iterator[Session]:
    """Opens a session on this engine with policies, handlers and keys in place."""
    composition.wire()
    composition.configure_ports(settings)
    with make_sessions(engine)() as session:
        yield session


def load_dump(url: str, name: str) -> None:
    """Loads the rows of a dump into an empty database that stands at the dump's revision."""
    engine = make_engine(as_superuser(url))
    with engine.connect() as connection:
        connection.execute(text("SET session_replication_role = replica"))  # the dump's order knows no foreign keys
        cursor: Any = connection.connection.cursor()
        cursor.execute(gzip.decompress((FOLDER / f"{name}.sql.gz").read_bytes()))
        connection.commit()
    engine.dispose()


def known_of(name: str) -> dict[str, Any]:
    """Returns row counts and facts kept beside the dump."""
    loaded: dict[str, Any] = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    return loaded


def _rows_as_sql(data: Path, url: str) -> bytes:
    program = programs(for_cluster(data)) / "pg_dump"
    options = ("--data-only", "--inserts", "--rows-per-insert=100", "--exclude-table=alembic_version", "--no-owner")
    made = subprocess.run([program, *options, url], check=True, capture_output=True)  # the wheel's own
    lines = made.stdout.splitlines()
    return b"\n".join(line for line in lines if not line.startswith((b"\\restrict ", b"\\unrestrict ")))


if __name__ == "__main__":
    make_dump(sys.argv[1])
