"""Events that a block publishes, for tests."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.orm import Session

from lms.core import events


@contextmanager
def published_events(*kinds: type) -> Iterator[list[object]]:
    """Yields the list of events of these types that the block publishes, in order."""
    found: list[object] = []

    def note(_session: Session, event: object) -> None:
        found.append(event)

    for kind in kinds:
        events.subscribe(kind, note)
    try:
        yield found
    finally:
        for kind in kinds:
            events._handlers[kind].remove(note)
