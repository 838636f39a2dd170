"""Values that a process keeps of the rows of one database; a process that opens another one keeps new ones.

Tests and the commands that move data open several databases in one process, in which the same ids name other rows.
"""

from collections.abc import Callable
from threading import Lock
from typing import Generic, TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy import Engine
from sqlalchemy.orm import Session

T = TypeVar("T")


class PerDatabase(Generic[T]):
    """One value for each engine, made at first use and forgotten with the engine."""

    def __init__(self, make: Callable[[], T]) -> None:
        self._make = make
        self._values: WeakKeyDictionary[Engine, T] = WeakKeyDictionary()
        self._lock = Lock()

    def of(self, session: Session) -> T:
        """Returns the value of the session's database."""
        engine = session.get_bind().engine
        with self._lock:
            found = self._values.get(engine)
            if found is None:
                found = self._values[engine] = self._make()
            return found

    def forget(self, session: Session) -> None:
        """Forgets the value of the session's database."""
        with self._lock:
            self._values.pop(session.get_bind().engine, None)
