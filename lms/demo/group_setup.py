"""Creates the demo's authority, site, people, approved programme with its course, and group."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Protocol

from sqlalchemy import select
from sqlalchemy.orm import Session

from assessment.attempts.scoring import score
from assessment.attestation.tasks import CriterionInput, part_four_criteria, save_task, tasks_of
from assessment.models.attestation import AttestationTask
from assessment.questions.model import Question
from assessment.self_checks import operations as self_checks
from assessment.self_checks.operations import MOST_QUESTIONS, SelfCheckSettings
from courses.groups import roster_import
from courses.groups.operations import create_cohort
from courses.groups.roster_import import RowDecision
from courses.importing.model import ImportedProgramme
from courses.materials.operations import MaterialDraft, add_material
from courses.models.groups import Cohort, Enrolment
from courses.models.programmes import ProgrammeVersion, Section, Topic
from courses.programmes.text_fields import edit_parts, number_text
from courses.programmes.workflow import Document
from courses.roster.model import Roster
from lms.core.auth.policy import SYSTEM, Actor
from lms.core.auth.roles import COUNCIL_SECRETARIES
from lms.core.errors import Invalid
from lms.core.i18n import _, local_day
from lms.core.people.consent import ensure_document
from lms.core.people.models import Account
from lms.core.people.operations import set_password
from lms.demo.answers import answers_to
from lms.demo.people import (
    NewPerson,
    actor_of_account,
    approve_by_council,
    create_person_with_account,
    draft_programme,
    give_role,
)
from lms.registry.models import Site
from lms.registry.operations import create_authority, grant_status, save_organization, save_site

LEADER, METHODOLOGIST = "rukovoditel-ploschadki", "metodist"
LONGEST_NAME = 500


class ReadDocuments(Protocol):
    """The documents that the demo starts from, already read."""

    @property
    def programme(self) -> ImportedProgramme: ...
    @property
    def programme_file(self) -> str: ...
    @property
    def roster(self) -> Roster: ...
    @property
    def roster_file(self) -> str: ...
    @property
    def questions(self) -> Sequence[Question]: ...


@dataclass(frozen=True, slots=True)
class GroupIds:
    """Ids of everything created before the trainees begin, usable from any session."""

    leader: int
    """Account of the site leader."""
    site: int
    cohort: int
    version: int
    self_check: int
    task: int
    materials: Sequence[int]
    enrolments: Sequence[int]
    username: str
    """User name of the first trainee, who studies through the pages."""
    to_mark: Sequence[uuid.UUID]
    """Topics without material, task or self-check: the leader marks their classes."""


def prepare(session: Session, given: ReadDocuments, *, password: str, now: datetime) -> GroupIds:
    """Creates everything before the first lesson. Raises ``DomainError`` for what the documents do not allow."""
    today = local_day(now)
    ensure_document(session)
    site, leader, secretary = _places(session, given.programme.organization, password, today, now)
    version = draft_programme(
        session, leader=leader, site=site, imported=given.programme, file_name=given.programme_file, now=now
    )
    _correct(session, leader, version)
    topics = _topics(session, version)
    task = _final_task(session, leader, version, topics)
    protocol = Document("1", today)
    approve_by_council(session, leader=leader, secretary=secretary, version=version, protocol=protocol, now=now)
    check = _self_check(session, leader, version, topics[0], given.questions)
    filled = [one for one in topics if one.lineage != task.topic_lineage]
    materials = [_page(session, leader, version, one, now) for one in filled]
    cohort = create_cohort(
        session,
        actor=leader,
        version=version,
        title=_("Group of the demo"),
        starts_on=today - timedelta(days=14),
        ends_on=today + timedelta(days=14),
    )
    enrolments = _enrol(session, leader, cohort, given, now)
    first = session.get_one(Account, enrolments[0].person.account.id if enrolments[0].person.account else 0)
    set_password(session, actor=None, account=first, password=password, now=now)
    busy = {one.lineage for one in filled} | {task.topic_lineage, topics[0].lineage}
    return GroupIds(
        leader=leader.account_id or 0,
        site=site.id,
        cohort=cohort.id,
        version=version.id,
        self_check=check,
        task=task.id,
        materials=materials,
        enrolments=[one.id for one in enrolments],
        username=first.username,
        to_mark=[one.lineage for one in topics if one.lineage not in busy],
    )


def _places(
    session: Session, organization: str, password: str, today: date, now: datetime
) -> tuple[Site, Actor, Actor]:
    """Returns the site, its leader, and the council's secretary."""
    authority = create_authority(session, actor=SYSTEM, name="Методический центр города", locality="Северореченск")
    name = " ".join(organization.split())[:LONGEST_NAME] or "МБОУ «Гимназия № 7»"
    host = save_organization(
        session,
        actor=SYSTEM,
        authority_id=authority.id,
        name=name,
        short_name=name,
        locality="Северореченск",
        director="Тихомирова Галина Сергеевна",
        director_position="Директор",
        licensed=True,
    )
    site = save_site(session, actor=SYSTEM, organization=host, direction_id=None, theme="Современный урок")
    methodologist = create_person_with_account(session, NewPerson("Соболева Ирина Матвеевна", METHODOLOGIST), now=now)
    leader = create_person_with_account(session, NewPerson("Громова Анна Валерьевна", LEADER, password), now=now)
    for role in COUNCIL_SECRETARIES:
        give_role(session, methodologist, role, since=today, at="authority", place_id=authority.id)
    give_role(session, leader, "leader", since=today, at="site", place_id=site.id)
    _grant(session, actor_of_account(session, methodologist.id), site, today)
    return site, actor_of_account(session, leader.id), actor_of_account(session, methodologist.id)


