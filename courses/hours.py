"""Adds up a thematic plan: arithmetic over academic hours, shared by the import and the plan's editor.

A plan is sections with topics; every topic carries hours per *kind* (lectures, practice…). Section rows, the total row
and the programme itself may *state* sums. A stated sum must equal the sum of its topics: a difference is a
:class:`Problem` and blocks submission. A topic without form of class or of control is only a :class:`Remark`.

Hours are academic hours of 45 minutes, ``Decimal`` in quarter steps. The caller chooses the keys of kinds (a column's
name, a row's id); ``None`` stands for the sum over all kinds.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from lms.core.i18n import _
from lms.core.sentences import ErrorDetail

STEP = Decimal("0.25")
"""The smallest part of an academic hour that a plan may use."""
MAX_HOURS = Decimal(1000)
"""The most hours that one cell accepts; more is taken for a misprint."""
TOTAL = None
"""The key of the sum over all kinds."""

Hours = Mapping[str, Decimal]
Stated = Mapping[str | None, Decimal]
"""Sums that a row states: kind → hours, ``None`` → the overall sum. A missing key is not stated."""


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
class PlanTopic:
    """A row with hours of its own: a topic, or a section without topics."""

    title: str
    hours: Hours
    stated_total: Decimal | None = None
    class_form: str = ""
    control: str = ""
    key: str = ""
    """The caller's key of the row."""
    number: str = ""
    """The number that the source gives the row: 1.2, IV."""

    @property
    def label(self) -> str:
        """Number and title."""
        return f"{self.number} {self.title}".strip()


@dataclass(frozen=True)
class PlanGroup:
    """A row whose hours are the sum of others: a section, or a group of topics within one."""

    title: str
    topics: tuple["PlanTopic | PlanGroup", ...] = ()
    stated: Stated = field(default_factory=dict)
    key: str = ""
    number: str = ""
    class_form: str = ""
    control: str = ""
    """Forms of class and of control that the source gives in the group's own row; topics have their own."""

    @property
    def label(self) -> str:
        """Number and title."""
        return f"{self.number} {self.title}".strip()


@dataclass(frozen=True)
class Plan:
    """A plan as its source states it, the input of :func:`check`.

    ``kinds``: key → the name shown to people, in the order of columns.
    """

    kinds: Mapping[str, str]
    rows: tuple[PlanGroup | PlanTopic, ...]
    stated: Stated = field(default_factory=dict)
    workload: Decimal | None = None
    asks_class_form: bool = True
    """False if the source has no such column: then the plan gets one remark instead of one for each topic."""
    asks_control: bool = True


@dataclass(frozen=True)
class Problem:
    """A sum or value that does not hold. ``kind`` is the kind's key, ``None`` for the overall sum."""

    fault: Fault
    where: str
    detail: ErrorDetail
    kind: str | None = None
    expected: Decimal | None = None
    """The sum of the parts, in academic hours."""
    found: Decimal | None = None
    """The stated sum or value, in academic hours."""
    key: str = ""

    @property
    def message(self) -> str:
        """The sentence in the current language."""
        return self.detail.message


@dataclass(frozen=True)
class Remark:
    """A lack that does not block submission."""

    lack: Lack
    where: str
    detail: ErrorDetail
    key: str = ""

    @property
    def message(self) -> str:
        """The sentence in the current language."""
        return self.detail.message


@dataclass(frozen=True)
class Balance:
    """The result of adding up a plan."""

    totals: Hours
    total: Decimal
    problems: tuple[Problem, ...]
    remarks: tuple[Remark, ...]

    @property
    def holds(self) -> bool:
        """True if there are no problems, so that the plan may be submitted."""
        return not self.problems


def leaves(rows: Iterable[PlanGroup | PlanTopic]) -> Iterator[PlanTopic]:
    """Yields the rows with hours of their own, in order."""
    for row in rows:
        if isinstance(row, PlanTopic):
            yield row
        else:
            yield from leaves(row.topics)


def add_up(rows: Iterable[PlanGroup | PlanTopic], kinds: Iterable[str]) -> dict[str, Decimal]:
    """Returns hours per kind over all topics of these rows."""
    topics = list(leaves(rows))
    return {kind: sum((topic.hours.get(kind, Decimal(0)) for topic in topics), Decimal(0)) for kind in kinds}


