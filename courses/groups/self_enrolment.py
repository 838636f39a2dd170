"""Joining a group by its key: with an account, or with a new account."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from courses.groups.errors import WrongKey
from courses.groups.operations import join_by_key
from courses.models.groups import Cohort, Enrolment
from lms.core import audit
from lms.core.auth import passwords
from lms.core.auth.policy import Actor
from lms.core.clock import day_in
from lms.core.people.email_change import ask_to_confirm
from lms.core.people.models import Account, Person
from lms.core.people.one_time_links import DOUBLE_CLICK
from lms.core.people.operations import (
    FullName,
    checked_email,
    checked_name,
    create_account,
    create_person,
    set_password,
)


def normalised_key(key: str) -> str:
    """Returns a typed key as it is stored: case, spaces and hyphens do not matter.

    >>> normalised_key(" K7MQ x2wd")
    'k7mq-x2wd'
    """
    text = "".join(sign for sign in key.strip().lower() if sign.isalnum())[:40]
    return f"{text[:4]}-{text[4:]}"


def open_group(session: Session, key: str, now: datetime, *, lock: bool = False) -> Cohort:
    """Returns the group that is open under this key. Raises ``WrongKey`` at ``key``."""
    rows = select(Cohort).where(
        Cohort.enrolment_key == normalised_key(key), Cohort.key_enabled, Cohort.closed_at.is_(None)
    )
    cohort = session.scalar(rows.with_for_update(of=Cohort) if lock else rows)
    if cohort is None or day_in(cohort.site.time_zone, now) > cohort.ends_on:
        raise WrongKey
    return cohort


def register(
    session: Session,
    *,
    key: str,
    surname: str,
    given_name: str,
    patronymic: str,
    email: str,
    workplace: str,
    username: str,
    password: str,
    now: datetime,
) -> Account:
    """Creates a person with an account and enrols them in the group of this key.

    The same form sent twice makes one account. Raises ``WrongKey`` at ``key``, and ``Invalid`` at the field.
    """
    cohort = open_group(session, key, now, lock=True)
    name = checked_name(surname, given_name, patronymic)
    checked_email(email)
    before = _sent_before(session, cohort, name, password, now)
    if before is not None:
        return before
    person = create_person(
        session,
        actor=None,
        surname=name.surname,
        given_name=name.given_name,
        patronymic=name.patronymic,
        email=email,
        workplace=workplace,
    )
    account = create_account(session, actor=None, person=person, username=username)
    set_password(session, actor=None, account=account, password=password, now=now)
    ask_to_confirm(session, account=account, now=now)
    own = Actor(account.id, person.id)
    enrolment = join_by_key(session, actor=own, person=person, key=key, now=now)
    audit.record(session, own, "account.register", account, site_id=cohort.site_id, enrolment=enrolment.id)
    return account


def _sent_before(session: Session, cohort: Cohort, name: FullName, password: str, now: datetime) -> Account | None:
    """Returns the account that the same form created within ``DOUBLE_CLICK``: same group, name and password.

    An older account is not compared: the form would answer guesses of its password.
    """
    namesakes = session.scalars(
        select(Account)
        .join(Account.person)
        .join(Enrolment, Enrolment.person_id == Person.id)
        .where(
            Enrolment.cohort_id == cohort.id,
            Person.surname == name.surname,
            Person.given_name == name.given_name,
            Person.patronymic == name.patronymic,
            Account.is_active,
            Account.created_at > now - DOUBLE_CLICK,
        )
    ).all()
    for account in namesakes:
        if account.password_hash and passwords.verify(account.password_hash, password):
            return account
    return None
