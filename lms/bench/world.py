"""Data of the measurements: a course of twenty activities, a group of five hundred people and one of five."""

import uuid
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from assessment.models.self_checks import SelfCheck
from assessment.questions.gift.parser import read_gift
from assessment.questions.model import Question
from courses.groups.operations import create_cohort, enrol
from courses.models.groups import Enrolment
from courses.models.programmes import ProgrammeVersion
from courses.roster.model import Roster, RosterRow
from lms.core.auth.policy import SYSTEM
from lms.core.clock import utc_now
from lms.core.i18n import local_day
from lms.core.people import consent
from lms.core.people.models import Account
from lms.core.people.sessions import open_session
from lms.demo import group_setup
from lms.demo.group_setup import GroupIds
from lms.demo.people import actor_of_account
from lms.demo.sample_data.programmes import programme
from lms.demo.samples.make import GIFT
from lms.demo.scenario import SourceDocuments
from lms.lti.models.platforms import Deployment, Platform

MANY, FEW = 500, 5
QUESTIONS = 20
LETTERS = "абвгдежзиклмнопрстуф"


@dataclass(frozen=True, slots=True)
class World:
    """The stage with the large group, the small group beside it, and the open sessions."""

    stage: GroupIds
    few: int
    """The small group."""
    few_enrolments: list[int]
    trainees: list[tuple[int, str]]
    """Trainees of the large group, one per client: (enrolment, token of a session)."""
    few_trainee: tuple[int, str]
    leader: str
    """Token of the leader's session."""


def make_world(session: Session, *, clients: int = 8, many: int = MANY) -> World:
    """Creates all data by the operations of the product."""
    stage = group_setup.prepare(session, documents(many), password=uuid.uuid4().hex, now=utc_now())
    few, few_enrolments = _small_group(session, stage)
    consented = [log_in(session, one) for one in stage.enrolments[:clients]]
    leader = session.get_one(Account, stage.leader)
    return World(
        stage,
        few,
        few_enrolments,
        list(zip(stage.enrolments[:clients], consented, strict=True)),
        (few_enrolments[0], log_in(session, few_enrolments[0])),
        _session_of(session, leader),
    )


def documents(many: int) -> SourceDocuments:
    """Returns a programme of five sections of four topics, twenty questions, and so many people."""
    sections = tuple(
        (
            f"Раздел {number}. Урок глазами коллеги",
            tuple(
                (f"Тема {number}.{place}: наблюдаем и обсуждаем", "1 1 0", "практикум", "тест") for place in range(1, 5)
            ),
        )
        for number in range(1, 6)
    )
    tasks = ("наблюдать", "обсуждать")
    course = programme(
        "Урок глазами коллеги: двадцать тем", "МБОУ «Гимназия № 7»", "Научиться видеть.", tasks, *sections
    )
    people = tuple(_person(number) for number in range(many))
    return SourceDocuments(course, "programme.docx", Roster(rows=people), "trainees.xlsx", questions())


def _person(number: int) -> RosterRow:
    tail = "".join(LETTERS[int(digit)] for digit in str(number))
    return RosterRow(number + 2, f"Стажёрова{tail}", "Нина", "Олеговна", position="учитель", workplace="МБОУ «СОШ № 3»")


def questions() -> list[Question]:
    """Returns the sample's automatically graded questions, repeated until there are enough."""
    closed = [one for one in read_gift(GIFT.read_bytes()).questions if one.kind != "essay"]
    return [closed[place % len(closed)] for place in range(QUESTIONS)]


def _small_group(session: Session, stage: GroupIds) -> tuple[int, list[int]]:
    leader, now = actor_of_account(session, stage.leader), utc_now()
    version = session.get_one(ProgrammeVersion, stage.version)
    starts, ends = local_day(now) - timedelta(days=14), local_day(now) + timedelta(days=14)
    group = create_cohort(session, actor=leader, version=version, title="Пятеро", starts_on=starts, ends_on=ends)
    people = [session.get_one(Enrolment, one).person for one in stage.enrolments[-FEW:]]
    return group.id, [enrol(session, actor=leader, cohort=group, person=one, now=now).id for one in people]


def log_in(session: Session, enrolment_id: int) -> str:
    """Opens a session of this trainee, who has consented."""
    person_id = session.get_one(Enrolment, enrolment_id).person_id
    return _session_of(session, session.scalars(select(Account).where(Account.person_id == person_id)).one())


def _session_of(session: Session, account: Account) -> str:
    document = consent.ensure_document(session)
    now = utc_now()
    consent.note_paper(
        session, actor=SYSTEM, person_id=account.person_id, paper_date=local_day(now), now=now, today=local_day(now)
    )
    assert consent.given(session, account.person_id, document.id)
    return open_session(session, account, user_agent="bench", ip_address="127.0.0.1", now=now)


def check_of(session: Session, world: World) -> SelfCheck:
    """Returns the self-check that everybody takes."""
    return session.get_one(SelfCheck, world.stage.self_check)


def connected(session: Session, address: str, client_id: str) -> Platform:
    """Creates a platform at this address with one accepted deployment."""
    platform = Platform(
        name="bench",
        issuer=address,
        client_id=client_id,
        authorization_endpoint=f"{address}/auth",
        token_endpoint=f"{address}/token",
        jwks_url=f"{address}/keys",
        deployments=[Deployment(deployment_id="1", accepted_at=utc_now())],
    )
    session.add(platform)
    session.flush()
    return platform
