"""Technical corrections of an approved version: a misprint is corrected and logged without a new approval (rule 3).

Only texts can be corrected, and only slightly: changes of hours, points, rules or meaning need a new version.
"""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from courses.models.programmes import (
    Competency,
    Descriptor,
    HourKind,
    ProgrammeVersion,
    Rubric,
    RubricCriterion,
    Section,
    TechnicalCorrection,
    Topic,
)
from courses.programmes.errors import Overlapped, WrongState
from courses.programmes.outcomes import DESCRIPTOR_KINDS, competencies, criteria
from courses.programmes.plan_store import load_plan, lock
from courses.programmes.position import Position
from courses.programmes.text_fields import PARTS, checked_text
from courses.thematic_plan.model import KIND_AT_MOST, TITLE_AT_MOST, TopicRow
from lms.core import audit
from lms.core.auth.policy import Actor
from lms.core.errors import Invalid

TEXTS = (
    "title",
    "audience",
    "form",
    "key_ideas",
    "goal",
    "tasks",
    "staff",
    "equipment",
    "information",
    "literature",
    "other_parts",
)
LEAST_SIMILARITY = 0.6
"""Smallest share of unchanged characters; below it, the text is a different one and not a corrected misprint."""
SHORT = 500

MODELS: dict[str, tuple[Any, str]] = {
    "section": (Section, "title"),
    "topic": (Topic, "title"),
    "class_form": (Topic, "class_form"),
    "control_form": (Topic, "control_form"),
    "kind": (HourKind, "name"),
    "competency": (Competency, "title"),
    "descriptor": (Descriptor, "text"),
    "criterion": (RubricCriterion, "name"),
    "indicator": (RubricCriterion, "indicator"),
}


@dataclass(frozen=True, slots=True)
class CorrectableText:
    """A text that can be corrected. ``address`` is, for example, ``topic:<lineage>`` or ``part:goal``."""

    address: str
    position: Position
    text: str


def correctable_texts(session: Session, version: ProgrammeVersion) -> list[CorrectableText]:
    """Returns the texts of the version that may be corrected, in the programme's order, without empty ones."""
    found = [
        *_parts(version),
        *_of_plan(session, version),
        *_of_outcomes(session, version),
        *_of_criteria(session, version),
    ]
    return [place for place in found if place.text]


def _parts(version: ProgrammeVersion) -> Iterator[CorrectableText]:
    for name in TEXTS:
        yield CorrectableText(f"part:{name}", Position("text", name), PARTS[name].read(version))


def _of_plan(session: Session, version: ProgrammeVersion) -> Iterator[CorrectableText]:
    plan = load_plan(session, version)
    numbers = plan.labels()
    for kind in plan.kinds:
        yield CorrectableText(f"kind:{kind.lineage}", Position("column"), kind.name)
    for section in plan.sections:
        where = Position("section", numbers[section.lineage])
        yield CorrectableText(f"section:{section.lineage}", where, section.title)
        for topic in section.topics:
            yield from _of_topic(topic, numbers[topic.lineage])


def _of_topic(topic: TopicRow, number: str) -> Iterator[CorrectableText]:
    yield CorrectableText(f"topic:{topic.lineage}", Position("topic", number), topic.title)
    for name in ("class_form", "control_form"):
        yield CorrectableText(f"{name}:{topic.lineage}", Position("topic", number, name), getattr(topic, name))


def _of_outcomes(session: Session, version: ProgrammeVersion) -> Iterator[CorrectableText]:
    for competency in competencies(session, version):
        yield CorrectableText(f"competency:{competency.lineage}", Position("competency"), competency.title)
        for kind in DESCRIPTOR_KINDS:
            for row in competency.descriptors:
                if row.kind == kind:
                    yield CorrectableText(f"descriptor:{row.lineage}", Position("descriptor", kind), row.text)


