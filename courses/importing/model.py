"""The content of a programme's document as plain data, convertible to and from JSON.

The import draft stores it between the preview and saving. Hours are academic hours, points are points of a criterion;
both are ``Decimal``, in JSON decimal strings.
"""

import types
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from decimal import Decimal
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from courses.hours import TOTAL, Plan, PlanGroup, PlanTopic, Stated
from lms.core.sentences import ErrorDetail

Data = TypeVar("Data")


@dataclass(frozen=True)
class ImportedNote:
    """A problem or a warning; ``kind``, ``expected`` and ``found`` are set for sums that do not add up."""

    where: str
    detail: ErrorDetail
    kind: str | None = None
    expected: Decimal | None = None
    found: Decimal | None = None

    @property
    def message(self) -> str:
        """The sentence in the current language."""
        return self.detail.message


@dataclass(frozen=True)
class StatedHours:
    """Sums that a row states, per kind and overall; a kind that is missing is not stated."""

    kinds: dict[str, Decimal] = field(default_factory=dict)
    total: Decimal | None = None

    def as_stated(self) -> Stated:
        """Returns the sums as :func:`courses.hours.check` compares them."""
        stated: dict[str | None, Decimal] = {kind: hours for kind, hours in self.kinds.items()}  # noqa: C416 - keys widen
        if self.total is not None:
            stated[TOTAL] = self.total
        return stated


@dataclass(frozen=True)
class ImportedTopic:
    """A topic; in a plan of three levels ``group`` names the row between the topic and its section."""

    number: str
    title: str
    hours: dict[str, Decimal] = field(default_factory=dict)
    stated_total: Decimal | None = None
    class_form: str = ""
    control: str = ""
    group: str = ""

    @property
    def label(self) -> str:
        """Number and title."""
        return f"{self.number} {self.title}".strip()


@dataclass(frozen=True)
class ImportedGroup:
    """A row between section and topics."""

    label: str
    stated_hours: StatedHours


@dataclass(frozen=True)
class ImportedSection:
    """A section. One without topics has hours of its own. Form of class and control are those of its own row."""

    number: str
    title: str
    stated_hours: StatedHours = field(default_factory=StatedHours)
    topics: tuple[ImportedTopic, ...] = ()
    groups: tuple[ImportedGroup, ...] = ()
    hours: dict[str, Decimal] = field(default_factory=dict)
    class_form: str = ""
    control: str = ""

    @property
    def label(self) -> str:
        """Number and title."""
        return f"{self.number} {self.title}".strip()


@dataclass(frozen=True)
class ImportedCompetency:
    """A competency with its descriptors."""

    title: str
    code: str = ""
    knows: tuple[str, ...] = ()
    can: tuple[str, ...] = ()
    practised: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """Code and title as in the document."""
        return f"{self.code}. {self.title}" if self.code and self.title else self.code or self.title


@dataclass(frozen=True)
class ImportedCriterion:
    """A criterion of the final attestation; points are None where the document gives none."""

    name: str
    indicator: str = ""
    max_points: Decimal | None = None
    min_points: Decimal | None = None


@dataclass(frozen=True)
class ImportedConditions:
    """Conditions of the programme: staff, equipment, information resources (parts 3.1–3.3)."""

    staff: str = ""
    equipment: str = ""
    information: str = ""


@dataclass(frozen=True)
class UnrecognisedBlock:
    """A paragraph or table in which no part of the programme was recognised."""

    kind: str
    """``paragraph`` or ``table``."""
    text: str


