"""Finds known people who may be the people of a roster, with the reason and the differences. A name alone never
merges people.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session, joinedload

from courses.groups.roster_rows import DraftRow
from courses.models.groups import Cohort, Enrolment
from courses.people import known_elsewhere_only
from lms.core.people.models import Account, Person, PersonalData
from lms.core.people.names import fold

NUMBER, EMAIL, RENAMED, NAME = "number", "email", "renamed", "name"
"""Same identity number; same e-mail and name; same e-mail, given name and patronymic; same name only."""
SURE = (NUMBER, EMAIL)
MOST_NAMESAKES = 5


@dataclass(frozen=True, slots=True)
class Difference:
    """A difference between the roster and the stored person in ``name``, ``email``, ``workplace`` or ``position``."""

    what: str
    listed: str
    known: str


@dataclass(frozen=True, slots=True)
class KnownPerson:
    """A known person who may be the person of the row."""

    person_id: int
    name: str
    workplace: str
    why: str
    differs: tuple[Difference, ...]
    here: str
    """State of the person's enrolment in this group; empty if there is none."""


def known_people(session: Session, cohort_id: int, rows: Sequence[DraftRow]) -> dict[int, list[KnownPerson]]:
    """Returns the candidates by row, the most certain first, in four queries for the whole roster.

    A person of another authority is a candidate by identity number or e-mail only: names alone would show a leader the
    people of the whole installation.
    """
    numbers = _by_number(session, rows)
    people = session.scalars(
        select(Person).outerjoin(Person.account).where(_similar(rows, numbers)).options(joinedload(Person.account))
    ).all()
    here, strangers = _states(session, cohort_id, people), _strangers(session, cohort_id, people)
    by_key: dict[str, list[Person]] = defaultdict(list)
    for person in people:
        for key in _keys(person):
            if person.id not in strangers or not key.startswith("name:"):
                by_key[key].append(person)
    return {row.row: _candidates(row, by_key, numbers, here) for row in rows}


def _by_number(session: Session, rows: Sequence[DraftRow]) -> dict[str, int]:
    marks = [mark for row in rows for mark in row.marks]
    if not marks:
        return {}
    found = session.execute(
        select(PersonalData.identity_hmac, PersonalData.person_id).where(PersonalData.identity_hmac.in_(marks))
    )
    return {str(mark): person_id for mark, person_id in found}


def _similar(rows: Sequence[DraftRow], numbers: dict[str, int]) -> ColumnElement[bool]:
    """Selects people with the same identity number, address or name (with the patronymic or without)."""
    emails = {row.email for row in rows if row.email}
    names = {row.folded for row in rows if row.folded} | {_folded_name(row) for row in rows}
    bare = [_folded_name(row) + " " for row in rows if not row.patronymic and row.given_name]
    return or_(
        Person.id.in_(set(numbers.values())),
        func.lower(Person.email).in_(emails),
        Account.email.in_(emails),
        Person.sort_key.in_(names),
        *(Person.sort_key.startswith(name, autoescape=True) for name in bare[:200]),
    )


def _folded_name(row: DraftRow) -> str:
    return " ".join(filter(None, (fold(row.surname), fold(row.given_name))))


def _keys(person: Person) -> set[str]:
    """Returns the keys under which a row can find the person."""
    bare = f"{fold(person.surname)} {fold(person.given_name)}"
    addresses = {(person.email or "").lower(), (person.account.email if person.account else None) or ""}
    return {f"id:{person.id}", f"name:{bare}", *(f"mail:{address}" for address in addresses if address)}


def _states(session: Session, cohort_id: int, people: Sequence[Person]) -> dict[int, str]:
    ids = [person.id for person in people]
    rows = select(Enrolment.person_id, Enrolment.state).where(
        Enrolment.cohort_id == cohort_id, Enrolment.person_id.in_(ids)
    )
    return {row[0]: row[1] for row in session.execute(rows)}


def _strangers(session: Session, cohort_id: int, people: Sequence[Person]) -> set[int]:
    """Returns the ids of those people whom other authorities know, and that of the group's site does not."""
    authority_id = session.get_one(Cohort, cohort_id).site.authority_id
    ids = [person.id for person in people]
    return set(session.scalars(select(Person.id).where(Person.id.in_(ids), known_elsewhere_only(authority_id))))


def _candidates(
    row: DraftRow, by_key: dict[str, list[Person]], numbers: dict[str, int], here: dict[int, str]
) -> list[KnownPerson]:
    keys = [f"id:{numbers[mark]}" for mark in row.marks if mark in numbers]
    keys += [f"mail:{row.email}"] if row.email else []
    keys += [f"name:{_folded_name(row)}"] if row.given_name else []
    found: dict[int, KnownPerson] = {}
    for key in keys:
        for person in by_key.get(key, []):
            why = _match_reason(row, person, key)
            if why and person.id not in found:
                found[person.id] = _known(row, person, why, here.get(person.id, ""))
    surest = sorted(found.values(), key=lambda one: (NUMBER, EMAIL, RENAMED, NAME).index(one.why))
    return surest[:MOST_NAMESAKES]


def _match_reason(row: DraftRow, person: Person, key: str) -> str:
    """Returns the reason, or an empty text: an address alone proves nothing, whole schools share one."""
    if key.startswith("id:"):
        return NUMBER
    same_family = fold(row.surname) == fold(person.surname)
    same_given = fold(row.given_name) == fold(person.given_name)
    one, other = fold(row.patronymic), fold(person.patronymic)
    same_father = one == other or not one or not other
    if key.startswith("mail:"):
        if not (same_given and same_father):
            return ""
        return EMAIL if same_family else RENAMED
    return NAME if same_family and same_given and same_father else ""


def _known(row: DraftRow, person: Person, why: str, here: str) -> KnownPerson:
    return KnownPerson(person.id, person.full_name, person.workplace or "", why, tuple(_differences(row, person)), here)


def _differences(row: DraftRow, person: Person) -> list[Difference]:
    account = person.account
    address = (person.email or (account.email if account else None) or "").lower()
    pairs = (
        ("name", row.name, person.full_name),
        ("email", row.email, address),
        ("workplace", row.workplace, person.workplace or ""),
        ("position", row.position, person.position or ""),
    )
    return [
        Difference(what, listed, mask_email(known) if what == "email" else known)
        for what, listed, known in pairs
        if listed and known and fold(listed) != fold(known)
    ]


def mask_email(address: str) -> str:
    """Masks an address so that it can be recognised but not used: ``a•••@school.example``."""
    local, at, domain = address.partition("@")
    return f"{local[:1]}•••{at}{domain}" if at else address


def default_choice(row: DraftRow, known: Sequence[KnownPerson]) -> str:
    """Returns the proposed choice: ``skip``, ``new``, ``known:<id>``, or empty if a person must decide."""
    if row.problems:
        return "skip"
    if not known:
        return "new"
    sure = [one for one in known if one.why in SURE]
    if len(sure) != 1 or (sure[0].why == NUMBER and not _shares_name_part(row, sure[0])):
        return ""
    return f"known:{sure[0].person_id}"


def _shares_name_part(row: DraftRow, known: KnownPerson) -> bool:
    """Returns whether a person with the same number shares at least one part of the name."""
    words = set(fold(known.name).split())
    return bool(words & {fold(row.surname), fold(row.given_name)})
