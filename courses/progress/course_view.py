"""A trainee's course as plain values: the plan's tree with states, hours and dates, and the next steps."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal

from courses.course_items import AFTER_TOPICS, CourseItem
from courses.progress import ledger
from courses.progress.ledger import PaceComparison


@dataclass(frozen=True, slots=True)
class KindHours:
    """Hours of one kind: credited and planned."""

    lineage: uuid.UUID
    name: str
    done: Decimal
    total: Decimal
    position: int = 0
    """Position of its column in the plan."""


@dataclass(frozen=True, slots=True)
class TopicView:
    """A topic as one trainee sees it."""

    lineage: uuid.UUID
    number: str
    title: str
    class_form: str
    control_form: str
    kinds: tuple[KindHours, ...]
    due_on: date | None
    state: str
    completed_at: datetime | None
    marked: bool
    """Confirmed by a leader or teacher, as attendance is."""
    elements: tuple[CourseItem, ...]
    total: Decimal
    """Planned hours of all kinds."""
    done_hours: Decimal
    """Credited hours."""

    @property
    def done(self) -> bool:
        """True if the topic is complete."""
        return self.state == "done"

    @property
    def required(self) -> list[CourseItem]:
        """Obligatory items."""
        return [element for element in self.elements if element.required]

    @property
    def left(self) -> list[CourseItem]:
        """Obligatory items that the trainee still has to do; items waiting for a review are not among them."""
        return [element for element in self.required if not element.done and element.state != "waiting"]

    @property
    def minutes_left(self) -> int:
        """Stated minutes of the remaining items."""
        return sum(element.minutes or 0 for element in self.left)


@dataclass(frozen=True, slots=True)
class SectionView:
    """A section with its topics."""

    number: str
    title: str
    topics: tuple[TopicView, ...]

    @property
    def total(self) -> Decimal:
        """Planned hours of its topics."""
        return sum((topic.total for topic in self.topics), ledger.ZERO)

    @property
    def done_hours(self) -> Decimal:
        """Credited hours of its topics."""
        return sum((topic.done_hours for topic in self.topics), ledger.ZERO)


@dataclass(frozen=True, slots=True)
class Step:
    """A next step: a topic, or an item of the whole programme."""

    due_on: date | None
    topic: TopicView | None = None
    element: CourseItem | None = None


@dataclass(frozen=True, slots=True)
class CourseView:
    """The whole course of one trainee on one day."""

    enrolment_id: int
    title: str
    cohort: str
    starts_on: date
    ends_on: date
    today: date
    workload: Decimal
    sections: tuple[SectionView, ...]
    kinds: tuple[KindHours, ...]
    """Hours per kind over the plan, in the order of its columns."""
    loose: tuple[CourseItem, ...]
    """Items of the whole programme: the entry test, a final task without a topic."""
    norm: Decimal | None
    """Hours expected by today; ``None`` if no topic has a date."""
    joined_on: date | None = None
    steps: tuple[Step, ...] = field(default=())
    """Next steps, the most urgent first."""

    @property
    def topics(self) -> list[TopicView]:
        """All topics in the plan's order."""
        return [topic for section in self.sections for topic in section.topics]

    @property
    def opening(self) -> list[CourseItem]:
        """Items before the topics: the entry test, the first self-assessment sheet."""
        return [element for element in self.loose if is_opening(element)]

    @property
    def closing(self) -> list[CourseItem]:
        """Items after the topics: the final attestation, the last self-assessment sheet."""
        return [element for element in self.loose if not is_opening(element)]

    @property
    def done_hours(self) -> Decimal:
        """Credited hours."""
        return sum((section.done_hours for section in self.sections), ledger.ZERO)

    @property
    def total(self) -> Decimal:
        """Hours of the plan."""
        return sum((section.total for section in self.sections), ledger.ZERO)

    @property
    def pace_comparison(self) -> PaceComparison:
        """Comparison of the credited hours with the group's schedule."""
        return ledger.compare_pace(self.done_hours, self.norm)

    @property
    def missed(self) -> list[TopicView]:
        """Topics that a trainee who joined late has to catch up with."""
        return [topic for topic in self.topics if topic.state == "missed"]

    @property
    def late(self) -> list[TopicView]:
        """Topics that are not complete after their due date."""
        return [topic for topic in self.topics if topic.state == "late"]

    @property
    def everything(self) -> list[CourseItem]:
        """All items, those of the whole programme first."""
        return [*self.loose, *(element for topic in self.topics for element in topic.elements)]

    @property
    def waiting(self) -> list[CourseItem]:
        """Items that were handed in and wait for a review."""
        return [element for element in self.everything if element.state == "waiting"]

    @property
    def complete(self) -> bool:
        """True if every topic and every obligatory item is done."""
        return all(topic.done for topic in self.topics) and all(one.done for one in self.loose if one.required)

    def topic(self, lineage: uuid.UUID) -> TopicView | None:
        """Returns the topic of this lineage."""
        return next((topic for topic in self.topics if topic.lineage == lineage), None)

    def section_of(self, topic: TopicView) -> SectionView:
        """Returns the section of the topic."""
        return next(section for section in self.sections if topic in section.topics)

    def neighbours(self, topic: TopicView) -> tuple[TopicView | None, TopicView | None]:
        """Returns the topics before and after."""
        order = self.topics
        place = order.index(topic)
        return (order[place - 1] if place else None), (order[place + 1] if place + 1 < len(order) else None)


