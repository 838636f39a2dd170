"""How a thematic plan adds up: pure arithmetic over academic hours, shared by the import and the plan's editor.

A plan is sections with topics; every topic carries hours per *kind* (lectures, practice…). Section rows, the total row
and the programme itself may *state* sums. What is stated must be what the topics add up to: a difference is a
:class:`Problem` and blocks submission. A topic without form of class or of control is a :class:`Remark` only.

Hours are academic hours of 45 minutes, ``Decimal`` in quarter steps. Kinds are known here by a key of the caller's
choice (a column's name, a row's id); ``None`` stands for the sum over all kinds.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from lms.core.i18n import _, format_hours

STEP = Decimal("0.25")
"""The smallest part of an academic hour that a plan may use."""
MOST = Decimal(1000)
"""More than this in one cell is a slip of the keyboard."""
TOTAL = None
"""The key of the sum over all kinds."""

Hours = Mapping[str, Decimal]
Stated = Mapping[str | None, Decimal]
"""What a row says of itself: kind → hours, ``None`` → the overall number. A key that is missing is not stated."""


class Fault(StrEnum):
    """What kind of problem it is."""

    SUM = "sum"
    """A stated sum differs from what its parts add up to."""
    ROW = "row"
    """A topic's total differs from the sum over its kinds."""
    STEP = "step"
    """Hours that are not whole quarters, negative or absurdly many."""
    WORKLOAD = "workload"
    """The plan's total differs from the programme's stated workload."""
    EMPTY = "empty"
    """A plan without hours."""


class Lack(StrEnum):
    """What a topic may be without."""

    CLASS_FORM = "class_form"
    CONTROL = "control"


@dataclass(frozen=True)
class PlanTopic:
    """A row with hours of its own: a topic, or a section that has no topics."""

    label: str
    hours: Hours
    stated_total: Decimal | None = None
    class_form: str = ""
    control: str = ""
    key: str = ""
    """Whatever the caller finds the row again by."""


@dataclass(frozen=True)
class PlanGroup:
    """A row whose hours are the sum of others: a section, or a group of topics within one."""

    label: str
    topics: tuple["PlanTopic | PlanGroup", ...] = ()
    stated: Stated = field(default_factory=dict)
    key: str = ""


@dataclass(frozen=True)
class Plan:
    """All that is needed to add a plan up. ``kinds``: key → the name that a person reads, in the order of columns."""

    kinds: Mapping[str, str]
    rows: tuple[PlanGroup | PlanTopic, ...]
    stated: Stated = field(default_factory=dict)
    workload: Decimal | None = None
    asks_class_form: bool = True
    """False where the source has no such column: then the plan as a whole is remarked once, not each topic."""
    asks_control: bool = True


@dataclass(frozen=True)
class Problem:
    """Something that does not add up. ``kind`` is the kind's key, ``None`` for the overall number."""

    fault: Fault
    where: str
    message: str
    kind: str | None = None
    expected: Decimal | None = None
    """What the parts add up to, in academic hours."""
    found: Decimal | None = None
    """What is stated."""
    key: str = ""


@dataclass(frozen=True)
class Remark:
    """Something that may stay as it is, but should be seen."""

    lack: Lack
    where: str
    message: str
    key: str = ""


@dataclass(frozen=True)
class Balance:
    """What adding up a plan came to."""

    totals: Hours
    total: Decimal
    problems: tuple[Problem, ...]
    remarks: tuple[Remark, ...]

    @property
    def holds(self) -> bool:
        """Whether the plan may be submitted."""
        return not self.problems


def leaves(rows: Iterable[PlanGroup | PlanTopic]) -> Iterator[PlanTopic]:
    """The rows that carry hours of their own, in order."""
    for row in rows:
        if isinstance(row, PlanTopic):
            yield row
        else:
            yield from leaves(row.topics)


def add_up(rows: Iterable[PlanGroup | PlanTopic], kinds: Iterable[str]) -> dict[str, Decimal]:
    """Hours per kind over all topics of these rows."""
    topics = list(leaves(rows))
    return {kind: sum((topic.hours.get(kind, Decimal(0)) for topic in topics), Decimal(0)) for kind in kinds}


