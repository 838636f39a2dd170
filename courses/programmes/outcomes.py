"""Competencies with their descriptors, and criteria of the final attestation: lists whose rows keep their lineage."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from courses.models.programmes import Competency, Descriptor, ProgrammeVersion, Rubric, RubricCriterion
from courses.programmes.errors import Overlapped
from courses.programmes.operations import demand_open
from courses.programmes.plan_cell import Merged, merge
from courses.programmes.plan_store import lock
from courses.programmes.removed_parts import find_removed, forget_removed, keep_removed
from courses.programmes.text_fields import POINTS_AT_MOST, checked_lines, checked_number, checked_text, number_text
from courses.thematic_plan.model import TITLE_AT_MOST
from lms.core import audit
from lms.core.auth.policy import Actor
from lms.core.errors import Invalid, NotFound

COMPETENCY = "competency"
"""Kind of a removed part."""
DESCRIPTOR_KINDS = ("knows", "can", "practised")
COMPETENCIES_AT_MOST = 30
CRITERIA_AT_MOST = 40


def competency_text(competency: Competency) -> dict[str, str]:
    """Returns a competency as its form shows it: the title, and the descriptors one per line."""
    lines = {
        kind: "\n".join(descriptor.text for descriptor in competency.descriptors if descriptor.kind == kind)
        for kind in DESCRIPTOR_KINDS
    }
    return {"title": competency.title, **lines}


def find_competency(session: Session, version: ProgrammeVersion, competency_id: int) -> Competency:
    """Returns the version's competency. Raises ``NotFound``."""
    found = session.get(Competency, competency_id)
    if found is None or found.version_id != version.id:
        raise NotFound
    return found


def save_competency(
    session: Session,
    *,
    actor: Actor,
    version: ProgrammeVersion,
    competency: Competency | None,
    typed: dict[str, str],
    base: dict[str, Any] | None = None,
    lineage: str | None = None,
) -> Competency:
    """Changes a competency, or adds one (``lineage``: chosen by the form, so that sending it twice adds one).

    Raises ``Frozen``, ``Invalid`` at a field, ``Overlapped`` if another person has changed the same field.
    """
    lock(session, version)
    demand_open(version)
    checked = _checked_competency(typed)
    if competency is None:
        competency = _known(session, version, lineage) or _added(session, version, lineage)
        base = None
    else:
        session.refresh(competency)
    if base is not None:
        checked = _merged(competency, checked, base)
    competency.title = checked["title"]
    _store_descriptors(competency, checked)
    _changed(session, actor, version, "programme.competency")
    return competency


def _checked_competency(typed: dict[str, str]) -> dict[str, str]:
    title = " ".join(checked_text(typed.get("title", ""), "title").split())
    if not title:
        raise Invalid(code="competency_title_missing", field="title")
    return {"title": title, **{kind: checked_lines(typed.get(kind, ""), kind) for kind in DESCRIPTOR_KINDS}}


def _known(session: Session, version: ProgrammeVersion, lineage: str | None) -> Competency | None:
    if not lineage:
        return None
    return session.scalar(
        select(Competency).where(Competency.version_id == version.id, Competency.lineage == _uuid(lineage))
    )