def _of_criteria(session: Session, version: ProgrammeVersion) -> Iterator[CorrectableText]:
    for criterion in criteria(session, version):
        yield CorrectableText(f"criterion:{criterion.lineage}", Position("criterion"), criterion.name)
        yield CorrectableText(f"indicator:{criterion.lineage}", Position("indicator"), criterion.indicator)


def correct(
    session: Session,
    *,
    actor: Actor,
    version: ProgrammeVersion,
    address: str,
    seen: str,
    text_after: str,
    label: str = "",
) -> None:
    """Corrects a misprint in an approved version and logs it.

    ``seen``: the text that the form showed. ``label``: name of the place in the log; its address if empty.

    Raises ``WrongState`` for a version that is not approved, ``Invalid`` at ``place`` or ``text`` (no such text; too
    different for a misprint), ``Overlapped`` if another person corrected it since the form was shown.
    """
    lock(session, version)
    if version.state != "approved":
        raise WrongState(code="correction_of_open_version")
    place = next((place for place in correctable_texts(session, version) if place.address == address), None)
    if place is None:
        raise Invalid(code="correction_place_unknown", field="place")
    after = checked_correction(place, text_after)
    if after == place.text:
        return
    if seen.replace("\r\n", "\n").strip() != place.text:
        raise Overlapped("text", place.text)
    _write(session, version, place, after)
    _log(session, actor, version, place, after, label=label)


def checked_correction(place: CorrectableText, typed: str) -> str:
    """Returns the corrected text. Raises ``Invalid`` if it is empty, too long, or too different from the text
    before.
    """
    after = checked_text(typed, "text")
    if not place.address.startswith(("part:", "descriptor:", "indicator:")) or place.address == "part:title":
        after = " ".join(after.split())
    most = KIND_AT_MOST if place.address.startswith("kind:") else TITLE_AT_MOST
    if len(after) > most and len(place.text) <= most and not place.address.startswith("part:"):
        raise Invalid(code="characters_at_most", field="text", params={"most": most})
    if not after:
        raise Invalid(code="correction_empty", field="text")
    if SequenceMatcher(None, place.text, after, autojunk=False).ratio() < LEAST_SIMILARITY:
        raise Invalid(code="correction_too_different", field="text")
    return after


def _write(session: Session, version: ProgrammeVersion, place: CorrectableText, after: str) -> None:
    session.execute(text("SET LOCAL lms.correction = 'on'"))
    try:
        kind, _colon, name = place.address.partition(":")
        if kind == "part":
            PARTS[name].write(version, PARTS[name].check(after, "text"))
        else:
            setattr(_row(session, version, kind, name), MODELS[kind][1], after)
        version.revision += 1
        session.flush()
    finally:
        session.execute(text("SET LOCAL lms.correction = 'off'"))


def _row(session: Session, version: ProgrammeVersion, kind: str, lineage: str) -> Any:
    model = MODELS[kind][0]
    statement = select(model).where(model.lineage == uuid.UUID(lineage))
    if model is Descriptor:
        statement = statement.join(Competency).where(Competency.version_id == version.id)
    elif model is RubricCriterion:
        statement = statement.join(Rubric).where(Rubric.version_id == version.id, Rubric.final)
    else:
        statement = statement.where(model.version_id == version.id)
    return session.scalars(statement).one()


def _log(
    session: Session, actor: Actor, version: ProgrammeVersion, place: CorrectableText, after: str, *, label: str
) -> None:
    session.add(
        TechnicalCorrection(
            version_id=version.id,
            place=(label or place.address)[:SHORT],
            before=place.text,
            after=after,
            made_by_id=actor.account_id,
        )
    )
    audit.record(
        session, actor, "programme.correction", version, site_id=version.programme.site_id, place=place.address
    )
    session.flush()


def corrections(session: Session, version: ProgrammeVersion) -> list[TechnicalCorrection]:
    """Returns the log of this version's corrections, the newest first."""
    statement = select(TechnicalCorrection).where(TechnicalCorrection.version_id == version.id)
    return list(session.scalars(statement.order_by(TechnicalCorrection.id.desc())))
