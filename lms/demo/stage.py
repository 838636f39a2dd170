"""Making the people and places of samples by the operations that the screens use; who acts, looked up afresh."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from courses.actors import actor_of
from courses.importing.model import ImportedProgramme
from courses.models.programmes import ProgrammeVersion
from courses.programmes import drafts, workflow
from courses.programmes.workflow import Document
from lms.core.auth.policy import SYSTEM, Actor
from lms.core.people.models import Account
from lms.core.people.operations import create_account, create_person, set_password
from lms.registry.models import Site
from lms.registry.operations import appoint


@dataclass(frozen=True, slots=True)
class Somebody:
    """A person to be: full name, and what a log-in needs. Without a password nobody logs in as them."""

    name: str
    username: str | None = None
    password: str | None = None
    email: str | None = None
    position: str = ""
    workplace: str = ""
    organization_id: int | None = None


def somebody(session: Session, who: Somebody, *, now: datetime, administrator: bool = False) -> Account:
    """A new person with an account."""
    surname, given_name, patronymic = (*who.name.split(), "", "")[:3]
    person = create_person(
        session,
        actor=SYSTEM,
        surname=surname,
        given_name=given_name,
        patronymic=patronymic,
        email=who.email,
        position=who.position,
        workplace=who.workplace,
        organization_id=who.organization_id,
    )
    account = create_account(
        session, actor=SYSTEM, person=person, username=who.username, is_administrator=administrator
    )
    if who.password:
        set_password(session, actor=None, account=account, password=who.password, now=now)
    return account


def give_role(session: Session, account: Account, role: str, *, since: date, **more: Any) -> None:
    """The role, from this day on; ``more`` as ``appoint`` has it: ``at``, ``place_id``, an order."""
    appoint(session, actor=SYSTEM, person_id=account.person_id, role=role, starts_on=since, **more)


def acting(session: Session, account_id: int) -> Actor:
    """The account as it may act at this moment."""
    return actor_of(session, session.get_one(Account, account_id))


def draft_programme(
    session: Session, *, leader: Actor, site: Site, imported: ImportedProgramme, file_name: str, now: datetime
) -> ProgrammeVersion:
    """The document kept, looked at and saved: the first version of a programme, a draft."""
    draft = drafts.keep_programme(session, actor=leader, site=site, imported=imported, file_name=file_name)
    return drafts.save_programme(session, actor=leader, draft=draft, site=site, now=now)


def through_council(
    session: Session, *, leader: Actor, secretary: Actor, version: ProgrammeVersion, protocol: Document, now: datetime
) -> None:
    """Submitted, considered and approved by one protocol. Raises ``NotReady`` with what does not add up."""
    workflow.submit(session, actor=leader, version=version, now=now)
    workflow.consider(session, actor=secretary, version=version, protocol=protocol, now=now)
    workflow.approve(session, actor=secretary, version=version, document=protocol, now=now)
