"""Handlers of events that people are told of; the composition subscribes them.

Trainees are told at once. Graders are told by a job a minute later, with one notice for everything that waits in a
group, so that a hundred hand-ins write no hundred notices.
"""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from assessment.events import AttemptsGraded, CertificatesIssued, DecisionTakenBack, ResultReleased, WorkHandedIn
from assessment.models.attestation import Result
from assessment.models.self_checks import Attempt
from courses.events import VersionApproved, VersionConsidered, VersionReturned, VersionSubmitted
from courses.models.groups import Cohort, Enrolment
from courses.models.programmes import ProgrammeVersion
from lms.core.auth.roles import COUNCIL_SECRETARIES, GRADERS, LEADERS, ORGANIZATION_ROLES
from lms.core.jobs.queueing import enqueue, enqueue_many
from lms.core.mail.events import LetterFailed
from lms.core.mail.models import Message
from lms.core.notifications.operations import NewNotice, notify, notify_all, replace_unread
from lms.core.people.models import Person
from lms.notices import catalogue
from lms.notices.queries import WaitingGroup, attempts_used_up, groups_with_essays, groups_with_works, issued
from lms.notices.service_queries import administrators
from lms.registry.queries import holders_of

TELL_OF_WORKS = "notices.works"
TELL_OF_ESSAYS = "notices.essays"
PAUSE = timedelta(minutes=1)
"""Time for further hand-ins before the graders of a group are told."""


def work_handed_in(session: Session, event: WorkHandedIn) -> None:
    """Enqueues the notice to the work's graders."""
    enqueue(session, TELL_OF_WORKS, event.submission_id, run_after=event.at + PAUSE)


def tell_of_works(session: Session, submission_ids: Sequence[int]) -> None:
    """Tells the graders of the groups in which these works still wait."""
    _tell_graders(session, catalogue.WORK_HANDED_IN, groups_with_works(session, submission_ids))


def tell_of_essays(session: Session, attempt_ids: Sequence[int]) -> None:
    """Tells the graders of the groups in which free answers of these attempts still wait."""
    _tell_graders(session, catalogue.ESSAY_HANDED_IN, groups_with_essays(session, attempt_ids))


def _tell_graders(session: Session, kind: str, groups: Sequence[WaitingGroup]) -> None:
    graders = holders_of(session, "site", {group.site_id for group in groups}, GRADERS)
    notices = [
        NewNotice(person_id, kind, group.detail, group.cohort_id)
        for group in groups
        for person_id in graders.get(group.site_id, ())
        if group.count > 1 or person_id != group.person.id  # nobody grades their own work
    ]
    if notices:
        replace_unread(session, notices)


def result_released(session: Session, event: ResultReleased) -> None:
    """Tells the trainee that the work was accepted or returned."""
    result = session.get_one(Result, event.result_id)
    submission = result.version.submission
    most = sum(one.max_points for one in submission.task.criteria)
    detail = {
        "enrolment_id": submission.enrolment_id,
        "task_id": submission.task_id,
        "task": submission.task.title,
        "points": str(result.total.normalize()),
        "most": str(most),
    }
    kind = catalogue.WORK_ACCEPTED if result.decision == "accepted" else catalogue.WORK_RETURNED
    enrolment = submission.enrolment
    notify(session, person_id=enrolment.person_id, kind=kind, detail=detail, cohort_id=enrolment.cohort_id)


def decision_taken_back(session: Session, event: DecisionTakenBack) -> None:
    """Tells the trainee that the decision was taken back, and why."""
    result = session.get_one(Result, event.result_id)
    submission = result.version.submission
    detail = {
        "enrolment_id": submission.enrolment_id,
        "task_id": submission.task_id,
        "task": submission.task.title,
        "reason": result.taken_back_reason,
    }
    enrolment = submission.enrolment
    notify(
        session,
        person_id=enrolment.person_id,
        kind=catalogue.WORK_TAKEN_BACK,
        detail=detail,
        cohort_id=enrolment.cohort_id,
    )


def attempts_graded(session: Session, event: AttemptsGraded) -> None:
    """Tells graders of free answers, trainees of answers that were read, leaders of trainees without attempts left."""
    enqueue_many(session, TELL_OF_ESSAYS, [one.id for one in event.attempts if one.waits], run_after=event.at + PAUSE)
    read = [one.id for one in event.attempts if one.was_read]
    if read:
        notify_all(session, _answers_read(session, read))
    failed = [one.id for one in event.attempts if one.is_below]
    if failed:
        notify_all(session, _attempts_used(session, failed))


def _answers_read(session: Session, attempt_ids: Sequence[int]) -> list[NewNotice]:
    rows = session.execute(
        select(Attempt, Enrolment.person_id, Enrolment.cohort_id)
        .join(Enrolment, Enrolment.id == Attempt.enrolment_id)
        .where(Attempt.id.in_(attempt_ids), Attempt.percent.is_not(None))
        .order_by(Attempt.id)
        .execution_options(populate_existing=True)
    )
    return [
        NewNotice(
            person_id,
            catalogue.ESSAY_READ,
            {"attempt_id": attempt.id, "check": attempt.self_check.title, "percent": f"{attempt.percent:.0f}"},
            cohort_id,
        )
        for attempt, person_id, cohort_id in rows
    ]


