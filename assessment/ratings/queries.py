"""Queries of competency ratings: descriptors to rate, a trainee's two sheets, growth in a group."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from assessment.models.self_checks import CompetencyRating
from assessment.ratings.scoring import DEFAULT_SCALE, GrowthSummary, RatedDescriptor, summarise, summarise_group
from courses.models.groups import Cohort, Enrolment
from courses.models.programmes import Competency, Descriptor


@dataclass(frozen=True, slots=True)
class RatedCompetency:
    """A competency of the version with its descriptors, as the sheet lists them."""

    competency: Competency
    descriptors: Sequence[Descriptor]


def rated_competencies(session: Session, version_id: int) -> list[RatedCompetency]:
    """Returns the version's competencies that have descriptors, in order. Two queries."""
    found = session.scalars(
        select(Competency).where(Competency.version_id == version_id).order_by(Competency.position, Competency.id)
    )
    return [RatedCompetency(one, one.descriptors) for one in found if one.descriptors]


def rated_descriptors(sheets: Iterable[RatedCompetency]) -> list[RatedDescriptor]:
    """Returns the descriptors in the form that scoring takes."""
    return [
        RatedDescriptor(str(line.lineage), str(one.competency.lineage), line.kind)
        for one in sheets
        for line in one.descriptors
    ]


def descriptors_of(session: Session, version_ids: Iterable[int]) -> dict[int, list[RatedDescriptor]]:
    """Returns the descriptors to rate, by version. One query."""
    rows = session.execute(
        select(Competency.version_id, Descriptor.lineage, Competency.lineage, Descriptor.kind)
        .join(Descriptor, Descriptor.competency_id == Competency.id)
        .where(Competency.version_id.in_(set(version_ids)))
        .order_by(Competency.position, Competency.id, Descriptor.position, Descriptor.id)
    )
    found: dict[int, list[RatedDescriptor]] = {}
    for version_id, line, competency, kind in rows:
        found.setdefault(version_id, []).append(RatedDescriptor(str(line), str(competency), kind))
    return found


def sheets_of(session: Session, enrolment: Enrolment) -> dict[str, CompetencyRating]:
    """Returns the trainee's sheets by moment (``before``, ``after``). One query."""
    rows = session.scalars(select(CompetencyRating).where(CompetencyRating.enrolment_id == enrolment.id))
    return {row.moment: row for row in rows}


def growth_in(asked: Sequence[RatedCompetency], sheets: Mapping[str, CompetencyRating]) -> GrowthSummary:
    """Returns the summary of the scored sheets."""
    said = {moment: row.answers if row.state == "scored" else {} for moment, row in sheets.items()}
    return summarise(rated_descriptors(asked), said.get("before", {}), said.get("after", {}))


@dataclass(frozen=True, slots=True)
class TraineeGrowth:
    """A trainee of the group with the summary of their sheets."""

    enrolment: Enrolment
    sheet: GrowthSummary


def growth_of_group(session: Session, cohort: Cohort) -> tuple[GrowthSummary, list[TraineeGrowth]]:
    """Returns the summary of the whole group and of each trainee. Three queries."""
    rated = descriptors_of(session, [cohort.version_id]).get(cohort.version_id, [])
    enrolments = session.scalars(
        select(Enrolment).where(Enrolment.cohort_id == cohort.id, Enrolment.state != "withdrawn").order_by(Enrolment.id)
    ).all()
    said: dict[tuple[int, str], Mapping[str, object]] = {
        (enrolment_id, moment): answers
        for enrolment_id, moment, answers in session.execute(
            select(CompetencyRating.enrolment_id, CompetencyRating.moment, CompetencyRating.answers)
            .join(Enrolment, Enrolment.id == CompetencyRating.enrolment_id)
            .where(Enrolment.cohort_id == cohort.id, CompetencyRating.state == "scored")
        )
    }
    pairs = [(one, said.get((one.id, "before"), {}), said.get((one.id, "after"), {})) for one in enrolments]
    trainees = [TraineeGrowth(one, summarise(rated, before, after)) for one, before, after in pairs]
    trainees.sort(key=lambda one: one.enrolment.person.sort_key)
    whole = summarise_group(rated, [(before, after) for _one, before, after in pairs], DEFAULT_SCALE)
    return whole, trainees
