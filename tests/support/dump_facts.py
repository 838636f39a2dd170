"""Facts about a filled database that every migration must keep, read as the product reads them."""

from collections import defaultdict
from datetime import date
from typing import Any

from sqlalchemy import inspect, select, text
from sqlalchemy.orm import Session

from assessment.attestation import due_dates as due
from assessment.attestation.tasks import tasks_of
from assessment.models.attestation import AttestationTask, Submission
from assessment.models.certificates import Certificate, CompletionState
from courses.models.groups import Enrolment, HourCredit
from courses.models.programmes import ProgrammeVersion, Rubric
from courses.progress.queries import course_view
from lms.core.auth.identities import ExternalIdentity
from lms.core.clock import utc_now
from lms.core.people import personal_data
from lms.core.people.models import PersonalData
from lms.lti.models.services import Score

Facts = dict[str, Any]


def row_counts(session: Session) -> dict[str, int]:
    """Returns the number of rows per table."""
    names = [name for name in inspect(session.connection()).get_table_names() if name != "alembic_version"]
    return {name: session.execute(text(f'SELECT count(*) FROM "{name}"')).scalar_one() for name in names}


def facts(session: Session) -> dict[str, Facts]:
    """Returns every fact under its heading, as JSON values."""
    return {
        "works": _works(session),
        "criteria": _criteria(session),
        "hours": _hours(session),
        "topic dates": _topic_dates(session),
        "task dates": _task_dates(session),
        "certificates": _certificates(session),
        "versions": _versions(session),
        "platforms": _platforms(session),
        "personal data": _personal_data(session),
    }


def _works(session: Session) -> Facts:
    """Returns, per work, its state and, per handed-in version, decision, total, reviewer and points."""
    found: Facts = {}
    for one in session.scalars(select(Submission).order_by(Submission.id)):
        found[str(one.id)] = [one.state, one.draft_text, *(_version(version) for version in one.versions)]
    return found


def _version(version: Any) -> Facts | None:
    review, result = version.review, version.result
    if review is None:
        return None
    points = {str(mark.criterion_id): _number(mark.points) for mark in review.marks}
    if result is None:
        decided = {"decision": None, "total": _number(review.total), "reviewer": review.reviewer_id}
    else:
        decided = {
            "decision": result.decision,
            "total": _number(result.total),
            "reviewer": result.decided_by_id,
        }
    return decided | {"comment": review.comment, "points": points}


def _number(value: Any) -> float | None:
    return None if value is None else float(value)


def _criteria(session: Session) -> Facts:
    """Returns names, greatest and least points of the criteria of each version's programme and of each of its tasks."""
    found: dict[str, Any] = defaultdict(list)
    for rubric in session.scalars(select(Rubric).where(Rubric.final).order_by(Rubric.version_id)):
        found[f"version {rubric.version_id}"] = [
            [row.name, _number(row.max_points), _number(row.min_points)] for row in rubric.criteria
        ]
    for task in session.scalars(select(AttestationTask).order_by(AttestationTask.id)):
        found[f"task {task.id}"] = [
            [one.name, one.indicator, _number(one.max_points), _number(one.min_points)] for one in task.criteria
        ]
    return dict(found)


def _hours(session: Session) -> Facts:
    """Returns, per enrolment, the ledger's sum, the stored sum, and whether the completion rule holds."""
    credited: dict[int, float] = defaultdict(float)
    for enrolment_id, hours in session.execute(select(HourCredit.enrolment_id, HourCredit.hours)):
        credited[enrolment_id] += float(hours)
    holds = {row.enrolment_id: row.holds for row in session.scalars(select(CompletionState))}
    rows = session.scalars(select(Enrolment).order_by(Enrolment.id))
    return {str(row.id): [credited[row.id], _number(row.hours_done), holds.get(row.id)] for row in rows}


def _day(value: date | None) -> str | None:
    return value.isoformat() if value else None


def _topic_dates(session: Session) -> Facts:
    """Returns, per enrolment, the due date of each topic of the plan, as the course page shows it."""
    now, found = utc_now(), {}
    for enrolment in session.scalars(select(Enrolment).order_by(Enrolment.id)):
        sections = course_view(session, enrolment, now).sections
        found[str(enrolment.id)] = [_day(topic.due_on) for section in sections for topic in section.topics]
    return found


def _task_dates(session: Session) -> Facts:
    """Returns, per enrolment, the due date of each task."""
    found: dict[str, Any] = {}
    for enrolment in session.scalars(select(Enrolment).order_by(Enrolment.id)):
        tasks = tasks_of(session, enrolment.cohort.version_id)
        days = due.due_of(session, [(task, enrolment) for task in tasks])
        found[str(enrolment.id)] = {str(task): _day(day) for (task, _enrolment), day in days.items()}
    return found


def _certificates(session: Session) -> Facts:
    return {
        row.number_text: [row.person_name, row.code, float(row.hours), row.sha256, *_marks(row)]
        for row in session.scalars(select(Certificate).order_by(Certificate.id))
    }


def _marks(certificate: Certificate) -> tuple[bool, bool]:
    """Marks of a certificate: withdrawn, flagged."""
    return certificate.withdrawn_at is not None, certificate.flagged_at is not None


def _versions(session: Session) -> Facts:
    return {
        str(row.id): [row.title, row.state, _number(row.workload), _number(row.pass_mark)]
        for row in session.scalars(select(ProgrammeVersion).order_by(ProgrammeVersion.id))
    }


def _platforms(session: Session) -> Facts:
    scores = {str(row.id): [row.wanted, row.state] for row in session.scalars(select(Score))}
    identities = {row.subject: row.account_id for row in session.scalars(select(ExternalIdentity))}
    return {"scores": scores, "identities": identities}


def _personal_data(session: Session) -> Facts:
    """Returns, per person, identity number and birth date, decrypted."""
    found: Facts = {}
    for person_id in session.scalars(select(PersonalData.person_id)).all():
        number, born = personal_data.read(session, actor=None, person_id=person_id, purpose="migration test")
        found[str(person_id)] = [number, _day(born)]
    return found
