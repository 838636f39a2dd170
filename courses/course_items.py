"""Items of a trainee's course: materials, and items that higher layers add (self-checks, attestation tasks, ratings).

A port: ``lms.composition`` registers providers. A course page costs the same number of queries whatever the number of
providers and items.
"""

import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import Select
from sqlalchemy.orm import Session

from courses.course_state import CourseState
from courses.models.groups import Enrolment


class CourseKey(NamedTuple):
    """Identifies the content of a course."""

    version_id: int
    programme_id: int


@dataclass(frozen=True, slots=True)
class CourseItem:
    """Something to do in a course, with the trainee's progress on it."""

    topic_lineage: uuid.UUID | None
    """None: an item of the whole programme (the entry test, a final task without a topic)."""
    kind: str
    """``page``, ``file``, ``link``, ``video``, ``self_check``, ``task``, ``rating``."""
    id: int
    title: str
    """As its author named it; empty for a rating, which has no author."""
    required: bool
    done: bool
    state: str
    """``open``, ``begun`` (a draft, an attempt under way), ``waiting`` (handed in), ``returned``, ``done``."""
    detail: object = None
    """Values of this kind: ``MaterialDetail``, or a dataclass of the layer that added the item."""
    due_on: date | None = None
    minutes: int | None = None
    position: int = 0


@dataclass(frozen=True, slots=True)
class MaterialDetail:
    """Detail of a page, file, link or video."""

    completion: str
    """``opened`` or ``confirmed``."""
    media_type: str | None
    size: int | None
    """Bytes of the file."""
    has_text: bool
    """True if a page of the material has a text to show."""
    opened_at: datetime | None
    completed_at: datetime | None


AFTER_TOPICS = 1000
"""Items without a topic come before the topics if their position is below this number, after them otherwise."""


@dataclass(frozen=True, slots=True)
class ItemProvider:
    """Adds items of one sort to every course.

    The part that all trainees of a version share is read by ``outline`` and kept by each process until the content
    changes; a trainee's own state is read with that of the other items, in one statement.
    """

    outline: Callable[[Session, CourseKey], Sequence[Any]]
    """Reads plain values, never rows of a session: they outlive it."""
    parts: tuple[Select[Any], ...]
    """Parts of the trainee's state (``courses.course_state``)."""
    items: Callable[[Sequence[Any], CourseState, Enrolment], Iterable[CourseItem]]
    """Makes the items from the outline and the state."""


_providers: list[ItemProvider] = []


def register_provider(provider: ItemProvider) -> None:
    """Registers a provider; registering it again changes nothing."""
    if provider not in _providers:
        _providers.append(provider)


def item_providers() -> tuple[ItemProvider, ...]:
    """Returns the registered providers, in the order in which their items are shown."""
    return tuple(_providers)


@dataclass(frozen=True, slots=True)
class GroupMark:
    """State of an unfinished item of one trainee of a group."""

    enrolment_id: int
    topic_lineage: uuid.UUID | None
    """None: an item of the whole programme."""
    state: str
    """``begun``, ``waiting`` (handed in) or ``returned``."""


GroupProvider = Callable[[Session, int], Sequence[GroupMark]]
"""Returns the marks of all trainees of a group (by its id), with a fixed number of queries."""

_group_providers: list[GroupProvider] = []


def register_group_provider(provider: GroupProvider) -> None:
    """Registers a provider for whole groups; registering it again changes nothing."""
    if provider not in _group_providers:
        _group_providers.append(provider)


def provided_marks(session: Session, cohort_id: int) -> list[GroupMark]:
    """Returns the marks that higher layers report for a group's trainees."""
    return [mark for provider in _group_providers for mark in provider(session, cohort_id)]