def _attempts_used(session: Session, attempt_ids: Sequence[int]) -> list[NewNotice]:
    found = attempts_used_up(session, attempt_ids)
    leaders = holders_of(session, "site", {one.site_id for one in found}, LEADERS)
    return [
        NewNotice(person_id, catalogue.ATTEMPTS_USED, one.detail, one.cohort_id, key=one.key)
        for one in found
        for person_id in leaders.get(one.site_id, ())
    ]


def version_submitted(session: Session, event: VersionSubmitted) -> None:
    """Tells those who record what the council considers."""
    version = session.get_one(ProgrammeVersion, event.version_id)
    site = version.programme.site
    people = holders_of(session, "authority", {site.authority_id}, COUNCIL_SECRETARIES).get(site.authority_id, ())
    detail = {**_programme(version), "organization": site.organization.short_name}
    notify_all(session, [NewNotice(person_id, catalogue.PROGRAMME_SUBMITTED, detail) for person_id in people])


def version_considered(session: Session, event: VersionConsidered) -> None:
    """Tells the organisation that hosts the site, where the authority leaves the approval to it."""
    version = session.get_one(ProgrammeVersion, event.version_id)
    site = version.programme.site
    if site.authority.regulation.approved_by != "organization":
        return
    host = site.organization_id
    people = holders_of(session, "organization", {host}, ORGANIZATION_ROLES).get(host, ())
    detail = _programme(version)
    notify_all(session, [NewNotice(person_id, catalogue.PROGRAMME_CONSIDERED, detail) for person_id in people])


def version_returned(session: Session, event: VersionReturned) -> None:
    """Tells the leaders of the site that the council returned their programme."""
    _tell_leaders(session, session.get_one(ProgrammeVersion, event.version_id), catalogue.PROGRAMME_RETURNED)


def version_approved(session: Session, event: VersionApproved) -> None:
    """Tells the leaders of the site that their programme was approved."""
    _tell_leaders(session, session.get_one(ProgrammeVersion, event.version_id), catalogue.PROGRAMME_APPROVED)


def _tell_leaders(session: Session, version: ProgrammeVersion, kind: str) -> None:
    site_id = version.programme.site_id
    people = holders_of(session, "site", {site_id}, LEADERS).get(site_id, ())
    notify_all(session, [NewNotice(person_id, kind, _programme(version)) for person_id in people])


def _programme(version: ProgrammeVersion) -> dict[str, Any]:
    return {"version_id": version.id, "programme": version.title}


def certificates_issued(session: Session, event: CertificatesIssued) -> None:
    """Tells the holders that their certificates can be downloaded."""
    notify_all(
        session,
        [
            NewNotice(
                one.person_id,
                catalogue.CERTIFICATE,
                {"kind": one.kind, "number": one.number, "language": one.language},
                one.cohort_id,
            )
            for one in issued(session, event.certificate_ids)
        ],
    )


def letter_failed(session: Session, event: LetterFailed) -> None:
    """Tells the person who asked for a letter that it was not delivered."""
    message = session.get_one(Message, event.message_id)
    if message.asked_by_id is None:
        return
    person = session.get(Person, message.person_id) if message.person_id else None
    group = session.scalar(
        select(Cohort.id)
        .join(Enrolment, Enrolment.cohort_id == Cohort.id)
        .where(Enrolment.person_id == message.person_id, Cohort.closed_at.is_(None))
        .order_by(Cohort.id.desc())
        .limit(1)
    )
    detail = {
        "name": person.short_name if person else message.recipient,
        "recipient": message.recipient,
        "path": _path_of_letter(session, message, group),
    }
    notify(session, person_id=message.asked_by_id, kind=catalogue.LETTER_FAILED, detail=detail, cohort_id=group)


def _path_of_letter(session: Session, message: Message, group: int | None) -> str:
    """Returns the page on which the person who asked for the letter finds its recipient."""
    if message.person_id and message.asked_by_id in administrators(session):
        return f"/admin/people/{message.person_id}"
    return f"/groups/{group}/trainees" if group else "/"


SUBSCRIPTIONS: tuple[tuple[type, Callable[[Session, Any], None]], ...] = (
    (WorkHandedIn, work_handed_in),
    (ResultReleased, result_released),
    (DecisionTakenBack, decision_taken_back),
    (AttemptsGraded, attempts_graded),
    (VersionSubmitted, version_submitted),
    (VersionConsidered, version_considered),
    (VersionReturned, version_returned),
    (VersionApproved, version_approved),
    (CertificatesIssued, certificates_issued),
    (LetterFailed, letter_failed),
)
