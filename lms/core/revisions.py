"""Optimistic concurrency of texts that save themselves: no save silently replaces what was saved elsewhere.

A page carries, beside each field, the revision of the text over which the person types: a digest of the stored text. A
save sends both. Each field is merged by itself: a field that nobody else changed is stored; one that was changed
elsewhere and not here stays as stored; one that was changed on both sides is a conflict, and the stored text stays
until the person has chosen. Two tabs of one person are two writers like any others.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field

from lms.core.errors import DomainError

LENGTH = 16
"""Hexadecimal digits of a revision."""


def revision_of(text: str) -> str:
    """Returns the revision of a text. Line ends count as one character, however a browser sends them."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    return hashlib.sha256(plain.encode()).hexdigest()[:LENGTH]


def revisions_of(texts: Mapping[str, str]) -> dict[str, str]:
    """Returns the revision of each field."""
    return {name: revision_of(text) for name, text in texts.items()}


EMPTY = revision_of("")


@dataclass(frozen=True, slots=True)
class Merged:
    """Result of a merge: texts to store, those changed elsewhere only, those in conflict (as stored)."""

    values: dict[str, str] = field(default_factory=dict)
    theirs: dict[str, str] = field(default_factory=dict)
    conflicts: dict[str, str] = field(default_factory=dict)


def merge(*, stored: Mapping[str, str], typed: Mapping[str, str], seen: Mapping[str, str]) -> Merged:
    """Merges typed texts into the stored ones. ``seen``: revisions over which they were typed; none: an empty field."""
    found = Merged(values=dict(stored))
    for name, mine in typed.items():
        theirs, before = stored.get(name, ""), seen.get(name) or EMPTY
        now, own = revision_of(theirs), revision_of(mine)
        if now in (before, own):
            found.values[name] = mine
        elif before == own:
            found.theirs[name] = theirs
        else:
            found.conflicts[name] = theirs
    return found


class TypedOverOlder(DomainError):
    """A field was changed here and elsewhere; ``conflicts`` has the stored texts by field."""

    code = "typed_over_older"

    def __init__(self, conflicts: Mapping[str, str], **more: object) -> None:
        super().__init__(field=next(iter(conflicts), None), params=more)
        self.conflicts = dict(conflicts)
