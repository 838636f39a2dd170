"""Kinds of notices, declared by ``lms.notices`` and registered by ``lms.composition``."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Detail = Mapping[str, Any]

AT_ONCE, DIGEST, NEVER = "at_once", "digest", "never"
CHANNELS = (AT_ONCE, DIGEST, NEVER)
"""When a letter about a notice is sent: within a minute, once a day with others, or not at all."""

TRAINEE, GRADER, LEADER, AUTHORITY, ADMINISTRATOR = "trainee", "grader", "leader", "authority", "administrator"
HOST = "host"
"""Parts that people have: a kind of notice is for one or several of them. The host is a site's organisation."""


@dataclass(frozen=True, slots=True)
class NoticeKind:
    """A kind of notice."""

    name: str
    audiences: tuple[str, ...]
    channel: str
    """Choice of a person who has not chosen."""
    icon: str
    label: Callable[[], str]
    """Name of the kind in the table of choices."""
    sentence: Callable[[Detail], str]
    """Sentence in the current language."""
    path: Callable[[Detail], str]
    """Path of the page concerned."""


_kinds: dict[str, NoticeKind] = {}


def declare(kind: NoticeKind) -> None:
    """Registers the kind. Declaring the same kind again changes nothing."""
    _kinds[kind.name] = kind


def known(name: str) -> NoticeKind:
    """Returns the kind of this name. Raises ``KeyError`` for a name that was not declared."""
    return _kinds[name]


def all_kinds() -> list[NoticeKind]:
    """Returns every declared kind in the order of declaration."""
    return list(_kinds.values())
