"""Scoring of sheets in batches: means and growth of each trainee, written to both of their sheets."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from assessment.models.self_checks import CompetencyRating
from assessment.ratings.queries import descriptors_of
from assessment.ratings.scoring import RatedDescriptor, summarise
from courses.events import ProgressMade
from courses.models.groups import Cohort, Enrolment
from lms.core.clock import utc_now
from lms.core.events import publish


def score_one(session: Session, rating_id: int) -> None:
    """Scores one sheet, as ``score_many`` does."""
    score_many(session, [rating_id])


def score_many(session: Session, rating_ids: Sequence[int]) -> None:
    """Scores these sheets; skips those that are not handed in or are already scored."""
    versions = _versions(session, rating_ids)
    rows = session.scalars(
        select(CompetencyRating)
        .where(CompetencyRating.enrolment_id.in_(versions), CompetencyRating.state != "draft")
        .order_by(CompetencyRating.id)
        .with_for_update()
    ).all()
    rated = descriptors_of(session, versions.values())
    for enrolment_id, version_id in versions.items():
        own = [row for row in rows if row.enrolment_id == enrolment_id]
        if any(row.state == "handed_in" for row in own):
            _score(session, own, rated.get(version_id, []))


def _versions(session: Session, rating_ids: Sequence[int]) -> dict[int, int]:
    """Returns enrolment id → version id."""
    rows = session.execute(
        select(Enrolment.id, Cohort.version_id)
        .join(Cohort, Cohort.id == Enrolment.cohort_id)
        .join(CompetencyRating, CompetencyRating.enrolment_id == Enrolment.id)
        .where(CompetencyRating.id.in_(rating_ids), CompetencyRating.state == "handed_in")
    )
    return {row.id: row.version_id for row in rows}


def _score(session: Session, sheets: Sequence[CompetencyRating], rated: Sequence[RatedDescriptor]) -> None:
    """Writes the scores to both sheets of one trainee, so that the second one shows the growth."""
    said = {row.moment: row.answers for row in sheets}
    scores = summarise(rated, said.get("before", {}), said.get("after", {})).as_json()
    now = utc_now()
    for row in sheets:
        row.scores, row.state, row.scored_at = scores, "scored", row.scored_at or now
    session.flush()
    publish(session, ProgressMade(sheets[0].enrolment_id, now))
