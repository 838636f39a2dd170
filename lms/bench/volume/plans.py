"""Plans of recorded statements: which of them read a large table from its beginning to its end."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import psycopg
from sqlalchemy import Engine, text

from lms.bench.volume.walk import Visit

MANY_ROWS = 10_000
EXPLAINED = ("SELECT", "WITH", "UPDATE", "DELETE", "INSERT")


@dataclass(frozen=True, slots=True)
class Scan:
    """A sequential scan over a table of many rows."""

    endpoint: str
    role: str
    table: str
    rows: int
    cost: float
    statement: str


def scans(engine: Engine, visits: Iterable[Visit]) -> Iterator[Scan]:
    """Yields the sequential scans over large tables, each statement of an endpoint once."""
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT relname, reltuples::bigint FROM pg_class WHERE relkind = 'r'"))
        sizes = {name: count for name, count in rows if count > MANY_ROWS}
    raw = engine.raw_connection()
    try:
        cursor: Any = raw.cursor()
        seen: set[tuple[str, str]] = set()
        for visit in visits:
            for one in visit.statements:
                if (visit.endpoint, one.text) not in seen and one.text.lstrip().upper().startswith(EXPLAINED):
                    seen.add((visit.endpoint, one.text))
                    for table, cost in _large(cursor, one.text, one.parameters, sizes):
                        yield Scan(visit.endpoint, visit.role, table, sizes[table], cost, " ".join(one.text.split()))
        raw.rollback()
    finally:
        raw.close()


def _large(cursor: Any, statement: str, parameters: Any, sizes: dict[str, int]) -> Iterator[tuple[str, float]]:
    try:
        cursor.execute(f"EXPLAIN (FORMAT JSON) {statement}", parameters)
    except psycopg.Error:  # a statement that cannot be explained by itself, as one of a cursor
        cursor.connection.rollback()
        return
    for node in _nodes(cursor.fetchone()[0][0]["Plan"]):
        if node["Node Type"] == "Seq Scan" and node["Relation Name"] in sizes:
            yield node["Relation Name"], node["Total Cost"]


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for below in plan.get("Plans", ()):
        yield from _nodes(below)
