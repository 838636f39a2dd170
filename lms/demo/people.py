"""Creates the people, roles and programmes of samples by the operations that the screens use."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from courses.actors import actor_of
from courses.importing.model import ImportedProgramme
from courses.models.programmes import ProgrammeVersion
from courses.programmes import drafts, workflow
from courses.programmes.workflow import Document
from lms.core.auth.passwords import hash_password
from lms.core.auth.policy import SYSTEM, Actor
from lms.core.people.models import Account
from lms.core.people.operations import create_account, create_person
from lms.registry.models import Site
from lms.registry.operations import appoint


@dataclass(frozen=True, slots=True)
class NewPerson:
    """A person to create: full name and log-in. Without a password the account cannot log in."""

    name: str
    username: str | None = None
    password: str | None = None
    email: str | None = None
    position: str = ""
    workplace: str = ""
    organization_id: int | None = None


def create_person_with_account(
    session: Session, who: NewPerson, *, now: datetime, administrator: bool = False
) -> Account:
    """Creates a person with an account."""
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
    account.email_confirmed_at = now if account.email else None
    if who.password:  # shown on the log-in page of the demo: it need not be hard to guess
        account.password_hash = hash_password(who.password)
        session.flush()
    return account


def give_role(session: Session, account: Account, role: str, *, since: date, **more: Any) -> None:
    """Appoints the account's person from this day on; ``more`` as ``appoint`` takes it: ``at``, ``place_id``, an
    order.
    """
    appoint(session, actor=SYSTEM, person_id=account.person_id, role=role, starts_on=since, **more)


def actor_of_account(session: Session, account_id: int) -> Actor:
    """Returns the account as an actor, with the roles it has at this moment."""
    return actor_of(session, session.get_one(Account, account_id))


def draft_programme(
    session: Session, *, leader: Actor, site: Site, imported: ImportedProgramme, file_name: str, now: datetime
) -> ProgrammeVersion:
    """Imports the document and saves it as the first version of a programme, a draft."""
    draft = drafts.store_programme_draft(session, actor=leader, site=site, imported=imported, file_name=file_name)
    return drafts.save_programme(session, actor=leader, draft=draft, site=site, now=now)


def approve_by_council(
    session: Session, *, leader: Actor, secretary: Actor, version: ProgrammeVersion, protocol: Document, now: datetime
) -> None:
    """Submits, considers and approves by one protocol. Raises ``NotReady`` with the problems of the plan."""
    workflow.submit(session, actor=leader, version=version, now=now)
    workflow.consider(session, actor=secretary, version=version, protocol=protocol, now=now)
    workflow.approve(session, actor=secretary, version=version, document=protocol, now=now)
