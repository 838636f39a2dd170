"""Counts the statements sent to the database, and the rows that it computes for them."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.orm import Session

ASIDE = ("SAVEPOINT", "RELEASE", "ROLLBACK", "COMMIT", "BEGIN")


@contextmanager
def count_queries(engine: Engine) -> Iterator[list[str]]:
    r"""Yields the statements sent within the block, in order, without those of transactions.

    >>> with count_queries(engine) as sent: client.get("/")
    >>> assert len(sent) <= 12, "\n".join(sent)
    """
    sent: list[str] = []

    def note(_connection, _cursor, statement, _parameters, _context, _many):
        if not statement.lstrip().upper().startswith(ASIDE):
            sent.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", note)


@contextmanager
def count_rows(session: Session) -> Iterator[list[int]]:
    """Yields a list that holds, after the block, one number for each SELECT within it: the rows that PostgreSQL
    computed in all steps of its plan, those that it dropped included. It does not depend on the machine's load.
    """
    sent: list[tuple[str, Any]] = []
    counts: list[int] = []

    def note(_connection, _cursor, statement, parameters, _context, _many):
        if statement.lstrip().upper().startswith(("SELECT", "WITH")):
            sent.append((statement, parameters))

    engine = session.get_bind()
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield counts
    finally:
        event.remove(engine, "before_cursor_execute", note)
    cursor = session.connection().connection.cursor()
    for statement, parameters in sent:
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}", parameters)
        (found,) = cursor.fetchone() or ([],)
        counts.append(_rows(found[0]["Plan"]))


def _rows(node: dict[str, Any]) -> int:
    dropped = ("Rows Removed by Filter", "Rows Removed by Join Filter")
    own = node["Actual Rows"] + sum(node.get(name, 0) for name in dropped)
    return round(own * node["Actual Loops"]) + sum(map(_rows, node.get("Plans", ())))
