"""Generated authorities, organisations, sites and their staff."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from lms.core.auth import roles
from lms.demo.volume import vocabulary
from lms.demo.volume.bulk_writer import BulkWriter
from lms.demo.volume.people import Human, People, Workplace, record
from lms.demo.volume.volume import FOUNDED, ZONE, Volume
from lms.registry.directions import DIRECTIONS
from lms.registry.models import (
    Authority,
    Council,
    Direction,
    Membership,
    Order,
    Organization,
    Site,
    SiteStatus,
)

SENDERS = 2
"""Organisations that send trainees, for each site."""
KNOWN = {
    "leader": "rukovoditel",
    "teacher": "pedagog",
    "expert": "ekspert",
    "director": "direktor",
    "coordinator": "koordinator",
    "methodologist": "metodist",
    "council_member": "chlen-soveta",
    "council_secretary": "sekretar",
}
"""Role → user name of the first person who has it, who can log in."""


@dataclass(frozen=True, slots=True)
class Jurisdiction:
    """An authority with its directions, its methodologist, and the organisations that send trainees."""

    authority: int
    directions: Sequence[int]
    methodologist: Human
    order: int
    senders: list[Workplace]


@dataclass(frozen=True, slots=True)
class Staffed:
    """A site with its organisation and its staff."""

    site: int
    organization: int
    short_name: str
    town: str
    director: str
    theme: str
    methodologist: Human
    leader: Human
    teachers: Sequence[Human]
    senders: Sequence[Workplace]


@dataclass(slots=True)
class Registry:
    """Creates authorities and sites."""

    volume: Volume
    writer: BulkWriter
    people: People
    password_hash: str
    since: datetime

    def authority(self, number: int) -> Jurisdiction:
        """Creates an authority with a council and its people."""
        dice = self.volume.dice("authority", number)
        town = vocabulary.TOWNS[number % len(vocabulary.TOWNS)]
        key = self.writer.add(
            Authority,
            created_at=self.since,
            name=f"Методический центр № {number + 1}",
            locality=town,
            time_zone=str(ZONE),
        )
        directions = [
            self.writer.add(Direction, created_at=self.since, authority_id=key, title=title, position=position)
            for position, title in enumerate(DIRECTIONS)
        ]
        self.writer.add(Council, created_at=self.since, authority_id=key, name="Методический совет")
        centre = self.organization(key, f"МБУ «Методический центр № {number + 1}»", town, "")
        order = self.writer.add(
            Order, created_at=self.since, authority_id=key, number="1-п", issued_on=self.volume.day(FOUNDED)
        )
        record(self.writer, None, "authority.create", (Authority, key), self.since)
        staff = [
            self._appoint(dice, role, Workplace(centre, "Методический центр"), number, authority_id=key)
            for role in (*roles.COUNCIL_SECRETARIES, *[roles.COUNCIL_MEMBER] * 2)
        ]
        return Jurisdiction(key, directions, staff[0], order, [])

    def organization(self, authority: int, name: str, town: str, director: str) -> int:
        """Creates an organisation."""
        key = self.writer.add(
            Organization,
            created_at=self.since,
            authority_id=authority,
            name=name,
            short_name=name,
            locality=town,
            director=director,
            director_position="Директор",
            licensed=True,
            time_zone=str(ZONE),
            number_pattern="{year}-{number:04d}",
        )
        record(self.writer, None, "organization.create", (Organization, key), self.since)
        return key

    def site(self, number: int, place: Jurisdiction) -> Staffed:
        """Creates the organisation of the site, the site with its status, its staff, and schools that send trainees."""
        dice = self.volume.dice("site", number)
        town = dice.choice(vocabulary.TOWNS)
        name = dice.choice(vocabulary.SCHOOLS).format(number + 1)
        theme = vocabulary.THEMES[number % len(vocabulary.THEMES)]
        director = (
            f"{dice.choice(vocabulary.SURNAMES)}а {dice.choice(vocabulary.WOMEN)} {dice.choice(vocabulary.FATHERS)}на"
        )
        host = self.organization(place.authority, name, town, director)
        key = self.writer.add(
            Site,
            created_at=self.since,
            authority_id=place.authority,
            organization_id=host,
            direction_id=dice.choice(place.directions),
            theme=theme,
        )
        record(self.writer, place.methodologist.account, "site.create", (Site, key), self.since, site_id=key)
        self._grant(key, place)
        for sender in range(SENDERS):
            school = dice.choice(vocabulary.SCHOOLS).format(1000 + number * SENDERS + sender)
            place.senders.append(Workplace(self.organization(place.authority, school, town, ""), school))
        here = Workplace(host, name)
        staff = [
            self._appoint(dice, role, here, number, site_id=key)
            for role in (roles.LEADER, *[roles.TEACHER] * 3, roles.EXPERT)
        ]
        for role in roles.ORGANIZATION_ROLES:
            self._appoint(dice, role, here, number, organization_id=host)
        senders = place.senders[-20:]
        return Staffed(key, host, name, town, director, theme, place.methodologist, staff[0], staff[1:4], senders)

    def _grant(self, site: int, place: Jurisdiction) -> None:
        """Grants the first status, which has ended, and the present one."""
        until = self.volume.day(FOUNDED - 700)
        terms = ((self.volume.day(FOUNDED), until), (self.volume.day(FOUNDED - 701), self.volume.day(-300)))
        for starts_on, ends_on in terms:
            status = self.writer.add(
                SiteStatus,
                created_at=self.since,
                site_id=site,
                order_id=place.order,
                starts_on=starts_on,
                ends_on=ends_on,
            )
            detail = {"order": "1-п", "until": ends_on.isoformat()}
            by = place.methodologist.account
            record(self.writer, by, "status.grant", (SiteStatus, status), self.since, site_id=site, **detail)

    def _appoint(self, dice: random.Random, role: str, here: Workplace, number: int, **where: int) -> Human:
        """Creates a person in this role; the first of each role can log in."""
        username = KNOWN[role] if number == 0 and KNOWN[role] not in self.people.taken else ""
        human = self.people.create(
            dice,
            here,
            self.since,
            username=username,
            password_hash=self.password_hash if username else None,
        )
        membership = self.writer.add(
            Membership,
            created_at=self.since,
            person_id=human.person,
            role=role,
            starts_on=self.volume.day(FOUNDED),
            **where,
        )
        detail = {"role": role, "person_id": human.person}
        record(
            self.writer,
            None,
            "membership.appoint",
            (Membership, membership),
            self.since,
            site_id=where.get("site_id"),
            **detail,
        )
        return human