def _uuid(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError:
        raise NotFound from None


def _added(session: Session, version: ProgrammeVersion, lineage: str | None) -> Competency:
    count = len(competencies(session, version))
    if count >= COMPETENCIES_AT_MOST:
        raise Invalid(code="competencies_too_many", params={"most": COMPETENCIES_AT_MOST})
    made = Competency(version_id=version.id, lineage=_uuid(lineage) if lineage else uuid.uuid4(), position=count)
    made.descriptors = []
    session.add(made)
    return made


def _merged(competency: Competency, checked: dict[str, str], base: dict[str, Any]) -> dict[str, str]:
    current = competency_text(competency)
    for name, text in checked.items():
        seen = str(base.get(name, "")).replace("\r\n", "\n")
        if text == seen:
            checked[name] = current[name]
        elif merge(seen, text, current[name]) is Merged.CONFLICT:
            raise Overlapped(name, current[name])
    return checked


def _store_descriptors(competency: Competency, checked: dict[str, str]) -> None:
    """Stores the descriptors: one with an unchanged text keeps its lineage; a changed one keeps that of its place."""
    old = list(competency.descriptors)
    kept = []
    for kind in DESCRIPTOR_KINDS:
        lines = [line for line in checked[kind].split("\n") if line]
        of_kind = [descriptor for descriptor in old if descriptor.kind == kind]
        kept += _matched(kind, lines, of_kind)
    for place, descriptor in enumerate(kept):
        descriptor.position = place
    competency.descriptors = kept


def _matched(kind: str, lines: Sequence[str], old: list[Descriptor]) -> list[Descriptor]:
    by_text = {descriptor.text: descriptor for descriptor in old if descriptor.text in lines}
    spare = [descriptor for descriptor in old if descriptor not in by_text.values()]
    found = []
    for line in dict.fromkeys(lines):
        descriptor = by_text.get(line) or (spare.pop(0) if spare else Descriptor(kind=kind, lineage=uuid.uuid4()))
        descriptor.text = line
        found.append(descriptor)
    return found


def competencies(session: Session, version: ProgrammeVersion) -> list[Competency]:
    """Returns the version's competencies in order."""
    statement = select(Competency).where(Competency.version_id == version.id)
    return list(session.scalars(statement.order_by(Competency.position, Competency.id)))


def delete_competency(session: Session, *, actor: Actor, version: ProgrammeVersion, competency_id: int) -> None:
    """Deletes a competency with its descriptors, which are kept to be restored; a missing one is no error.

    Raises ``Frozen``.
    """
    lock(session, version)
    demand_open(version)
    found = session.get(Competency, competency_id)
    if found is not None and found.version_id == version.id:
        _keep_removed(session, version, found)
        session.delete(found)
        session.flush()
        _number(competencies(session, version))
        _changed(session, actor, version, "programme.competency_deleted")


def _keep_removed(session: Session, version: ProgrammeVersion, competency: Competency) -> None:
    descriptors = [{"kind": one.kind, "text": one.text, "lineage": str(one.lineage)} for one in competency.descriptors]
    keep_removed(
        session,
        version=version,
        kind=COMPETENCY,
        lineage=competency.lineage,
        title=competency.title,
        content={"position": competency.position, "descriptors": descriptors},
    )


def restore_competency(session: Session, *, actor: Actor, version: ProgrammeVersion, part_id: int) -> bool:
    """Brings a deleted competency back to its place with its descriptors; returns False if it is back already.

    Raises ``Frozen``, and ``Invalid`` if there are too many others.
    """
    lock(session, version)
    demand_open(version)
    part = find_removed(session, version, part_id, COMPETENCY)
    if part is None:
        return False
    made = _added(session, version, str(part.lineage))
    made.title = part.title
    made.descriptors = [
        Descriptor(kind=one["kind"], text=one["text"], lineage=_uuid(one["lineage"]), position=place)
        for place, one in enumerate(part.content["descriptors"])
    ]
    session.flush()
    rows = [one for one in competencies(session, version) if one is not made]
    rows.insert(part.content["position"], made)
    _number(rows)
    forget_removed(session, version, [part.lineage])
    _changed(session, actor, version, "programme.competency_restored")
    return True


def move_competency(session: Session, *, actor: Actor, version: ProgrammeVersion, competency_id: int, up: bool) -> None:
    """Moves a competency one place up or down. Raises ``Frozen``, ``NotFound``."""
    lock(session, version)
    demand_open(version)
    found = find_competency(session, version, competency_id)
    rows = competencies(session, version)
    place = rows.index(found)
    rows.insert(max(0, place - 1) if up else place + 1, rows.pop(place))
    _number(rows)
    _changed(session, actor, version, "programme.competency")


def _number(rows: Iterable[Competency | RubricCriterion]) -> None:
    for place, row in enumerate(rows):
        row.position = place


@dataclass(frozen=True, slots=True)
class CriterionRow:
    """A row of the criteria table as typed; points are text."""

    name: str
    indicator: str = ""
    max_points: str = ""
    min_points: str = ""
    lineage: str = ""

    @property
    def is_empty(self) -> bool:
        """True if nothing is typed in it; such a row is not stored."""
        return not (self.name or self.indicator or self.max_points)


def criteria(session: Session, version: ProgrammeVersion) -> list[RubricCriterion]:
    """Returns the criteria of the final attestation in order."""
    statement = select(RubricCriterion).join(Rubric).where(Rubric.version_id == version.id, Rubric.final)
    return list(session.scalars(statement.order_by(RubricCriterion.position, RubricCriterion.id)))


def final_rubric(session: Session, version_id: int) -> Rubric | None:
    """Returns the rubric of the final attestation, if the version's part 4 ever had criteria."""
    return session.scalar(select(Rubric).where(Rubric.version_id == version_id, Rubric.final))


def _demand_rubric(session: Session, version: ProgrammeVersion) -> Rubric:
    """Returns the rubric of the final attestation; creates it for a version without one."""
    rubric = final_rubric(session, version.id)
    if rubric is None:
        rubric = Rubric(version_id=version.id, final=True, criteria=[])
        session.add(rubric)
        session.flush()
    return rubric


def criterion_row(criterion: RubricCriterion) -> CriterionRow:
    """Returns a criterion as the form shows it."""
    return CriterionRow(
        criterion.name,
        criterion.indicator,
        number_text(criterion.max_points),
        number_text(criterion.min_points) if criterion.min_points else "",
        str(criterion.lineage),
    )


def save_criteria(
    session: Session,
    *,
    actor: Actor,
    version: ProgrammeVersion,
    rows: Sequence[CriterionRow],
    base: Sequence[CriterionRow] | None = None,
) -> None:
    """Replaces the final attestation's criteria by these, in this order; empty rows are left out.

    Raises ``Frozen``; ``Invalid`` at ``criteria-<row>-name|max_points|min_points``; ``Overlapped`` at ``criteria`` if
    another person has changed the table.
    """
    lock(session, version)
    demand_open(version)
    wanted = [(place, row) for place, row in enumerate(rows) if not row.is_empty]
    if len(wanted) > CRITERIA_AT_MOST:
        raise Invalid(code="programme_criteria_too_many", field="criteria", params={"most": CRITERIA_AT_MOST})
    rubric = _demand_rubric(session, version)
    have = criteria(session, version)
    current = [criterion_row(criterion) for criterion in have]
    if base is not None and list(base) != current and [row for _place, row in wanted] != current:
        raise Overlapped("criteria", "", code="criteria_changed_meanwhile")
    known = {str(criterion.lineage): criterion for criterion in have}
    kept: list[RubricCriterion] = []
    for place, row in wanted:
        kept.append(_stored(known, {str(one.lineage) for one in kept}, row, place))
    rubric.criteria = kept
    _number(kept)
    _changed(session, actor, version, "programme.criteria")


def _stored(known: dict[str, RubricCriterion], taken: set[str], row: CriterionRow, place: int) -> RubricCriterion:
    name, most, least = _checked_criterion(row, f"criteria-{place}")
    criterion = known.pop(row.lineage, None)
    if criterion is None:
        criterion = RubricCriterion(lineage=_chosen_lineage(row.lineage, taken))
    criterion.name, criterion.indicator = name, checked_text(row.indicator, f"criteria-{place}-indicator")
    criterion.max_points, criterion.min_points = most, least
    return criterion


def _chosen_lineage(given: str, taken: set[str]) -> uuid.UUID:
    """Returns the lineage chosen by the form, so that sending it twice adds one row; a new one if another row has
    it.
    """
    try:
        chosen = uuid.UUID(given)
    except ValueError:
        return uuid.uuid4()
    return uuid.uuid4() if str(chosen) in taken else chosen


def _checked_criterion(row: CriterionRow, field: str) -> tuple[str, Decimal, Decimal]:
    name = " ".join(row.name.split())
    if not name or len(name) > TITLE_AT_MOST:
        raise Invalid(code="criterion_name_invalid", field=f"{field}-name", params={"most": TITLE_AT_MOST})
    most = checked_number(row.max_points, f"{field}-max_points", POINTS_AT_MOST)
    if not most:
        raise Invalid(code="criterion_points_missing", field=f"{field}-max_points")
    least = checked_number(row.min_points, f"{field}-min_points", most) or Decimal(0)
    return name, most, least


def _changed(session: Session, actor: Actor, version: ProgrammeVersion, action: str) -> None:
    version.revision += 1
    audit.record(session, actor, action, version, site_id=version.programme.site_id)
    session.flush()
    session.expire(version, ["competencies"])
