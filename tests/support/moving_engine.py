"""One engine for databases that tests have one after the other.

An engine keeps its compiled statements; a new one for each database would compile each of them anew.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import make_url

from lms.core.db import make_engine

CONNECTIONS = 20
"""Size of the pool: that many threads of a test work at once."""


class MovingEngine:
    """``engine`` connects to the database of the block ``on(url)``; all databases are of one server."""

    def __init__(self, url: str) -> None:
        self.engine = make_engine(url, pool=CONNECTIONS)
        self._database: str | None = None
        event.listen(self.engine, "do_connect", self._choose)

    def _choose(self, _dialect: Any, _record: Any, _args: Any, values: dict[str, Any]) -> None:
        if self._database is None:
            raise RuntimeError("The test has no database of its own any more.")
        values["dbname"] = self._database

    @contextmanager
    def on(self, url: str) -> Iterator[str]:
        """Moves the engine to this database for the length of the block; yields the database's name."""
        self._database = make_url(url).database
        try:
            yield self._database or ""
        finally:
            self.engine.dispose()
            self._database = None
