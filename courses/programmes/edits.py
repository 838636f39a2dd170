"""Changes of a plan as the editor sends them, applied one by one to plain data.

Every change may be sent twice (a retry, a double click, two tabs): a cell is merged by value; adding an existing row
and deleting a missing one change nothing. A change that cannot be applied gets an outcome instead of an exception, so
that the rest of the queue is applied and the page asks only about conflicts.
"""

import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from courses.programmes import plan_cell
from courses.programmes.errors import Gone, Refused
from courses.thematic_plan.model import (
    KINDS_AT_MOST,
    SECTIONS_AT_MOST,
    TOPICS_AT_MOST,
    TOTAL,
    Kind,
    SectionRow,
    ThematicPlan,
    TopicRow,
)
from courses.thematic_plan.plan_json import topic_json
from lms.core.errors import DomainError
from lms.core.sentences import ErrorDetail

CHANGES_AT_MOST = 2000
"""Most changes in one request; enough for several hours of editing without a connection."""


class Outcome(StrEnum):
    """Outcome of a change."""

    DONE = "done"
    SAME = "same"
    """The plan had this value already."""
    CONFLICT = "conflict"
    """Another person changed the same cell; ``current`` is its value now."""
    GONE = "gone"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class ChangeResult:
    """Outcome of one change; ``id`` is the one that the sender gave."""

    id: str
    outcome: Outcome
    cell: str = ""
    current: str | None = None
    error: ErrorDetail | None = None
    """The reason of ``GONE`` and ``REFUSED``."""

    @property
    def message(self) -> str:
        """The reason in the current language; empty if there is none."""
        return self.error.message if self.error else ""

    def to_json(self) -> dict[str, Any]:
        """Returns the outcome as JSON for the page."""
        return {
            "id": self.id,
            "outcome": self.outcome.value,
            "cell": self.cell,
            "current": self.current,
            "message": self.message,
        }


Change = Mapping[str, Any]


def apply_all(plan: ThematicPlan, changes: Iterable[Change]) -> list[ChangeResult]:
    """Applies the changes in order; returns one outcome each."""
    return [apply_one(plan, change) for change in changes]


def apply_one(plan: ThematicPlan, change: Change) -> ChangeResult:
    """Applies one change: ``{"id", "do": "set" | "add_topic" | …}`` with the values of that action."""
    name = _text(change, "id")[:80]
    cell = _text(change, "cell")[:200]
    try:
        deed = ACTIONS.get(_text(change, "do"))
        if deed is None:
            raise Refused(code="plan_cell_unknown")
        outcome, current = deed(plan, change)
        return ChangeResult(name, outcome, cell, current)
    except Gone as error:
        return ChangeResult(name, Outcome.GONE, cell, error=detail_of(error))
    except Refused as error:
        return ChangeResult(name, Outcome.REFUSED, cell, error=detail_of(error))


def detail_of(error: DomainError) -> ErrorDetail:
    """Returns code and values of the error."""
    return ErrorDetail(error.code, params=error.params)


Result = tuple[Outcome, str | None]
DONE: Result = (Outcome.DONE, None)
SAME: Result = (Outcome.SAME, None)


def _text(change: Change, name: str) -> str:
    value = change.get(name)
    return value if isinstance(value, str) else ""


def _lineage(change: Change, name: str) -> str:
    """Returns a lineage that the browser chose or names. Raises ``Refused`` if it is malformed."""
    try:
        return str(uuid.UUID(_text(change, name)))
    except ValueError:
        raise Refused(code="plan_row_unknown") from None


def _set(plan: ThematicPlan, change: Change) -> Result:
    cell = plan_cell.parse(_text(change, "cell"))
    current = plan_cell.read(plan, cell)
    typed = _text(change, "value")
    value = kind_name(plan, cell.row, typed) if cell.of == "kind" else plan_cell.canonical(cell, typed)
    merged = plan_cell.merge(_base(cell, change), value, current)
    if merged is plan_cell.Merged.DONE:
        plan_cell.write(plan, cell, value)
    return Outcome(merged.value), value if merged is plan_cell.Merged.DONE else current


