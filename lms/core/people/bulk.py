"""Creates many people at once, as ``create_person`` and ``create_account`` do, in a fixed number of statements."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from lms.core import audit
from lms.core.auth.policy import Actor
from lms.core.people.models import Account, Person
from lms.core.people.names import sort_key, username_of
from lms.core.people.operations import FullName


@dataclass(frozen=True, slots=True)
class Newcomer:
    """A person to be created: a checked name, a checked address."""

    name: FullName
    email: str | None = None
    workplace: str | None = None


def create_people(
    session: Session, *, actor: Actor | None, newcomers: Sequence[Newcomer], locale: str = "ru"
) -> list[Account]:
    """Creates a person with an account without a password for each newcomer; returns them in the same order."""
    people = [_person(one) for one in newcomers]
    names = free_usernames(session, people)
    accounts = [
        Account(person=person, username=name, email=person.email, locale=locale)
        for person, name in zip(people, names, strict=True)
    ]
    session.add_all(accounts)
    session.flush()
    for account in accounts:
        audit.record(session, actor, "person.create", account.person)
        audit.record(session, actor, "account.create", account, username=account.username)
    return accounts


def _person(one: Newcomer) -> Person:
    name = one.name
    return Person(
        surname=name.surname,
        given_name=name.given_name,
        patronymic=name.patronymic,
        sort_key=sort_key(name.surname, name.given_name, name.patronymic),
        email=one.email,
        workplace=one.workplace,
    )


def free_usernames(session: Session, people: Iterable[Person]) -> list[str]:
    """Returns a free user name for each. Transactions that create the same names at once wait for each other."""
    bases = [username_of(person.surname, person.given_name, person.patronymic) for person in people]
    if not bases:
        return []
    session.execute(TURNS, {"bases": sorted(set(bases))})
    stem = func.regexp_replace(Account.username, "[0-9]+$", "")
    taken = set(session.scalars(select(Account.username).where(stem.in_(set(bases)))))
    return [_free(base, taken) for base in bases]


TURNS = text(
    "SELECT pg_advisory_xact_lock(hashtext('username:' || base)) "
    "FROM (SELECT unnest(CAST(:bases AS text[])) AS base ORDER BY 1) AS each"
)
"""Takes the lock of ``free_username`` for each name, always in the same order."""


def _free(base: str, taken: set[str]) -> str:
    number, candidate = 1, base
    while candidate in taken:
        number += 1
        candidate = f"{base}{number}"
    taken.add(candidate)
    return candidate
