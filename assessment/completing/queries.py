"""The completion rule of a version, and the facts of an enrolment that it is held against."""

import uuid
from decimal import Decimal

from sqlalchemy import Select, case, exists, func, select
from sqlalchemy.orm import Session

from assessment.completion import Completion, CompletionFacts, CompletionRule, evaluate
from assessment.models.attestation import AttestationTask, Submission
from assessment.models.self_checks import Attempt, CompetencyRating, SelfCheck
from courses.models.groups import Enrolment, MaterialProgress
from courses.models.materials import Material
from courses.models.programmes import ProgrammeVersion, Topic


def completion_of(session: Session, enrolment: Enrolment) -> Completion:
    """How far the trainee is, condition by condition, in words of the current language. Five queries."""
    materials, done = _materials(session, enrolment)
    tasks, accepted = _tasks(session, enrolment)
    checks, best, waiting = _self_checks(session, enrolment)
    version = enrolment.cohort.version
    rule = CompletionRule(
        hours=version.hours_needed if version.hours_needed is not None else version.workload,
        materials=materials,
        tasks=tasks,
        self_checks=checks,
        threshold=Decimal(version.self_check_threshold),
        rating=version.asks_rating,
    )
    facts = CompletionFacts(
        hours=enrolment.hours_done,
        materials_done=done,
        tasks_accepted=accepted,
        self_checks=best,
        self_checks_waiting=waiting,
        rating_scored=version.asks_rating and _rated(session, enrolment),
    )
    return evaluate(rule, facts)


def _in_plan(version: ProgrammeVersion) -> Select[uuid.UUID]:
    return select(Topic.lineage).where(Topic.version_id == version.id)


def _materials(session: Session, enrolment: Enrolment) -> tuple[frozenset[int], frozenset[int]]:
    version = enrolment.cohort.version
    rows = session.execute(
        select(Material.id, MaterialProgress.completed_at.is_not(None))
        .outerjoin(
            MaterialProgress,
            (MaterialProgress.material_id == Material.id) & (MaterialProgress.enrolment_id == enrolment.id),
        )
        .where(
            Material.programme_id == version.programme_id,
            Material.required,
            Material.removed_at.is_(None),
            Material.topic_lineage.in_(_in_plan(version)),
        )
    ).all()
    return frozenset(key for key, _ in rows), frozenset(key for key, done in rows if done)


def _tasks(session: Session, enrolment: Enrolment) -> tuple[frozenset[int], frozenset[int]]:
    rows = session.execute(
        select(AttestationTask.id, Submission.state)
        .outerjoin(Submission, (Submission.task_id == AttestationTask.id) & (Submission.enrolment_id == enrolment.id))
        .where(AttestationTask.version_id == enrolment.cohort.version_id, AttestationTask.required)
    ).all()
    return frozenset(key for key, _ in rows), frozenset(key for key, state in rows if state == "accepted")


def _self_checks(session: Session, enrolment: Enrolment) -> tuple[frozenset[int], dict[int, Decimal], frozenset[int]]:
    version = enrolment.cohort.version
    best = func.max(case((Attempt.state == "graded", Attempt.percent)))
    waiting = func.bool_or(Attempt.state == "needs_person")
    rows = session.execute(
        select(SelfCheck.id, best, waiting)
        .outerjoin(Attempt, (Attempt.self_check_id == SelfCheck.id) & (Attempt.enrolment_id == enrolment.id))
        .where(
            SelfCheck.programme_id == version.programme_id,
            SelfCheck.required,
            SelfCheck.removed_at.is_(None),
            SelfCheck.purpose == "topic",
            SelfCheck.topic_lineage.is_(None) | SelfCheck.topic_lineage.in_(_in_plan(version)),
        )
        .group_by(SelfCheck.id)
    ).all()
    return (
        frozenset(key for key, _, _ in rows),
        {key: percent for key, percent, _ in rows if percent is not None},
        frozenset(key for key, _, waits in rows if waits),
    )


def _rated(session: Session, enrolment: Enrolment) -> bool:
    after = select(CompetencyRating.id).where(
        CompetencyRating.enrolment_id == enrolment.id,
        CompetencyRating.moment == "after",
        CompetencyRating.state == "scored",
    )
    return bool(session.scalar(select(exists(after))))
