"""A trainee's course as plain values: the plan's tree with states, hours and dates, and what is next."""

import uuid
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal

from courses.course_items import AFTER_TOPICS, CourseItem
from courses.progress import ledger
from courses.progress.ledger import Standing


@dataclass(frozen=True, slots=True)
class KindHours:
    """Hours of one kind: credited and planned."""

    lineage: uuid.UUID
    name: str
    done: Decimal
    total: Decimal
    position: int = 0
    """Of its column in the plan."""


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

    @property
    def total(self) -> Decimal:
        """Hours of all kinds."""
        return sum((kind.total for kind in self.kinds), ledger.ZERO)

    @property
    def done_hours(self) -> Decimal:
        """Hours credited."""
        return sum((kind.done for kind in self.kinds), ledger.ZERO)

    @property
    def done(self) -> bool:
        """Whether it is complete."""
        return self.state == "done"

    @property
    def required(self) -> list[CourseItem]:
        """What must be done."""
        return [element for element in self.elements if element.required]

    @property
    def left(self) -> list[CourseItem]:
        """What the trainee still has to do: handed in and waiting is not theirs to do."""
        return [element for element in self.required if not element.done and element.state != "waiting"]

    @property
    def minutes_left(self) -> int:
        """Minutes of the clock that the rest takes, as far as its authors said."""
        return sum(element.minutes or 0 for element in self.left)


@dataclass(frozen=True, slots=True)
class SectionView:
    """A section with its topics."""

    number: str
    title: str
    topics: tuple[TopicView, ...]

    @property
    def total(self) -> Decimal:
        """Hours of its topics."""
        return sum((topic.total for topic in self.topics), ledger.ZERO)

    @property
    def done_hours(self) -> Decimal:
        """Hours credited in it."""
        return sum((topic.done_hours for topic in self.topics), ledger.ZERO)


@dataclass(frozen=True, slots=True)
class Step:
    """Something to do next: a topic, or an element of the whole programme."""

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
    loose: tuple[CourseItem, ...]
    """Elements of the whole programme: the entry test, a final task without a topic."""
    norm: Decimal | None
    """Hours that should be done by today; none where no topic has a date."""
    joined_on: date | None = None
    steps: tuple[Step, ...] = field(default=())
    """What to do, the most pressing first."""

    @property
    def topics(self) -> list[TopicView]:
        """All topics in the plan's order."""
        return [topic for section in self.sections for topic in section.topics]

    @property
    def opening(self) -> list[CourseItem]:
        """What stands before the topics: the entry test, the first sheet of self-assessment."""
        return [element for element in self.loose if is_opening(element)]

    @property
    def closing(self) -> list[CourseItem]:
        """What stands after them: the final attestation, the last sheet."""
        return [element for element in self.loose if not is_opening(element)]

    @property
    def kinds(self) -> list[KindHours]:
        """Hours per kind over the plan, in the order of its columns."""
        kinds = {kind.lineage: kind for topic in self.topics for kind in topic.kinds}
        done = ledger.add({kind.lineage: kind.done for kind in topic.kinds} for topic in self.topics)
        total = ledger.add({kind.lineage: kind.total for kind in topic.kinds} for topic in self.topics)
        whole = [replace(kind, done=done[key], total=total[key]) for key, kind in kinds.items()]
        return sorted(whole, key=lambda kind: kind.position)

    @property
    def done_hours(self) -> Decimal:
        """Hours credited."""
        return sum((section.done_hours for section in self.sections), ledger.ZERO)

    @property
    def total(self) -> Decimal:
        """Hours of the plan."""
        return sum((section.total for section in self.sections), ledger.ZERO)

    @property
    def standing(self) -> Standing:
        """Against the group's schedule."""
        return ledger.standing(self.done_hours, self.norm)

    @property
    def missed(self) -> list[TopicView]:
        """What a late joiner has to catch up."""
        return [topic for topic in self.topics if topic.state == "missed"]

    @property
    def late(self) -> list[TopicView]:
        """What is not done and whose date has passed."""
        return [topic for topic in self.topics if topic.state == "late"]

    @property
    def waiting(self) -> list[CourseItem]:
        """What was handed in and waits for a review."""
        everything = [*self.loose, *(element for topic in self.topics for element in topic.elements)]
        return [element for element in everything if element.state == "waiting"]

    @property
    def complete(self) -> bool:
        """Every topic and every obligatory element is done."""
        return all(topic.done for topic in self.topics) and all(one.done for one in self.loose if one.required)

    def topic(self, lineage: uuid.UUID) -> TopicView | None:
        """The topic of this lineage."""
        return next((topic for topic in self.topics if topic.lineage == lineage), None)

    def section_of(self, topic: TopicView) -> SectionView:
        """The section that holds it."""
        return next(section for section in self.sections if topic in section.topics)

    def neighbours(self, topic: TopicView) -> tuple[TopicView | None, TopicView | None]:
        """The topics before and after."""
        order = self.topics
        place = order.index(topic)
        return (order[place - 1] if place else None), (order[place + 1] if place + 1 < len(order) else None)


def state_of(
    elements: tuple[CourseItem, ...], *, complete: bool, due_on: date | None, joined_on: date | None, today: date
) -> str:
    """Returns the topic's state, the one that most needs the trainee's action first.

    ``done``, ``returned``, ``waiting``, ``late``, ``missed`` (its date had passed when the trainee joined: to catch up,
    and nobody's fault), ``begun`` or ``open``.
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
    """What to do, by date, and by the plan's order where dates are equal or missing.

    A topic in which nothing is left to the trainee (handed in, or to be confirmed by a leader) is no step.
    """
    to_do = [element for element in loose if _is_to_do(element)]
    ordered = [Step(one.due_on, element=one) for one in to_do if is_opening(one)]
    ordered += [Step(topic.due_on, topic=topic) for topic in topics if not topic.done and topic.left]
    ordered += [Step(one.due_on, element=one) for one in to_do if not is_opening(one)]
    return tuple(sorted(ordered, key=lambda step: step.due_on or date.max))


def is_opening(element: CourseItem) -> bool:
    """Whether an element of the whole programme stands before its topics; an entry test decides nothing, and does."""
    return element.position < AFTER_TOPICS or (element.kind == "self_check" and not element.required)


def _is_to_do(element: CourseItem) -> bool:
    return element.required and not element.done and element.state != "waiting"