def _base(cell: plan_cell.Cell, change: Change) -> str:
    """Returns the value that the sender saw before typing; a malformed one matches no value of a cell."""
    try:
        return plan_cell.canonical(cell, _text(change, "base"))
    except Refused:
        return _text(change, "base")


def _add_section(plan: ThematicPlan, change: Change) -> Result:
    lineage = _lineage(change, "lineage")
    if plan.section(lineage):
        return SAME
    if len(plan.sections) >= SECTIONS_AT_MOST:
        raise Refused(code="plan_sections_too_many", params={"most": SECTIONS_AT_MOST})
    section = SectionRow(lineage, _title(change), _hours_in(plan, change, "stated"))
    _insert(plan.sections, section, change, last=True)
    return DONE


def _add_topic(plan: ThematicPlan, change: Change) -> Result:
    lineage = _lineage(change, "lineage")
    if plan.topic(lineage):
        return SAME
    section = plan.section(_lineage(change, "section"))
    if section is None:
        raise Gone
    if sum(1 for _topic in plan.topics()) >= TOPICS_AT_MOST:
        raise Refused(code="plan_topics_too_many", params={"most": TOPICS_AT_MOST})
    _insert(section.topics, _new_topic(plan, lineage, change), change, last=True)
    return DONE


def _new_topic(plan: ThematicPlan, lineage: str, change: Change) -> TopicRow:
    """Returns an empty topic, or a restored one with its former content."""
    topic = TopicRow(lineage, _title(change))
    for name in ("class_form", "control_form"):
        setattr(topic, name, plan_cell.canonical(plan_cell.Cell("topic", lineage, name), _text(change, name)))
    topic.hours = {kind: value for kind, value in _hours_in(plan, change, "hours").items() if value and kind != TOTAL}
    return topic


def _hours_in(plan: ThematicPlan, change: Change, name: str) -> dict[str, Decimal]:
    """Returns the hours of a restored row by column; columns that the plan does not have are left out."""
    given = _texts_in(change, name)
    return {kind: plan_cell.parse_hours(text) for kind, text in given.items() if kind == TOTAL or plan.kind(kind)}


def _texts_in(change: Change, name: str) -> dict[str, str]:
    given = change.get(name)
    return {str(key): str(text) for key, text in given.items()} if isinstance(given, dict) else {}


def _title(change: Change) -> str:
    return plan_cell.canonical(plan_cell.Cell("topic", "", "title"), _text(change, "title"))


def _insert(rows: list[Any], row: Any, change: Change, *, last: bool) -> None:
    """Inserts the row after the row named by ``after``: at the start if it is empty, at the end if it is missing."""
    after = change.get("after")
    if after == "":
        rows.insert(0, row)
        return
    place = next((at for at, other in enumerate(rows, 1) if other.lineage == after), None)
    rows.insert(len(rows) if place is None and last else place or 0, row)


def _move(plan: ThematicPlan, change: Change) -> Result:
    lineage = _lineage(change, "lineage")
    before = _order(plan)
    if section := plan.section(lineage):
        plan.sections.remove(section)
        _insert(plan.sections, section, change, last=True)
    else:
        _move_topic(plan, lineage, change)
    return SAME if _order(plan) == before else DONE


def _move_topic(plan: ThematicPlan, lineage: str, change: Change) -> None:
    topic, target = plan.topic(lineage), plan.section(_lineage(change, "section"))
    if topic is None or target is None:
        raise Gone
    plan.section_of(topic).topics.remove(topic)
    _insert(target.topics, topic, change, last=True)


def _order(plan: ThematicPlan) -> list[str]:
    return [name for section in plan.sections for name in ("/", section.lineage, *(t.lineage for t in section.topics))]


def _delete(plan: ThematicPlan, change: Change) -> Result:
    """Deletes a topic, or a section with its topics.

    With ``seen`` (the topic, or the section's topics, as the sender knew them), a row that another person has changed
    since is not deleted, and the outcome is a conflict.
    """
    lineage = _lineage(change, "lineage")
    if section := plan.section(lineage):
        return _delete_section(plan, section, change.get("seen"))
    topic = plan.topic(lineage)
    if topic is None:
        return SAME
    if isinstance(change.get("seen"), dict) and change["seen"] != topic_json(topic):
        return Outcome.CONFLICT, topic.title
    plan.section_of(topic).topics.remove(topic)
    return DONE


