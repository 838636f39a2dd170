"""The sample's authority, organisations, sites with their statuses, and appointments."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.core.auth.policy import SYSTEM, Actor
from lms.core.i18n import local_day
from lms.core.people import consent
from lms.core.people.models import Account
from lms.demo.people import NewPerson, actor_of_account, create_person_with_account, give_role
from lms.demo.sample_data import people
from lms.registry.models import Authority, Council, Direction, Organization, Site
from lms.registry.operations import create_authority, grant_status, save_organization, save_site

LOCALITY = "Северореченск"


@dataclass(slots=True)
class SampleRegistry:
    """The registry of the sample, and the accounts by user name."""

    session: Session
    now: datetime
    authority: Authority
    gymnasium: Organization
    kindergarten: Organization
    lessons: Site
    research: Site
    speech: Site
    accounts: dict[str, Account]

    @property
    def today(self) -> date:
        """The day of the seeding."""
        return local_day(self.now)

    def actor(self, who: NewPerson) -> Actor:
        """Returns the person as an actor with their current roles."""
        return actor_of_account(self.session, self.accounts[who.username or ""].id)


def create_registry(session: Session, now: datetime) -> SampleRegistry:
    """Creates the whole registry of the sample."""
    consent.ensure_document(session)
    authority = create_authority(session, actor=SYSTEM, name="Методический центр образования", locality=LOCALITY)
    session.add(
        Council(
            authority_id=authority.id, name="Методический совет", next_meeting_on=local_day(now) + timedelta(days=13)
        )
    )
    gymnasium = _organization(session, authority, "МБОУ «Гимназия № 7»", people.DIRECTOR.name, "Директор")
    kindergarten = _organization(
        session, authority, "МБДОУ «Детский сад № 12»", "Филатова Нина Арсеньевна", "Заведующий"
    )
    sites = (
        _site(session, gymnasium, 0, "Взаимное посещение уроков и формирующее оценивание"),
        _site(session, gymnasium, 3, "Исследовательский урок в естественных науках"),
        _site(session, kindergarten, 5, "Развитие речи в театрализованной игре"),
    )
    places = SampleRegistry(session, now, authority, gymnasium, kindergarten, *sites, accounts={})
    _people(places)
    _roles(places)
    _statuses(places)
    return places


def _organization(
    session: Session, authority: Authority, name: str, director: str, director_position: str
) -> Organization:
    return save_organization(
        session,
        actor=SYSTEM,
        authority_id=authority.id,
        name=name,
        short_name=name,
        locality=LOCALITY,
        director=director,
        director_position=director_position,
        licensed=name.startswith("МБОУ"),
    )


def _site(session: Session, host: Organization, place: int, theme: str) -> Site:
    directions = session.scalars(
        select(Direction).where(Direction.authority_id == host.authority_id).order_by(Direction.position)
    ).all()
    chosen = directions[place % len(directions)]
    return save_site(session, actor=SYSTEM, organization=host, direction_id=chosen.id, theme=theme)


def _people(places: SampleRegistry) -> None:
    """Creates everybody with a log-in. They have consented, so that the demo opens at the home page."""
    document = consent.ensure_document(places.session)
    for _role, who in people.LOG_INS:
        host = places.kindergarten if "сад" in who.workplace else places.gymnasium
        of = replace(who, organization_id=host.id if who.workplace in (host.name,) else None)
        administrator = who is people.ADMINISTRATOR
        account = create_person_with_account(places.session, of, now=places.now, administrator=administrator)
        places.accounts[account.username] = account
        own = actor_of_account(places.session, account.id)
        consent.give(places.session, actor=own, person_id=account.person_id, document_id=document.id, now=places.now)


def _roles(places: SampleRegistry) -> None:
    authority, lessons = places.authority.id, places.lessons.id
    category = "высшая категория, приказ министерства № 214; победитель конкурса «Открытый урок»"
    _role(places, people.METHODOLOGIST, "methodologist", "authority", authority)
    _role(places, people.SECRETARY, "council_secretary", "authority", authority)
    _role(places, people.DIRECTOR, "director", "organization", places.gymnasium.id)
    _role(places, people.LEADER, "leader", "site", lessons, qualification=category)
    order = {"order_number": "58-к", "order_date": places.today - timedelta(days=40)}
    _role(places, people.DEPUTY, "acting_leader", "site", places.research.id, **order)
    _role(places, people.TEACHER, "teacher", "site", lessons)
    _role(places, people.SECOND_LEADER, "leader", "site", places.research.id, qualification="первая категория")
    _role(places, people.SPEECH_LEADER, "leader", "site", places.speech.id)


def _role(places: SampleRegistry, who: NewPerson, role: str, at: str, place_id: int, **more: object) -> None:
    since = places.today - timedelta(days=200)
    account = places.accounts[who.username or ""]
    give_role(places.session, account, role, since=since, at=at, place_id=place_id, **more)


def _statuses(places: SampleRegistry) -> None:
    """Grants one status in its second year, one that ends soon, and one of this year."""
    _grant(places, places.lessons, "126-п", began=400, until=690)
    _grant(places, places.research, "31-п", began=1020, until=52)
    _grant(places, places.speech, "204-п", began=45, until=1000)


def _grant(places: SampleRegistry, site: Site, number: str, *, began: int, until: int) -> None:
    start = places.today - timedelta(days=began)
    grant_status(
        places.session,
        actor=places.actor(people.METHODOLOGIST),
        site=site,
        order_number=number,
        order_date=start - timedelta(days=6),
        starts_on=start,
        ends_on=places.today + timedelta(days=until),
        order_title="О присвоении статуса стажировочной площадки",
    )
