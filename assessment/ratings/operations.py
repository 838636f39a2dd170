"""Changes of a sheet: saving of levels, hand-in; the worker scores it."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from assessment.events import RatingHandedIn
from assessment.models.self_checks import CompetencyRating
from assessment.ratings.errors import SheetAlreadyHandedIn
from assessment.ratings.queries import descriptors_of
from assessment.ratings.scoring import DEFAULT_SCALE, RatedDescriptor
from courses.actors import demand_other_person
from courses.events import ProgressMade
from courses.models.groups import Enrolment
from lms.core import audit
from lms.core.auth.policy import Actor
from lms.core.errors import Invalid
from lms.core.events import publish
from lms.core.jobs.queueing import enqueue
from lms.core.revisions import Merged, TypedOverOlder, merge

SCORE = "assessment.score_rating"


def save(
    session: Session,
    enrolment: Enrolment,
    moment: str,
    levels: Mapping[str, str],
    *,
    seen: Mapping[str, str] | None = None,
) -> CompetencyRating:
    """Merges these levels (descriptor lineage → level) into the sheet; creates it if there is none.

    ``seen``: revisions of the levels over which they were chosen; None: replaces what is saved. Ignores unknown
    descriptors and levels off the scale. Raises ``SheetAlreadyHandedIn``; ``TypedOverOlder`` for levels that were also
    changed elsewhere, after the others are saved.
    """
    known = {one.key for one in _asked(session, enrolment)}
    said = {key: DEFAULT_SCALE.level(level) for key, level in levels.items() if key in known}
    session.execute(insert(CompetencyRating).values(enrolment_id=enrolment.id, moment=moment).on_conflict_do_nothing())
    merged = _merged(session, enrolment, moment, said, seen)
    said = {key: level for key, level in said.items() if key not in merged.theirs.keys() | merged.conflicts.keys()}
    kept = session.execute(
        update(CompetencyRating)
        .where(*_sheet(enrolment, moment), CompetencyRating.state == "draft")
        .values(answers=CompetencyRating.answers.op("||")({key: level for key, level in said.items() if level}))
        .returning(CompetencyRating.id)
        .execution_options(synchronize_session=False)
    ).scalar_one_or_none()
    if kept is None:
        raise SheetAlreadyHandedIn
    sheet = session.get_one(CompetencyRating, kept, populate_existing=True)
    if merged.conflicts:
        raise TypedOverOlder(merged.conflicts)
    return sheet


def _merged(
    session: Session, enrolment: Enrolment, moment: str, said: Mapping[str, int | None], seen: Mapping[str, str] | None
) -> Merged:
    """Locks the sheet and merges the levels into its answers."""
    if seen is None:
        return Merged()
    locked = select(CompetencyRating.answers).where(*_sheet(enrolment, moment)).with_for_update(key_share=True)
    answers = session.scalars(locked).one()
    stored = {key: _text(answers.get(key)) for key in said}
    return merge(stored=stored, typed={key: _text(level) for key, level in said.items()}, seen=seen)


def _text(level: int | None) -> str:
    return "" if level is None else str(level)


def hand_in(
    session: Session,
    enrolment: Enrolment,
    moment: str,
    levels: Mapping[str, str],
    *,
    now: datetime,
    seen: Mapping[str, str] | None = None,
) -> CompetencyRating:
    """Saves these levels and hands the sheet in; a second call changes nothing.

    Raises ``Invalid`` at the first descriptor without a level, and ``TypedOverOlder`` as ``save`` does.
    """
    try:
        sheet = save(session, enrolment, moment, levels, seen=seen)
    except SheetAlreadyHandedIn:
        return session.scalars(select(CompetencyRating).where(*_sheet(enrolment, moment))).one()
    empty = [one.key for one in _asked(session, enrolment) if one.key not in sheet.answers]
    if empty:
        raise Invalid(code="rating_incomplete", field=empty[0], params={"count": len(empty)})
    sheet.state, sheet.handed_in_at = "handed_in", now
    session.flush()
    enqueue(session, SCORE, sheet.id)
    publish(session, RatingHandedIn(sheet.id, enrolment.id, moment, now))
    return sheet


def reopen(session: Session, *, actor: Actor, enrolment: Enrolment, moment: str, now: datetime) -> None:
    """Returns a sheet that was handed in to its trainee as a draft; the other sheet is scored again without it.

    A second call changes nothing. Raises ``DomainError`` for the actor's own sheet.
    """
    demand_other_person(actor, enrolment)
    rows = select(CompetencyRating).where(CompetencyRating.enrolment_id == enrolment.id).order_by(CompetencyRating.id)
    sheets = {row.moment: row for row in session.scalars(rows.with_for_update())}
    sheet = sheets.pop(moment, None)
    if sheet is None or sheet.state == "draft":
        return
    sheet.state, sheet.handed_in_at, sheet.scored_at, sheet.scores = "draft", None, None, {}
    for other in sheets.values():
        if other.state == "scored":
            other.state = "handed_in"
            enqueue(session, SCORE, other.id)
    session.flush()
    audit.record(session, actor, "rating.reopen", sheet, site_id=enrolment.cohort.site_id, moment=moment)
    publish(session, ProgressMade(enrolment.id, now))


def _asked(session: Session, enrolment: Enrolment) -> list[RatedDescriptor]:
    version_id = enrolment.cohort.version_id
    return descriptors_of(session, [version_id]).get(version_id, [])


def _sheet(enrolment: Enrolment, moment: str) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return (CompetencyRating.enrolment_id == enrolment.id, CompetencyRating.moment == moment)
