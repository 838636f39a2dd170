"""Counts the statements sent to the database."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine, event

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
