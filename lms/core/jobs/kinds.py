"""Kinds of jobs and their handlers, declared by the domains and registered by ``lms.composition``."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session, sessionmaker

Sessions = sessionmaker[Session]
Handle = Callable[[Session, int], None]
HandleMany = Callable[[Session, Sequence[int]], None]
OnFailure = Callable[[Session, int, str], None]


@dataclass(frozen=True, slots=True)
class JobKind:
    """A kind of durable work.

    ``handle`` takes the subject's id and calls an operation. It may run twice and must have its effect once. With
    ``handle_many``, up to ``batch`` waiting rows are done in one transaction; if that fails they are done one by one.
    ``tries`` is the number of attempts before the job counts as failed; the pause after the n-th failed attempt is
    ``pause × 4^(n-1)`` seconds. ``longest``: seconds that one job (or batch) may take.
    """

    name: str
    queue: str
    handle: Handle
    handle_many: HandleMany | None = None
    batch: int = 1
    tries: int = 6
    pause: float = 2.0
    on_failure: OnFailure | None = None
    longest: int = 180


_kinds: dict[str, JobKind] = {}


def declare(kind: JobKind) -> None:
    """Registers the kind. Declaring the same kind again changes nothing."""
    _kinds[kind.name] = kind


def known(name: str) -> JobKind:
    """Returns the kind of this name. Raises ``KeyError`` for a name that was not declared."""
    return _kinds[name]


def all_kinds() -> dict[str, JobKind]:
    """Returns every declared kind by name."""
    return dict(_kinds)
