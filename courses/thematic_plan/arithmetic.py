"""Adds up a thematic plan; one arithmetic for the import, the editor and the submission.

Section rows, and in a document also groups, topics and the total row, may *state* sums; the programme states its
workload. A stated sum must equal the sum of its topics: a difference is a :class:`Problem` and blocks submission. A
topic without form of class or of control is only a :class:`Remark`.

Hours are academic hours of 45 minutes, ``Decimal`` in quarter steps.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from courses.thematic_plan.document_facts import DocumentFacts, Stated
from courses.thematic_plan.model import TOTAL, SectionRow, ThematicPlan, TopicRow, sum_of
from courses.thematic_plan.place import (
    TOTAL_ROW,
    WHOLE_PLAN,
    WORKLOAD,
    named_place,
    numbered_section,
    numbered_topic,
)
from lms.core.sentences import ErrorDetail

STEP = Decimal("0.25")
"""The smallest part of an academic hour that a plan may use."""
MAX_HOURS = Decimal(1000)
"""The most hours that one cell accepts; more is taken for a misprint."""


class Fault(StrEnum):
    """The kind of a problem."""

    SUM = "sum"
    """A stated sum differs from what its parts add up to."""
    ROW = "row"
    """A topic's total differs from the sum over its kinds."""
    STEP = "step"
    """Hours that are not whole quarters, are negative, or exceed the limit."""
    WORKLOAD = "workload"
    """The plan's total differs from the programme's stated workload."""
    EMPTY = "empty"
    """A plan without hours."""


class Lack(StrEnum):
    """The kind of a remark."""

    CLASS_FORM = "class_form"
    CONTROL = "control"


@dataclass(frozen=True)
class Problem:
    """A sum or value that does not hold. ``kind`` is the kind's lineage, ``None`` for the overall sum."""

    fault: Fault
    where: ErrorDetail
    detail: ErrorDetail
    kind: str | None = None
    expected: Decimal | None = None
    """The sum of the parts, in academic hours."""
    found: Decimal | None = None
    """The stated sum or value, in academic hours."""
    key: str = ""
    """The row's lineage."""

    @property
    def message(self) -> str:
        """The sentence in the current language."""
        return self.detail.message


@dataclass(frozen=True)
class Remark:
    """A lack that does not block submission."""

    lack: Lack
    where: ErrorDetail
    detail: ErrorDetail
    key: str = ""
    """The topic's lineage."""

    @property
    def message(self) -> str:
        """The sentence in the current language."""
        return self.detail.message


@dataclass(frozen=True)
class Balance:
    """The result of adding up a plan."""

    totals: Mapping[str, Decimal]
    """Kind's lineage → hours."""
    total: Decimal
    problems: tuple[Problem, ...]
    remarks: tuple[Remark, ...]

    @property
    def holds(self) -> bool:
        """True if there are no problems, so that the plan may be submitted."""
        return not self.problems


def is_valid_hours(value: Decimal) -> bool:
    """Returns whether the value is a valid number of hours: 0 to 1000 in quarter steps."""
    return value.is_finite() and 0 <= value <= MAX_HOURS and value % STEP == 0


def check(plan: ThematicPlan, facts: DocumentFacts | None = None) -> Balance:
    """Adds the plan up, topics into sections into the total, and compares with all stated sums.

    With the facts of its document, what only the document states is compared too, and rows are named as there.
    """
    return _Check(plan, facts).balance()


