"""What kinds of work there are, and who handles them: declared by domains, put in by ``lms.composition``."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session, sessionmaker

Sessions = sessionmaker[Session]
Handle = Callable[[Session, int], None]
HandleMany = Callable[[Session, Sequence[int]], None]


@dataclass(frozen=True, slots=True)
class JobKind:
    """A kind of durable work.

    ``handle`` takes the subject's id and calls an operation; it may run twice and must do its effect once. With
    ``handle_many``, up to ``batch`` waiting rows are done in one transaction; if that fails they are done one by one.
    ``tries`` before the dead letter; the pause after the n-th failed try is ``pause × 4^(n-1)`` seconds.
    """

    name: str
    queue: str
    handle: Handle
    handle_many: HandleMany | None = None
    batch: int = 1
    tries: int = 6
    pause: float = 2.0


_kinds: dict[str, JobKind] = {}


def declare(kind: JobKind) -> None:
    """Makes the kind known; declaring the same one again changes nothing."""
    _kinds[kind.name] = kind


def known(name: str) -> JobKind:
    """The kind of this name; ``KeyError`` when nobody declared it."""
    return _kinds[name]


def all_kinds() -> dict[str, JobKind]:
    """Every kind declared."""
    return dict(_kinds)
