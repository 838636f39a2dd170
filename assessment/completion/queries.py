"""Queries of the completion rule of a version and of the facts of an enrolment."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import Integer, Numeric, Select, bindparam, exists, false, func, literal, null, select, union_all
from sqlalchemy.orm import Session

from assessment.completion.rule import Completion, CompletionFacts, CompletionRule, evaluate
from assessment.models.attestation import AttestationTask, Submission
from assessment.models.certificates import Certificate
from assessment.models.self_checks import Attempt, CompetencyRating, SelfCheck
from assessment.self_checks.queries import BEST_PERCENT, HAS_QUESTIONS
from courses.models.groups import Cohort, Enrolment, MaterialProgress
from courses.models.materials import Material
from courses.models.programmes import ProgrammeVersion, Topic
from courses.progress.operations import STUDYING


def completion_of(session: Session, enrolment: Enrolment) -> Completion:
    """Returns the conditions with the trainee's progress. One query, or two."""
    version = enrolment.cohort.version
    values = {"enrolment_id": enrolment.id, "version_id": version.id, "programme_id": version.programme_id}
    asked: dict[str, list[Any]] = {"material": [], "task": [], "self_check": []}
    for row in session.execute(FACTS, values):
        asked[row.what].append(row)
    rule = CompletionRule(
        hours=version.hours_needed if version.hours_needed is not None else version.workload,
        materials=_ids(asked["material"]),
        tasks=_ids(asked["task"]),
        self_checks=_ids(asked["self_check"]),
        threshold=Decimal(version.self_check_threshold),
        rating=version.asks_rating,
    )
    facts = CompletionFacts(
        hours=enrolment.hours_done,
        materials_done=_ids(row for row in asked["material"] if row.done),
        tasks_accepted=_ids(row for row in asked["task"] if row.done),
        self_checks={row.id: row.percent for row in asked["self_check"] if row.percent is not None},
        self_checks_waiting=_ids(row for row in asked["self_check"] if row.done),
        rating_scored=version.asks_rating and _rated(session, enrolment),
    )
    return evaluate(rule, facts)


def running_enrolments(session: Session, programme_id: int) -> Sequence[int]:
    """Returns the enrolments that a changed requirement of the programme concerns: those under way, and finished ones
    that still wait for their certificate.

    A trainee who holds the certificate of a finished internship or of a closed group is no longer asked for anything.
    """
    holds = exists().where(Certificate.enrolment_id == Enrolment.id, Certificate.withdrawn_at.is_(None))
    over = (Enrolment.state == "finished") | Cohort.closed_at.is_not(None)
    return session.scalars(
        select(Enrolment.id)
        .join(Cohort, Cohort.id == Enrolment.cohort_id)
        .join(ProgrammeVersion, ProgrammeVersion.id == Cohort.version_id)
        .where(ProgrammeVersion.programme_id == programme_id, Enrolment.state.in_(STUDYING), ~(over & holds))
        .order_by(Enrolment.id)
    ).all()


def _ids(rows: Iterable[Any]) -> frozenset[int]:
    return frozenset(row.id for row in rows)


OF_ENROLMENT = bindparam("enrolment_id", type_=Integer)
OF_VERSION = bindparam("version_id", type_=Integer)
OF_PROGRAMME = bindparam("programme_id", type_=Integer)
IN_PLAN = select(Topic.lineage).where(Topic.version_id == OF_VERSION)


def _materials() -> Select[Any]:
    """Selects obligatory materials; ``done``: completed."""
    mine = (MaterialProgress.material_id == Material.id) & (MaterialProgress.enrolment_id == OF_ENROLMENT)
    done = MaterialProgress.completed_at.is_not(None).label("done")
    return (
        select(literal("material").label("what"), Material.id.label("id"), done, null().cast(Numeric).label("percent"))
        .outerjoin(MaterialProgress, mine)
        .where(
            Material.programme_id == OF_PROGRAMME,
            Material.required,
            Material.removed_at.is_(None),
            Material.topic_lineage.in_(IN_PLAN),
        )
    )


def _tasks() -> Select[Any]:
    """Selects obligatory tasks; ``done``: accepted."""
    mine = (Submission.task_id == AttestationTask.id) & (Submission.enrolment_id == OF_ENROLMENT)
    accepted = func.coalesce(Submission.state == "accepted", false())
    return (
        select(literal("task"), AttestationTask.id, accepted, null().cast(Numeric))
        .outerjoin(Submission, mine)
        .where(AttestationTask.version_id == OF_VERSION, AttestationTask.required)
    )


def _self_checks() -> Select[Any]:
    """Selects obligatory self-checks that have questions, with the best final result; ``done``: an attempt waits for
    its essay to be read.
    """
    mine = (Attempt.self_check_id == SelfCheck.id) & (Attempt.enrolment_id == OF_ENROLMENT)
    waits = func.bool_or(Attempt.state == "needs_person")
    return (
        select(literal("self_check"), SelfCheck.id, waits, BEST_PERCENT)
        .outerjoin(Attempt, mine)
        .where(
            SelfCheck.programme_id == OF_PROGRAMME,
            SelfCheck.required,
            HAS_QUESTIONS,
            SelfCheck.removed_at.is_(None),
            SelfCheck.purpose == "topic",
            SelfCheck.topic_lineage.is_(None) | SelfCheck.topic_lineage.in_(IN_PLAN),
        )
        .group_by(SelfCheck.id)
    )


FACTS = union_all(_materials(), _tasks(), _self_checks())
"""Requirements of the rule with the state of each; built once, at import."""


def _rated(session: Session, enrolment: Enrolment) -> bool:
    after = select(CompetencyRating.id).where(
        CompetencyRating.enrolment_id == enrolment.id,
        CompetencyRating.moment == "after",
        CompetencyRating.state == "scored",
    )
    return bool(session.scalar(select(exists(after))))
