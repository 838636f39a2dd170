"""Reads people and accounts."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Select, func, or_, select, union
from sqlalchemy.orm import Session, joinedload

from lms.core.pages import Page, page_of
from lms.core.people.models import Account, Person, PersonName
from lms.core.people.names import fold

SHORTEST = 2
"""Letters that a search needs."""


def find_people(session: Session, *, query: str = "", which: str = "", page: int = 1) -> Page[Person]:
    """Returns a page of the people of this name, user name or e-mail, in the order of their names.

    ``which``: ``no_account``, ``never`` (has one, never logged in), ``closed``, ``administrators``; empty for all.
    """
    rows = _narrowed(_named(select(Person).outerjoin(Person.account), query), which)
    return page_of(session, rows.options(joinedload(Person.account)).order_by(Person.sort_key, Person.id), page)


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


def _named(rows: Select[Person], query: str) -> Select[Person]:
    wanted = fold(query)
    if not wanted:
        return rows
    by_person = select(Person.id).where(
        or_(
            Person.sort_key.contains(wanted, autoescape=True),
            func.lower(Person.email).contains(wanted, autoescape=True),
        )
    )
    by_account = select(Account.person_id).where(
        or_(Account.username.contains(wanted, autoescape=True), Account.email.contains(wanted, autoescape=True))
    )
    return rows.where(Person.id.in_(union(by_person, by_account)))  # an index of each table serves its own half


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