def _grant(session: Session, methodologist: Actor, site: Site, today: date) -> None:
    grant_status(
        session,
        actor=methodologist,
        site=site,
        order_number="1-п",
        order_date=today - timedelta(days=30),
        starts_on=today - timedelta(days=30),
        ends_on=today + timedelta(days=700),
    )


def _correct(session: Session, leader: Actor, version: ProgrammeVersion) -> None:
    """Lowers a pass mark above the sum of all points: criteria without points in the document count one each."""
    reachable = sum((one.most for one in part_four_criteria(session, version.id)), Decimal(0))
    if reachable and version.pass_mark is not None and version.pass_mark > reachable:
        typed, base = {"pass_mark": number_text(reachable)}, {"pass_mark": number_text(version.pass_mark)}
        edit_parts(session, actor=leader, version=version, typed=typed, base=base)


def _topics(session: Session, version: ProgrammeVersion) -> Sequence[Topic]:
    """Returns the topics in the plan's order. Raises ``Invalid`` when there are none."""
    rows = select(Topic).join(Topic.section).where(Topic.version_id == version.id)
    found = session.scalars(rows.order_by(Section.position, Topic.position)).all()
    if not found:
        raise Invalid(_("The plan has no topics: there is nothing to study."))
    return found


def _final_task(session: Session, leader: Actor, version: ProgrammeVersion, topics: Sequence[Topic]) -> AttestationTask:
    """Returns the task made from the programme's criteria; if it has none, creates one with a single criterion."""
    made = tasks_of(session, version.id)
    if made:
        return made[0]
    return save_task(
        session,
        actor=leader,
        version=version,
        task=None,
        title=topics[-1].title,
        instructions=_("Hand in what you have made during the internship, with a short explanation."),
        topic_lineage=topics[-1].lineage if len(topics) > 1 else None,
        kind="final",
        pass_mark=Decimal(1),
        required=True,
        criteria=[CriterionInput(_("The work is complete"), "", Decimal(2), Decimal(1))],
    )


def _self_check(
    session: Session, leader: Actor, version: ProgrammeVersion, topic: Topic, questions: Sequence[Question]
) -> int:
    """Creates the self-check; required only if right answers reach its threshold, which a file's keys may not allow."""
    taken = questions[:MOST_QUESTIONS]
    required = _attainable(taken, version.self_check_threshold)
    check = self_checks.create(
        session,
        actor=leader,
        programme=version.programme,
        conditions=SelfCheckSettings(title=_("Self-check"), topic_lineage=topic.lineage, required=required),
    )
    site_id = version.programme.site_id
    self_checks.add_questions(session, actor=leader, check=check, questions=taken, site_id=site_id)
    return check.id


def _attainable(questions: Sequence[Question], threshold: int) -> bool:
    """Returns whether the right answers, with full points for essays, reach the threshold."""
    numbered = dict(enumerate(questions))
    items = [(str(key), one, one.mark) for key, one in numbered.items()]
    result = score(items, answers_to(numbered))
    most = result.max_points
    return not most or (result.points + result.waiting_points) * 100 / most >= threshold


def _page(session: Session, leader: Actor, version: ProgrammeVersion, topic: Topic, now: datetime) -> int:
    body = _("What the topic is about, what to look at in a lesson, and what to try in your own.")
    draft = MaterialDraft("page", topic.title, f"## {topic.title}\n\n{body}", minutes=20, completion="confirmed")
    material = add_material(
        session, actor=leader, programme=version.programme, topic_lineage=topic.lineage, draft=draft, now=now
    )
    return material.id


def _enrol(session: Session, leader: Actor, cohort: Cohort, given: ReadDocuments, now: datetime) -> Sequence[Enrolment]:
    """Enrols everybody on the list who can be enrolled, each as a new person. Raises ``Invalid`` for an empty list."""
    draft = roster_import.keep_roster(
        session, actor=leader, cohort=cohort, roster=given.roster, file_name=given.roster_file
    )
    answers = {
        row.listed.row: RowDecision(row.choice or "new", frozenset(one.person_id for one in row.known))
        for row in roster_import.preview(session, draft)
    }
    roster_import.save_roster(
        session,
        actor=leader,
        draft=draft,
        cohort=cohort,
        answers=answers,
        send=False,
        link_to=lambda token: f"/link/{token}",
        now=now,
    )
    found = session.scalars(select(Enrolment).where(Enrolment.cohort_id == cohort.id).order_by(Enrolment.id)).all()
    if not found:
        raise Invalid(_("Nobody on the list can be enrolled."))
    return found