def hours_by_kind(topics: Iterable[TopicView]) -> tuple[KindHours, ...]:
    """Returns the sums of the topics' hours per kind, in the order of the plan's columns."""
    kinds: dict[int, KindHours] = {}
    done: dict[int, Decimal] = {}
    total: dict[int, Decimal] = {}
    for topic in topics:
        for kind in topic.kinds:
            key = kind.lineage.int  # a UUID's own hash is computed in Python
            kinds[key] = kind
            done[key] = done.get(key, ledger.ZERO) + kind.done
            total[key] = total.get(key, ledger.ZERO) + kind.total
    whole = [replace(kind, done=done[key], total=total[key]) for key, kind in kinds.items()]
    return tuple(sorted(whole, key=lambda kind: kind.position))


def state_of(
    elements: tuple[CourseItem, ...], *, complete: bool, due_on: date | None, joined_on: date | None, today: date
) -> str:
    """Returns the topic's state, the one that most needs the trainee's action first.

    ``done``, ``returned``, ``waiting``, ``late``, ``missed`` (its date had passed when the trainee joined, so it is not
    late), ``begun`` or ``open``.
    """
    if complete:
        return "done"
    required = [element for element in elements if element.required and not element.done]
    if any(element.state == "returned" for element in required):
        return "returned"
    if required and all(element.state == "waiting" for element in required):
        return "waiting"
    if due_on is not None and due_on < today:
        return "missed" if joined_on is not None and due_on < joined_on else "late"
    begun = any(element.done or element.state != "open" for element in elements)
    return "begun" if begun else "open"


def next_steps(topics: list[TopicView], loose: tuple[CourseItem, ...]) -> tuple[Step, ...]:
    """Returns the next steps by date; in the plan's order if dates are equal or missing.

    A topic in which the trainee has nothing left to do (handed in, or to be confirmed by a leader) is no step.
    """
    to_do = [element for element in loose if _is_to_do(element)]
    ordered = [Step(one.due_on, element=one) for one in to_do if is_opening(one)]
    ordered += [Step(topic.due_on, topic=topic) for topic in topics if not topic.done and topic.left]
    ordered += [Step(one.due_on, element=one) for one in to_do if not is_opening(one)]
    return tuple(sorted(ordered, key=lambda step: step.due_on or date.max))


def is_opening(element: CourseItem) -> bool:
    """Returns whether an item of the whole programme comes before the topics; an entry test, never obligatory, does."""
    return element.position < AFTER_TOPICS or (element.kind == "self_check" and not element.required)


def _is_to_do(element: CourseItem) -> bool:
    return element.required and not element.done and element.state != "waiting"