class _Check:
    """Compares a plan's sums with what is stated."""

    def __init__(self, plan: ThematicPlan, facts: DocumentFacts | None) -> None:
        self._plan = plan
        self._facts = facts or DocumentFacts()
        self._numbers = plan.labels() if facts is None else {}
        self._kinds = {kind.lineage: kind.name for kind in plan.kinds}

    def balance(self) -> Balance:
        """Returns sums, problems and remarks."""
        totals = {kind.lineage: sum_of(self._plan.topics(), kind.lineage) for kind in self._plan.kinds}
        total = sum(totals.values(), Decimal(0))
        problems = [*self._topics(), *self._sections()]
        problems += self._compare(TOTAL_ROW, "", list(self._plan.topics()), self._facts.stated)
        if not total:
            problems.append(Problem(Fault.EMPTY, WHOLE_PLAN, ErrorDetail("plan_without_hours")))
        elif self._plan.workload != total:
            problems.append(_workload(self._plan.workload, total))
        return Balance(totals, total, tuple(problems), tuple(self._remarks()))

    def _place(self, row: SectionRow | TopicRow) -> ErrorDetail:
        """Returns the place of a row: by its number in the plan, or by number and title in the document."""
        number = self._numbers.get(row.lineage)
        if number is None:
            return named_place(self._facts.label(row.lineage, row.title))
        return numbered_section(number) if isinstance(row, SectionRow) else numbered_topic(number)

    def _topics(self) -> Iterator[Problem]:
        """Yields problems of steps and row totals."""
        for topic in self._plan.topics():
            for kind, hours in topic.hours.items():
                if not is_valid_hours(hours):
                    yield self._bad_step(topic, kind, hours)
            stated = self._facts.totals.get(topic.lineage)
            if stated is not None and stated != topic.total:
                yield self._row_total(topic, stated)

    def _bad_step(self, topic: TopicRow, kind: str, hours: Decimal) -> Problem:
        detail = ErrorDetail("plan_hours_invalid", params={"kind": self._kinds.get(kind, kind), "hours": hours})
        return Problem(Fault.STEP, self._place(topic), detail, kind, None, hours, topic.lineage)

    def _row_total(self, topic: TopicRow, stated: Decimal) -> Problem:
        detail = ErrorDetail("plan_row_total_differs", params={"stated": stated, "sum": topic.total})
        return Problem(Fault.ROW, self._place(topic), detail, None, topic.total, stated, topic.lineage)

    def _sections(self) -> Iterator[Problem]:
        """Compares what sections and groups state with their topics."""
        for section in self._plan.sections:
            # The row of a section alone is compared as its topic.
            if section.lineage not in self._facts.alone:
                yield from self._compare(self._place(section), section.lineage, section.topics, section.stated)
            for group in self._facts.groups.get(section.lineage, ()):
                yield from self._compare(named_place(group.label), section.lineage, group.topics, group.stated)

    def _compare(self, place: ErrorDetail, key: str, topics: Iterable[TopicRow], stated: Stated) -> Iterator[Problem]:
        """Yields one problem for each stated number that differs from the sum of the topics."""
        topics = list(topics)
        for kind, found in stated.items():
            expected = sum_of(topics, kind)
            if found != expected:
                detail = self._difference(kind, expected, found)
                yield Problem(Fault.SUM, place, detail, None if kind == TOTAL else kind, expected, found, key)

    def _difference(self, kind: str, expected: Decimal, found: Decimal) -> ErrorDetail:
        if kind == TOTAL:
            return ErrorDetail("plan_overall_sum_differs", params={"stated": found, "sum": expected})
        params = {"kind": self._kinds.get(kind, kind), "stated": found, "sum": expected}
        return ErrorDetail("plan_sum_differs", params=params)

    def _remarks(self) -> Iterator[Remark]:
        """Yields topics without form of class or control; one remark if the document has no such column."""
        topics = list(self._plan.topics())
        if self._facts.has_class_forms:
            lacking = [topic for topic in topics if not topic.class_form]
            yield from self._lacks(Lack.CLASS_FORM, lacking, ErrorDetail("topic_without_class_form"))
        else:
            yield Remark(Lack.CLASS_FORM, WHOLE_PLAN, ErrorDetail("plan_without_class_forms"))
        if self._facts.has_control_forms:
            lacking = [topic for topic in topics if not topic.control_form]
            yield from self._lacks(Lack.CONTROL, lacking, ErrorDetail("topic_without_control"))
        else:
            yield Remark(Lack.CONTROL, WHOLE_PLAN, ErrorDetail("plan_without_controls"))

    def _lacks(self, lack: Lack, topics: Iterable[TopicRow], detail: ErrorDetail) -> Iterator[Remark]:
        yield from (Remark(lack, self._place(topic), detail, topic.lineage) for topic in topics)


def _workload(workload: Decimal, total: Decimal) -> Problem:
    detail = ErrorDetail("plan_total_differs_from_workload", params={"stated": workload, "sum": total})
    return Problem(Fault.WORKLOAD, WORKLOAD, detail, None, total, workload)
