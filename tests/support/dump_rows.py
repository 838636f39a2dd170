"""Rows that a dump for the migration tests needs beside the demo: drafts, second versions, due dates, LTI."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from assessment.attestation import due_dates as due
from assessment.attestation import reviews, works
from assessment.attestation.tasks import tasks_of
from assessment.models.attestation import AttestationTask, Submission
from assessment.models.certificates import Certificate
from courses.actors import actor_of
from courses.groups.operations import set_deadlines
from courses.models.groups import Cohort, Enrolment
from courses.programmes import corrections
from lms.core.auth.policy import SYSTEM, Actor
from lms.core.clock import utc_now
from lms.core.jobs.models import Job
from lms.core.people import personal_data
from lms.core.people.models import Account
from lms.core.people.operations import rename_person
from lms.core.people.sessions import open_session
from lms.lti.models.platforms import RegistrationAddress
from lms.lti.models.services import LineItem, Outage, Roster, Score, ScoreTry
from tests.factories import make, platforms

NUMBER = "11223344595"
"""A valid identity number (СНИЛС) that belongs to nobody."""


def add_rows(session: Session) -> None:
    """Adds all rows to a database that holds the demo."""
    group = session.scalars(select(Cohort).where(Cohort.title == "Осенний набор")).one()
    trainees = session.scalars(select(Enrolment).where(Enrolment.cohort_id == group.id).order_by(Enrolment.id)).all()
    tasks = tasks_of(session, group.version_id)
    leader = actor_of(session, session.scalars(select(Account).where(Account.username == "demo-rukovoditel")).one())
    _due_dates(session, group, trainees[0], tasks, leader)
    _works(session, trainees, tasks)
    _people(session, trainees[3])
    _corrected_and_withdrawn(session, group, leader)
    _platform(session, group, trainees[1])
    session.add(Job(kind="mail.send", subject_id=1, unique_key="mail.send:1", state="dead", last_error="Refused"))
    session.flush()


def _due_dates(
    session: Session, group: Cohort, trainee: Enrolment, tasks: Sequence[AttestationTask], leader: Actor
) -> None:
    """Adds the group's date of each task, and one trainee's own dates of a task and two topics."""
    last = group.ends_on
    due.change_dates(
        session, actor=leader, cohort=group, due={task.id: last - timedelta(days=task.id) for task in tasks[1:]}
    )
    own = {tasks[0].id: last + timedelta(days=5)}
    due.change_dates(session, actor=leader, cohort=group, due=own, enrolment=trainee)
    trainee.individual = True
    first, second, *_rest = make.topics(session, group.version)
    set_deadlines(session, group, {first.lineage: last, second.lineage: last + timedelta(days=3)}, trainee)


def _works(session: Session, trainees: Sequence[Enrolment], tasks: Sequence[AttestationTask]) -> None:
    """Adds a draft with a file, a returned work handed in again, and an undecided review."""
    now = utc_now()
    draft = works.submission_of(session, tasks[0], trainees[11])
    works.save_draft(session, draft, text="Черновик протокола", now=now)
    works.attach(session, draft, make.stored_file(session), now=now)
    returned = session.scalars(select(Submission).where(Submission.state == "returned")).first()
    assert returned is not None
    author = actor_of(session, _account(session, returned.enrolment))
    again = works.hand_in(session, returned, actor=author, text="Исправленный протокол", now=now)
    teacher = actor_of(session, session.scalars(select(Account).where(Account.username == "demo-pedagog")).one())
    marks = {criterion.id: reviews.Mark(Decimal("2.5"), "Пока так") for criterion in returned.task.criteria}
    reviews.save_review(session, again, actor=teacher, marks=marks, comment="Дочитаю завтра", revision=0)


def _account(session: Session, enrolment: Enrolment) -> Account:
    return session.scalars(select(Account).where(Account.person_id == enrolment.person_id)).one()


def _people(session: Session, trainee: Enrolment) -> None:
    """Adds encrypted personal data, a former name, and a log-in session."""
    person = trainee.person
    born = date(1984, 3, 9)
    personal_data.keep(session, actor=SYSTEM, person_id=person.id, identity_number=NUMBER, birth_date=born)
    rename_person(session, actor=SYSTEM, person=person, surname="Баранов-Лесной", given_name=person.given_name)
    open_session(session, _account(session, trainee), user_agent="dump", ip_address="127.0.0.1", now=utc_now())


def _corrected_and_withdrawn(session: Session, group: Cohort, leader: Actor) -> None:
    """Adds a technical correction, a withdrawn certificate and a flagged one."""
    place = next(
        one for one in corrections.correctable_texts(session, group.version) if one.address.startswith("topic:")
    )
    after = place.text + " (исправлено)"
    corrections.correct(
        session, actor=leader, version=group.version, address=place.address, seen=place.text, text_after=after
    )
    first, second = session.scalars(select(Certificate.id).order_by(Certificate.id).limit(2)).all()
    withdrawn = {"withdrawn_at": utc_now(), "withdrawn_reason": "Ошибка в имени"}
    session.execute(update(Certificate).where(Certificate.id == first).values(withdrawn))
    session.execute(update(Certificate).where(Certificate.id == second).values(flagged_at=utc_now()))


def _platform(session: Session, group: Cohort, trainee: Enrolment) -> None:
    """Adds a platform with a course, a link, a line item, a score, a roster, a launch, an outage and a registration."""
    row = platforms.platform(session, site_id=group.site_id)
    at = platforms.context(session, row)
    shown = platforms.placement(session, at, group)
    link = platforms.link(session, at, shown)
    account = _account(session, trainee)
    identity = platforms.identity(session, account, row)
    participant = platforms.participant(
        session, at, account, subject=identity.subject, enrolment_id=trainee.id, active=True
    )
    platforms.launch(session, at, link_id=link.id, subject=identity.subject)
    column = LineItem(link_id=link.id, url=f"{row.issuer}/lineitem?type_id=1", state="ready", score_maximum=100)
    session.add(column)
    session.flush()
    wanted = {"scoreGiven": 62.5, "scoreMaximum": 100, "activityProgress": "InProgress"}
    score = Score(line_item_id=column.id, participant_id=participant.id, wanted=wanted, wanted_at=utc_now())
    session.add(score)
    session.flush()
    now = utc_now()
    tried = ScoreTry(score_id=score.id, outcome="unreachable", status=503, sent=wanted)
    roster = Roster(context_id=at.id, link_id=link.id, cohort_id=group.id, state="applied", result={"enrolled": 1})
    outage = Outage(platform_id=row.id, since=now, until=now + timedelta(minutes=15))
    address = RegistrationAddress(token_hash="0" * 64, site_id=group.site_id, expires_at=now + timedelta(days=1))
    session.add_all([tried, roster, outage, address])
