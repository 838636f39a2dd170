"""Gives a role to a known or new person and tells them how to log in."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from lms.core.auth.policy import Actor
from lms.core.people import one_time_links
from lms.core.people import operations as people
from lms.core.people.invitations import LinkTo, invite
from lms.core.people.models import Person
from lms.registry.models import Membership
from lms.registry.operations import appoint


@dataclass(frozen=True, slots=True)
class Appointee:
    """The person who gets the role: a known one, whom the caller has fetched as one that the actor may choose, else a
    new person of this name.
    """

    person: Person | None = None
    surname: str = ""
    given_name: str = ""
    patronymic: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True)
class Appointed:
    """The role given, and whether an invitation was sent."""

    membership: Membership
    person: Person
    invited: bool


def appoint_somebody(
    session: Session,
    *,
    actor: Actor,
    who: Appointee,
    role: str,
    at: str,
    place_id: int,
    starts_on: date,
    order_number: str | None,
    order_date: date | None,
    qualification: str | None,
    link_to: LinkTo,
    now: datetime,
) -> Appointed:
    """Gives the role. A person who cannot log in yet gets an account and, with an e-mail, an invitation.

    Unused links and cards that others issued before end: they must not open the account with its new role.
    Raises ``Invalid`` at the field.
    """
    person = _person(session, actor, who)
    membership = appoint(
        session,
        actor=actor,
        person_id=person.id,
        role=role,
        at=at,
        place_id=place_id,
        starts_on=starts_on,
        order_number=order_number,
        order_date=order_date,
        qualification=qualification,
    )
    account = people.ensure_account(session, actor=actor, person=person)
    one_time_links.end_all(session, account.id, now=now)
    waiting = account.password_hash is None
    invited = waiting and invite(session, actor=actor, account=account, link_to=link_to, now=now)
    return Appointed(membership, person, invited)


def _person(session: Session, actor: Actor, who: Appointee) -> Person:
    return who.person or people.create_person(
        session,
        actor=actor,
        surname=who.surname,
        given_name=who.given_name,
        patronymic=who.patronymic,
        email=who.email,
    )
