"""What a topic is made of, seen from one trainee: materials, and what the layers above add to it.

A port: the composition puts in providers (self-checks, attestation tasks). Each answers for a whole course with a fixed
number of queries, so that a course page costs the same whatever it holds.
"""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from courses.models.groups import Enrolment


@dataclass(frozen=True, slots=True)
class CourseItem:
    """One thing to do in a topic, and how far the trainee is with it."""

    topic_lineage: uuid.UUID | None
    """None: of the whole programme (the entry test, a final task without a topic)."""
    kind: str
    """``page``, ``file``, ``link``, ``video``, ``self_check``, ``task``, ``rating``."""
    id: int
    title: str
    endpoint: str
    """Where it opens: a Flask endpoint's name, a plain string here, with ``values`` for the address."""
    values: dict[str, int]
    required: bool
    done: bool
    state: str
    """``open``, ``begun`` (a draft, an attempt under way), ``waiting`` (handed in), ``returned``, ``done``."""
    due_on: date | None = None
    note: str = ""
    """What it is and what completes it, in words of the current language."""
    result: str = ""
    """How far the trainee is, where the state's own word says too little: «Passed, 80 %»."""
    minutes: int | None = None
    position: int = 0


AFTER_TOPICS = 1000
"""An obligatory element without a topic stands before the topics below this position, after them from it on."""

Provider = Callable[[Session, Enrolment], Sequence[CourseItem]]

_providers: list[Provider] = []


def provide(provider: Provider) -> None:
    """Put a provider in; the same one twice counts once."""
    if provider not in _providers:
        _providers.append(provider)


def provided(session: Session, enrolment: Enrolment) -> list[CourseItem]:
    """The elements that the layers above add to this trainee's course."""
    return [element for provider in _providers for element in provider(session, enrolment)]


@dataclass(frozen=True, slots=True)
class GroupMark:
    """How far one trainee of a group is with something in a topic that is not done yet."""

    enrolment_id: int
    topic_lineage: uuid.UUID | None
    """None: of the whole programme."""
    state: str
    """``begun``, ``waiting`` (handed in) or ``returned``."""


GroupProvider = Callable[[Session, int], Sequence[GroupMark]]
"""From a group's id to the marks of all its trainees, with a fixed number of queries."""

_group_providers: list[GroupProvider] = []


def provide_for_groups(provider: GroupProvider) -> None:
    """Put a provider for whole groups in; the same one twice counts once."""
    if provider not in _group_providers:
        _group_providers.append(provider)


def provided_for_group(session: Session, cohort_id: int) -> list[GroupMark]:
    """What the layers above tell of a group's trainees."""
    return [mark for provider in _group_providers for mark in provider(session, cohort_id)]
