"""The content of a programme's document as plain data, convertible to and from JSON.

The import draft stores it between the preview and saving. Hours are academic hours, points are points of a criterion;
both are ``Decimal``, in JSON decimal strings.
"""

import types
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from decimal import Decimal
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from courses.thematic_plan.document_facts import DocumentFacts
from courses.thematic_plan.model import ThematicPlan
from courses.thematic_plan.place import named_place
from lms.core.sentences import ErrorDetail, stored_detail

Data = TypeVar("Data")


@dataclass(frozen=True)
class ImportedNote:
    """A problem or a warning; ``kind``, ``expected`` and ``found`` are set for sums that do not add up."""

    where: ErrorDetail
    detail: ErrorDetail
    kind: str | None = None
    """Name of the column of hours."""
    expected: Decimal | None = None
    found: Decimal | None = None
    section: str = ""
    """Lineage of the section that the row belongs to; empty for sums over all sections."""

    @property
    def difference(self) -> Decimal | None:
        """Hours by which the stated sum is too small; None for other notes."""
        return None if self.expected is None or self.found is None else self.expected - self.found

    @property
    def message(self) -> str:
        """The sentence in the current language."""
        return self.detail.message


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


NOT_STORED = frozenset({"plan", "facts"})


@dataclass(frozen=True)
class ImportedProgramme:
    """Everything that was recognised; parts that were not found are empty."""

    title: str = ""
    other_titles: tuple[str, ...] = ()
    """Other readings of the title page that are about as likely; the preview asks."""
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
    plan: ThematicPlan = field(default_factory=ThematicPlan)
    """The plan as the document has it. The draft stores the proposed plan, with the author's corrections."""
    facts: DocumentFacts = field(default_factory=DocumentFacts)
    """Facts about the plan that a programme does not store."""
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
    def titles(self) -> tuple[str, ...]:
        """The title and its other readings, among which the author chooses; empty if there is no other."""
        return (self.title, *self.other_titles) if self.other_titles else ()

    @property
    def hours(self) -> Decimal:
        """The stated workload, else the plan's total."""
        return self.workload if self.workload is not None else self.plan.total

    def to_json(self) -> dict[str, Any]:
        """Returns plain JSON values, without the plan and the facts about it."""
        return {one.name: _plain(getattr(self, one.name)) for one in fields(self) if one.name not in NOT_STORED}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "ImportedProgramme":
        """Restores the result of :meth:`to_json`; ignores unknown keys. Raises ValueError or TypeError for other
        shapes.
        """
        notes = {name: [_note(one) for one in data.get(name, ())] for name in NOTES}
        return _revive(cls, {name: value for name, value in {**data, **notes}.items() if name not in NOT_STORED})


NOTES = ("problems", "warnings")


def _note(data: dict[str, Any]) -> dict[str, Any]:
    """Returns a note's JSON; versions before codes stored place and sentence as text."""
    note = dict(data)
    if isinstance(data.get("where"), str):
        note["where"] = _plain(named_place(data["where"]))
    if "message" in data:
        note["detail"] = _plain(ErrorDetail("document_note", params={"text": data["message"]}))
    return note


def _plain(value: Any) -> Any:
    """Converts data classes, tuples and decimals to JSON values."""
    if isinstance(value, ErrorDetail):
        return value.as_json()
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
        return stored_detail(value) if hint is ErrorDetail else _revive(hint, value)  # type: ignore[arg-type]
    return hint(value)