def is_whole_step(value: Decimal) -> bool:
    """Whether the value is a number of hours that a plan may carry: 0 to 1000 in quarter steps."""
    return value.is_finite() and 0 <= value <= MOST and value % STEP == 0


def check(plan: Plan) -> Balance:
    """Adds the plan up, topics into sections into the total, and compares with all that is stated."""
    totals = add_up(plan.rows, plan.kinds)
    total = sum(totals.values(), Decimal(0))
    problems = [*_rows(plan), *_groups(plan, plan.rows)]
    problems += _compare(plan, _("Total"), "", totals, plan.stated)
    if not total:
        problems.append(Problem(Fault.EMPTY, _("Thematic plan"), _("The plan has no hours.")))
    elif plan.workload is not None and plan.workload != total:
        problems.append(_workload(plan.workload, total))
    return Balance(totals, total, tuple(problems), tuple(_remarks(plan)))


def _workload(workload: Decimal, total: Decimal) -> Problem:
    message = _(
        "The stated workload is %(stated)s h, the plan adds up to %(sum)s h.",
        stated=format_hours(workload),
        sum=format_hours(total),
    )
    return Problem(Fault.WORKLOAD, _("Workload"), message, None, total, workload)


def _rows(plan: Plan) -> Iterator[Problem]:
    """Steps and totals of each topic."""
    for topic in leaves(plan.rows):
        for kind, hours in topic.hours.items():
            if not is_whole_step(hours):
                yield _bad_step(plan, topic, kind, hours)
        yield from _row_total(topic)


def _bad_step(plan: Plan, topic: PlanTopic, kind: str, hours: Decimal) -> Problem:
    name = plan.kinds.get(kind, kind)
    message = _(
        "%(kind)s: %(hours)s h; hours go from 0 to 1000 in steps of 0.25.", kind=name, hours=format_hours(hours)
    )
    return Problem(Fault.STEP, topic.label, message, kind, None, hours, topic.key)


def _row_total(topic: PlanTopic) -> Iterator[Problem]:
    total = sum(topic.hours.values(), Decimal(0))
    if topic.stated_total is not None and topic.stated_total != total:
        message = _(
            "The row's total is %(stated)s h, its kinds of hours add up to %(sum)s h.",
            stated=format_hours(topic.stated_total),
            sum=format_hours(total),
        )
        yield Problem(Fault.ROW, topic.label, message, None, total, topic.stated_total, topic.key)


def _groups(plan: Plan, rows: Iterable[PlanGroup | PlanTopic]) -> Iterator[Problem]:
    """What each section states against its topics."""
    for row in rows:
        if isinstance(row, PlanGroup):
            yield from _compare(plan, row.label, row.key, add_up([row], plan.kinds), row.stated)
            yield from _groups(plan, row.topics)


def _compare(plan: Plan, label: str, key: str, sums: Hours, stated: Stated) -> Iterator[Problem]:
    """One problem for each stated number that the sum of the topics does not reach or exceeds."""
    for kind, found in stated.items():
        expected = sums.get(kind, Decimal(0)) if kind is not None else sum(sums.values(), Decimal(0))
        if found != expected:
            yield Problem(Fault.SUM, label, _difference(plan, kind, expected, found), kind, expected, found, key)


def _difference(plan: Plan, kind: str | None, expected: Decimal, found: Decimal) -> str:
    return _(
        "%(kind)s: stated %(stated)s h, by topics %(sum)s h.",
        kind=_("Overall") if kind is None else plan.kinds.get(kind, kind),
        stated=format_hours(found),
        sum=format_hours(expected),
    )


def _remarks(plan: Plan) -> Iterator[Remark]:
    """Topics without form of class or control; one remark for a plan whose source has no such column."""
    whole = _("Thematic plan")
    topics = list(leaves(plan.rows))
    if plan.asks_class_form:
        message = _("No form of class is given.")
        yield from (Remark(Lack.CLASS_FORM, t.label, message, t.key) for t in topics if not t.class_form)
    else:
        yield Remark(Lack.CLASS_FORM, whole, _("The plan gives no forms of class."))
    if plan.asks_control:
        message = _("No form of control is given.")
        yield from (Remark(Lack.CONTROL, t.label, message, t.key) for t in topics if not t.control)
    else:
        yield Remark(Lack.CONTROL, whole, _("The plan gives no forms of control."))