def _delete_section(plan: ThematicPlan, section: SectionRow, seen: Any) -> Result:
    if isinstance(seen, list) and any(topic.lineage not in seen for topic in section.topics):
        return Outcome.CONFLICT, section.title
    plan.sections.remove(section)
    return DONE


def _add_kind(plan: ThematicPlan, change: Change) -> Result:
    lineage = _lineage(change, "lineage")
    if plan.kind(lineage):
        return SAME
    if len(plan.kinds) >= KINDS_AT_MOST:
        raise Refused(code="plan_columns_too_many", params={"most": KINDS_AT_MOST})
    kind = Kind(lineage, kind_name(plan, lineage, _text(change, "title")))
    hours, stated = (
        {row: plan_cell.parse_hours(text) for row, text in _texts_in(change, name).items()}
        for name in ("hours", "stated")
    )
    _insert(plan.kinds, kind, change, last=True)
    _fill_column(plan, lineage, hours, stated)
    return DONE


def _fill_column(plan: ThematicPlan, lineage: str, hours: Mapping[str, Decimal], stated: Mapping[str, Decimal]) -> None:
    """Gives a restored column its former hours in the rows that the plan still has."""
    for topic in plan.topics():
        if number := hours.get(topic.lineage):
            topic.hours[lineage] = number
    for section in plan.sections:
        if section.lineage in stated:
            section.stated[lineage] = stated[section.lineage]


def kind_name(plan: ThematicPlan, lineage: str, typed: str) -> str:
    """Returns a column's name: not empty and not used by another column. Raises ``Refused``."""
    name = plan_cell.canonical(plan_cell.Cell("kind", lineage, "name"), typed)
    if not name:
        raise Refused(code="column_name_missing")
    if any(kind.name.casefold() == name.casefold() for kind in plan.kinds if kind.lineage != lineage):
        raise Refused(code="column_name_taken", params={"name": name})
    return name


def _delete_kind(plan: ThematicPlan, change: Change) -> Result:
    """Deletes a column with its hours."""
    lineage = _lineage(change, "lineage")
    kind = plan.kind(lineage)
    if kind is None:
        return SAME
    plan.kinds.remove(kind)
    for section in plan.sections:
        section.stated.pop(lineage, None)
    for topic in plan.topics():
        topic.hours.pop(lineage, None)
    return DONE


def _move_kind(plan: ThematicPlan, change: Change) -> Result:
    kind = plan.kind(_lineage(change, "lineage"))
    if kind is None:
        raise Gone
    before = list(plan.kinds)
    plan.kinds.remove(kind)
    _insert(plan.kinds, kind, change, last=True)
    return SAME if plan.kinds == before else DONE


ACTIONS: dict[str, Callable[[ThematicPlan, Change], Result]] = {
    "set": _set,
    "add_section": _add_section,
    "add_topic": _add_topic,
    "move": _move,
    "delete": _delete,
    "add_kind": _add_kind,
    "delete_kind": _delete_kind,
    "move_kind": _move_kind,
}


def changes_of_form(base: ThematicPlan, typed: Mapping[str, str]) -> list[dict[str, str]]:
    """Returns the changes of a form submitted without script: the cells whose text differs from the one shown.

    ``typed``: address → text; ``base``: the plan that the form showed.
    """
    found = []
    for address, text in typed.items():
        try:
            cell = plan_cell.parse(address)
            before = plan_cell.read(base, cell)
        except (Refused, Gone):
            continue
        if text.strip() != before and not _says_the_same(cell, text, before):
            found.append({"id": address, "do": "set", "cell": address, "base": before, "value": text})
    return found


def _says_the_same(cell: plan_cell.Cell, text: str, before: str) -> bool:
    try:
        return plan_cell.canonical(cell, text) == before
    except Refused:
        return False
