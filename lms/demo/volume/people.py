"""Generated people with accounts and consents: names, user names, workplaces."""

import random
from dataclasses import dataclass, field
from datetime import datetime

from lms.core.audit import AuditEntry
from lms.core.db import Base
from lms.core.people.models import Account, Consent, Person
from lms.core.people.names import sort_key, username_of
from lms.demo.volume import vocabulary
from lms.demo.volume.bulk_writer import BulkWriter


@dataclass(frozen=True, slots=True)
class Human:
    """A stored person."""

    person: int
    account: int
    name: str
    username: str


@dataclass(frozen=True, slots=True)
class Workplace:
    """The organisation at which somebody works."""

    organization: int
    name: str


@dataclass(slots=True)
class People:
    """Creates people and gives every account a user name of its own."""

    writer: BulkWriter
    consent_document: int
    taken: dict[str, int] = field(default_factory=dict)
    """User name without a number → the last number given."""

    def create(
        self,
        dice: random.Random,
        at: Workplace | None,
        since: datetime,
        *,
        position: str = "",
        username: str = "",
        password_hash: str | None = None,
        administrator: bool = False,
    ) -> Human:
        """Creates a person with an account and a consent."""
        surname, given_name, patronymic = _name(dice)
        username = self._username(username or username_of(surname, given_name, patronymic))
        email = f"{username}@example.org"
        person = self.writer.add(
            Person,
            created_at=since,
            surname=surname,
            given_name=given_name,
            patronymic=patronymic,
            sort_key=sort_key(surname, given_name, patronymic),
            email=email,
            position=position or f"учитель {dice.choice(vocabulary.SUBJECTS)}",
            workplace=at.name if at else None,
            organization_id=at.organization if at else None,
        )
        account = self.writer.add(
            Account,
            created_at=since,
            person_id=person,
            username=username,
            email=email,
            email_confirmed_at=since,
            password_hash=password_hash,
            is_administrator=administrator,
            last_login_at=since,
        )
        self.writer.add(Consent, created_at=since, person_id=person, document_id=self.consent_document, given_at=since)
        record(self.writer, None, "person.create", (Person, person), since)
        record(self.writer, None, "account.create", (Account, account), since, username=username)
        return Human(person, account, f"{surname} {given_name} {patronymic}", username)

    def _username(self, base: str) -> str:
        number = self.taken[base] = self.taken.get(base, 0) + 1
        return base if number == 1 else f"{base}{number}"


def name_of_woman(dice: random.Random) -> tuple[str, str, str]:
    """Returns surname, given name, patronymic of a woman."""
    surname, father = dice.choice(vocabulary.SURNAMES), dice.choice(vocabulary.FATHERS)
    return f"{surname}а", dice.choice(vocabulary.WOMEN), f"{father}на"


def _name(dice: random.Random) -> tuple[str, str, str]:
    """Returns surname, given name, patronymic; four of five people are women."""
    if dice.random() < 0.8:
        return name_of_woman(dice)
    surname, father = dice.choice(vocabulary.SURNAMES), dice.choice(vocabulary.FATHERS)
    return surname, dice.choice(vocabulary.MEN), f"{father}ич"


def record(
    writer: BulkWriter,
    by: int | None,
    action: str,
    subject: tuple[type[Base], int],
    at: datetime,
    *,
    site_id: int | None = None,
    **detail: object,
) -> None:
    """Adds an entry of the audit log, as ``audit.record`` does; ``subject``: the table and the row's id."""
    writer.add(
        AuditEntry,
        created_at=at,
        account_id=by,
        action=action,
        object_type=subject[0].__tablename__,
        object_id=subject[1],
        site_id=site_id,
        detail=detail,
    )