@dataclass(frozen=True)
class ImportedProgramme:
    """Everything that was recognised; parts that were not found are empty."""

    title: str = ""
    organization: str = ""
    workload: Decimal | None = None
    """As stated in the text; None if only the plan gives it."""
    year: int | None = None
    key_ideas: str = ""
    goal: str = ""
    tasks: tuple[str, ...] = ()
    form: str = ""
    audience: str = ""
    competencies: tuple[ImportedCompetency, ...] = ()
    kinds: tuple[str, ...] = ()
    sections: tuple[ImportedSection, ...] = ()
    stated_hours: StatedHours = field(default_factory=StatedHours)
    """The plan's total row."""
    has_class_forms: bool = False
    """True if the plan has a column of forms of class."""
    has_controls: bool = False
    criteria: tuple[ImportedCriterion, ...] = ()
    pass_mark: Decimal | None = None
    min_per_criterion: Decimal | None = None
    conditions: ImportedConditions = field(default_factory=ImportedConditions)
    literature: tuple[str, ...] = ()
    contents: tuple[str, ...] = ()
    """«Structure and contents»: descriptions of sections and topics, one text per paragraph."""
    problems: tuple[ImportedNote, ...] = ()
    warnings: tuple[ImportedNote, ...] = ()
    not_understood: tuple[UnrecognisedBlock, ...] = ()

    @property
    def plan_total(self) -> Decimal:
        """Academic hours of all topics."""
        return sum((sum(hours.values(), Decimal(0)) for hours in self._hours()), Decimal(0))

    @property
    def hours(self) -> Decimal:
        """The stated workload, else the plan's total."""
        return self.workload if self.workload is not None else self.plan_total

    def _hours(self) -> Iterable[dict[str, Decimal]]:
        for section in self.sections:
            yield from (topic.hours for topic in section.topics) if section.topics else (section.hours,)

    def as_plan(self) -> Plan:
        """Returns the plan as :func:`courses.hours.check` adds it up."""
        return Plan(
            kinds={kind: kind for kind in self.kinds},
            rows=tuple(_row(section) for section in self.sections),
            stated=self.stated_hours.as_stated(),
            workload=self.workload,
            asks_class_form=self.has_class_forms,
            asks_control=self.has_controls,
        )

    def to_json(self) -> dict[str, Any]:
        """Returns plain JSON values."""
        return {one.name: _plain(getattr(self, one.name)) for one in fields(self)}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "ImportedProgramme":
        """Restores the result of :meth:`to_json`; ignores unknown keys. Raises ValueError or TypeError for other
        shapes.
        """
        return _revive(cls, {**data, **{name: [_note(one) for one in data.get(name, ())] for name in NOTES}})


NOTES = ("problems", "warnings")


def _note(data: dict[str, Any]) -> dict[str, Any]:
    """Returns a note's JSON; versions before codes stored the sentence as ``message``."""
    if "message" not in data:
        return data
    stored = ErrorDetail("document_note", params={"text": data["message"]})
    return {**data, "detail": _plain(stored)}


def _row(section: ImportedSection) -> PlanGroup | PlanTopic:
    if not section.topics:
        total = section.stated_hours.total
        return PlanTopic(section.label, section.hours, total, section.class_form, section.control, section.number)
    stated = {group.label: group.stated_hours.as_stated() for group in section.groups}
    rows: list[PlanGroup | PlanTopic] = []
    for topic in section.topics:
        row = PlanTopic(topic.label, topic.hours, topic.stated_total, topic.class_form, topic.control, topic.number)
        last = rows[-1] if rows else None
        if not topic.group:
            rows.append(row)
        elif isinstance(last, PlanGroup) and last.label == topic.group:
            rows[-1] = PlanGroup(last.label, (*last.topics, row), last.stated)
        else:
            rows.append(PlanGroup(topic.group, (row,), stated.get(topic.group, {})))
    return PlanGroup(section.label, tuple(rows), section.stated_hours.as_stated(), section.number)


def _plain(value: Any) -> Any:
    """Converts data classes, tuples and decimals to JSON values."""
    if is_dataclass(value) and not isinstance(value, type):
        return {one.name: _plain(getattr(value, one.name)) for one in fields(value)}
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    if isinstance(value, Mapping):
        return {key: _plain(one) for key, one in value.items()}
    return str(value) if isinstance(value, Decimal) else value


def _revive(kind: type[Data], data: dict[str, Any]) -> Data:
    hints = get_type_hints(kind)
    names = {one.name for one in fields(kind)}  # type: ignore[arg-type]
    return kind(**{name: _value(hints[name], value) for name, value in data.items() if name in names})


def _value(hint: Any, value: Any) -> Any:
    """Converts a JSON value to the field's type."""
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        inner = next(one for one in arguments if one is not type(None))
        return None if value is None else _value(inner, value)
    if origin is tuple:
        return tuple(_value(arguments[0], one) for one in value)
    if hint is Any:
        return value
    if origin in (dict, Mapping):
        return {str(key): _value(arguments[1], one) for key, one in value.items()}
    if is_dataclass(hint):
        return _revive(hint, value)  # type: ignore[arg-type]
    return hint(value)