def is_valid_hours(value: Decimal) -> bool:
    """Returns whether the value is a valid number of hours: 0 to 1000 in quarter steps."""
    return value.is_finite() and 0 <= value <= MAX_HOURS and value % STEP == 0


def check(plan: Plan) -> Balance:
    """Adds the plan up, topics into sections into the total, and compares with all stated sums."""
    totals = add_up(plan.rows, plan.kinds)
    total = sum(totals.values(), Decimal(0))
    problems = [*_rows(plan), *_groups(plan, plan.rows)]
    problems += _compare(plan, _("Total"), "", totals, plan.stated)
    if not total:
        problems.append(Problem(Fault.EMPTY, _("Thematic plan"), ErrorDetail("plan_without_hours")))
    elif plan.workload is not None and plan.workload != total:
        problems.append(_workload(plan.workload, total))
    return Balance(totals, total, tuple(problems), tuple(_remarks(plan)))


def _workload(workload: Decimal, total: Decimal) -> Problem:
    detail = ErrorDetail("plan_total_differs_from_workload", params={"stated": workload, "sum": total})
    return Problem(Fault.WORKLOAD, _("Workload"), detail, None, total, workload)


def _rows(plan: Plan) -> Iterator[Problem]:
    """Yields problems of steps and row totals."""
    for topic in leaves(plan.rows):
        for kind, hours in topic.hours.items():
            if not is_valid_hours(hours):
                yield _bad_step(plan, topic, kind, hours)
        yield from _row_total(topic)


def _bad_step(plan: Plan, topic: PlanTopic, kind: str, hours: Decimal) -> Problem:
    detail = ErrorDetail("plan_hours_invalid", params={"kind": plan.kinds.get(kind, kind), "hours": hours})
    return Problem(Fault.STEP, topic.label, detail, kind, None, hours, topic.key)


def _row_total(topic: PlanTopic) -> Iterator[Problem]:
    total = sum(topic.hours.values(), Decimal(0))
    if topic.stated_total is not None and topic.stated_total != total:
        detail = ErrorDetail("plan_row_total_differs", params={"stated": topic.stated_total, "sum": total})
        yield Problem(Fault.ROW, topic.label, detail, None, total, topic.stated_total, topic.key)


def _groups(plan: Plan, rows: Iterable[PlanGroup | PlanTopic]) -> Iterator[Problem]:
    """Compares what each section states with its topics."""
    for row in rows:
        if isinstance(row, PlanGroup):
            yield from _compare(plan, row.label, row.key, add_up([row], plan.kinds), row.stated)
            yield from _groups(plan, row.topics)


def _compare(plan: Plan, label: str, key: str, sums: Hours, stated: Stated) -> Iterator[Problem]:
    """Yields one problem for each stated number that differs from the sum of the topics."""
    for kind, found in stated.items():
        expected = sums.get(kind, Decimal(0)) if kind is not None else sum(sums.values(), Decimal(0))
        if found != expected:
            yield Problem(Fault.SUM, label, _difference(plan, kind, expected, found), kind, expected, found, key)


def _difference(plan: Plan, kind: str | None, expected: Decimal, found: Decimal) -> ErrorDetail:
    if kind is None:
        return ErrorDetail("plan_overall_sum_differs", params={"stated": found, "sum": expected})
    return ErrorDetail(
        "plan_sum_differs", params={"kind": plan.kinds.get(kind, kind), "stated": found, "sum": expected}
    )


def _remarks(plan: Plan) -> Iterator[Remark]:
    """Yields topics without form of class or control; one remark if the source has no such column."""
    whole = _("Thematic plan")
    topics = list(leaves(plan.rows))
    if plan.asks_class_form:
        detail = ErrorDetail("topic_without_class_form")
        yield from (Remark(Lack.CLASS_FORM, t.label, detail, t.key) for t in topics if not t.class_form)
    else:
        yield Remark(Lack.CLASS_FORM, whole, ErrorDetail("plan_without_class_forms"))
    if plan.asks_control:
        detail = ErrorDetail("topic_without_control")
        yield from (Remark(Lack.CONTROL, t.label, detail, t.key) for t in topics if not t.control)
    else:
        yield Remark(Lack.CONTROL, whole, ErrorDetail("plan_without_controls"))
