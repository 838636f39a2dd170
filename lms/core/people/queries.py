"""Reads people and accounts."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Select, func, or_, select, union_all
from sqlalchemy.orm import Session, joinedload

from lms.core.pages import Page, page_of
from lms.core.people.models import Account, Person, PersonName
from lms.core.people.names import fold

SHORTEST = 2
"""Letters that a search needs."""
FOUND = 1_000
"""People of a search that are counted and have a page; who finds more types more of the name."""


def find_people(session: Session, *, query: str = "", which: str = "", page: int = 1) -> Page[Person]:
    """Returns a page of the people of this name, user name or e-mail, in the order of their names.

    ``which``: ``no_account``, ``never`` (has one, never logged in), ``closed``, ``administrators``; empty for all.
    A search has pages for the first ``FOUND`` people.
    """
    rows = _narrowed(select(Person).outerjoin(Person.account), which).order_by(Person.sort_key, Person.id)
    wanted = fold(query)
    if wanted:
        rows = rows.where(_found(session, wanted))
    return page_of(session, rows.options(joinedload(Person.account)), page, at_most=FOUND if wanted else None)


def suggest_people(session: Session, query: str, *, within: ColumnElement[bool], at_most: int = 12) -> Sequence[Person]:
    """Returns people whose name begins with this text; none for fewer than two letters.

    ``within`` is a condition on ``Person``: the people whom the reader may find.
    """
    if len(fold(query)) < SHORTEST:
        return []
    rows = select(Person).where(Person.sort_key.startswith(fold(query), autoescape=True), within)
    return session.scalars(rows.order_by(Person.sort_key, Person.id).limit(at_most)).all()


def former_names(session: Session, person_id: int) -> Sequence[PersonName]:
    """Returns the person's former names, the latest first."""
    return session.scalars(
        select(PersonName).where(PersonName.person_id == person_id).order_by(PersonName.id.desc())
    ).all()


def accounts_of(session: Session, person_ids: Sequence[int]) -> Sequence[Account]:
    """Returns the active accounts of these people, in the order of their names."""
    rows = select(Account).join(Account.person).where(Account.person_id.in_(person_ids), Account.is_active)
    return session.scalars(rows.order_by(Person.sort_key, Person.id)).all()


def counts(session: Session) -> tuple[int, int]:
    """Returns the number of people and of accounts."""
    people, accounts = (select(func.count()).select_from(model).scalar_subquery() for model in (Person, Account))
    row = session.execute(select(people, accounts)).one()
    return row[0], row[1]


def _found(session: Session, wanted: str) -> ColumnElement[bool]:
    """Condition: the person has this text in name, e-mail or user name. One query.

    Few people are named by their ids, which the index of each table finds for its half. Where many match, the people
    are walked in the order of their names instead: a page is full before many were read.
    """
    by_person, by_account = _matches(wanted)
    halves = (
        select(Person.id).where(by_person).limit(FOUND + 1),
        select(Account.person_id).where(by_account).limit(FOUND + 1),
    )
    ids = set(session.scalars(union_all(*halves)))
    return or_(by_person, by_account) if len(ids) > FOUND else Person.id.in_(ids)


def _matches(wanted: str) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return (
        or_(
            Person.sort_key.contains(wanted, autoescape=True),
            func.lower(Person.email).contains(wanted, autoescape=True),
        ),
        or_(Account.username.contains(wanted, autoescape=True), Account.email.contains(wanted, autoescape=True)),
    )


def _narrowed(rows: Select[Person], which: str) -> Select[Person]:
    conditions = {
        "no_account": Account.id.is_(None),
        "never": (Account.id.is_not(None)) & (Account.last_login_at.is_(None)),
        "closed": Account.is_active.is_(False),
        "administrators": Account.is_administrator.is_(True),
    }
    return rows.where(conditions[which]) if which in conditions else rows


def answers_to_its_email(account: type[Account] = Account) -> ColumnElement[bool]:
    """Condition: letters of log-in may go to the account's address, because it is confirmed, or because no password
    has been chosen yet and the first letter confirms it.
    """
    return or_(account.email_confirmed_at.is_not(None), account.password_hash.is_(None))
