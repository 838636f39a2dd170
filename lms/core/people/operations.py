"""Changes people and accounts."""

import re
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import available_timezones

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.core import audit
from lms.core.auth import passwords
from lms.core.auth.policy import Actor
from lms.core.errors import Invalid, constraints
from lms.core.events import publish
from lms.core.i18n import LOCALES
from lms.core.mail.email_address import Uncarried, carried
from lms.core.people import login, one_time_links, sessions
from lms.core.people.email_change import change_email
from lms.core.people.events import PersonRenamed
from lms.core.people.models import Account, Person, PersonName
from lms.core.people.names import (
    clean_line,
    in_latin,
    is_username,
    looks_like_name,
    proper_case,
    sort_key,
    username_of,
)
from lms.core.public_url import host

EMAIL = re.compile(r"[^@\s\x00-\x1f,;<>\"]{1,64}@[^@\s\x00-\x1f,;<>\"]+\.[^@\s.,;<>\"]{2,}")


@dataclass(frozen=True, slots=True)
class FullName:
    """Surname, given name, patronymic, cleaned and checked."""

    surname: str
    given_name: str
    patronymic: str = ""


def checked_name(surname: str | None, given_name: str | None, patronymic: str | None = "") -> FullName:
    """Returns the name as it is stored. Raises ``Invalid`` at the part that cannot be accepted."""
    return FullName(
        _name_part(surname, "surname", demanded=True),
        _name_part(given_name, "given_name", demanded=True),
        _name_part(patronymic, "patronymic", demanded=False),
    )


def checked_email(email: str | None, field: str = "email") -> str | None:
    """Returns the e-mail address in lower case, or None.

    Raises ``Invalid`` at the field for a text that is no address, and for an address that mail servers cannot carry.
    """
    text = (email or "").strip().lower()
    if not text:
        return None
    if len(text) > 254 or not EMAIL.fullmatch(text):
        raise Invalid(code="email_malformed", field=field)
    try:
        carried(text)
    except Uncarried as error:
        raise Invalid(code=error.code, field=field) from error
    return text


def create_person(
    session: Session,
    *,
    actor: Actor | None,
    surname: str,
    given_name: str,
    patronymic: str = "",
    email: str | None = None,
    phone: str | None = None,
    position: str | None = None,
    workplace: str | None = None,
    organization_id: int | None = None,
) -> Person:
    """Creates a person; never merges with anyone of the same name. Raises ``Invalid`` at the field."""
    name = checked_name(surname, given_name, patronymic)
    person = Person(
        surname=name.surname,
        given_name=name.given_name,
        patronymic=name.patronymic,
        sort_key=sort_key(name.surname, name.given_name, name.patronymic),
        email=checked_email(email),
        phone=_line(phone, 40, "phone"),
        position=_line(position, 500, "position"),
        workplace=_line(workplace, 500, "workplace"),
        organization_id=organization_id,
    )
    session.add(person)
    session.flush()
    audit.record(session, actor, "person.create", person)
    return person


def rename_person(
    session: Session, *, actor: Actor | None, person: Person, surname: str, given_name: str, patronymic: str = ""
) -> None:
    """Changes the person's name; the former one stays in the history. The same name changes nothing."""
    name = checked_name(surname, given_name, patronymic)
    former = FullName(person.surname, person.given_name, person.patronymic)
    if name == former:
        return
    session.add(
        PersonName(
            person_id=person.id,
            surname=former.surname,
            given_name=former.given_name,
            patronymic=former.patronymic,
        )
    )
    person.surname, person.given_name, person.patronymic = name.surname, name.given_name, name.patronymic
    person.sort_key = sort_key(name.surname, name.given_name, name.patronymic)
    audit.record(session, actor, "person.rename", person)
    session.flush()
    publish(session, PersonRenamed(person.id))


def update_person(
    session: Session,
    *,
    actor: Actor | None,
    person: Person,
    email: str | None,
    phone: str | None,
    position: str | None,
    workplace: str | None,
    now: datetime,
) -> None:
    """Changes contact data (the account's e-mail too, see ``change_email``) and workplace.

    Raises ``Invalid`` at the field.
    """
    person.email = checked_email(email)
    if person.account is not None:
        change_email(session, actor=actor, account=person.account, email=person.email, now=now)
    person.phone = _line(phone, 40, "phone")
    person.position = _line(position, 500, "position")
    person.workplace = _line(workplace, 500, "workplace")
    audit.record(session, actor, "person.update", person)
    session.flush()


def create_account(
    session: Session,
    *,
    actor: Actor | None,
    person: Person,
    username: str | None = None,
    email: str | None = None,
    is_administrator: bool = False,
    locale: str = "ru",
) -> Account:
    """Creates an account without a password; without a user name, one is made from the person's name.

    Raises ``Invalid`` at ``username`` when it is taken or malformed, or when the person has an account already.
    """
    taken = Invalid(code="account_exists", field="username")
    if person.account is not None:
        raise taken
    account = Account(
        person=person,
        username=checked_username(username) if username else free_username(session, person),
        email=checked_email(email) or (person.email and person.email.lower()),
        is_administrator=is_administrator,
        locale=locale if locale in LOCALES else "ru",
    )
    session.add(account)
    with constraints(
        uq_account_username=Invalid(code="username_taken", field="username"),
        uq_account_person_id=taken,
    ):
        session.flush()
    audit.record(session, actor, "account.create", account, username=account.username)
    return account


def ensure_account(session: Session, *, actor: Actor | None, person: Person) -> Account:
    """Returns the person's account; creates one if there is none."""
    return person.account or create_account(session, actor=actor, person=person)


def checked_username(username: str) -> str:
    """Returns the user name as it is stored. Raises ``Invalid`` at ``username``."""
    text = username.strip().lower()
    if not is_username(text):
        raise Invalid(code="username_malformed", field="username")
    return text


def free_username(session: Session, person: Person) -> str:
    """Returns a free user name made from the person's name; two transactions at once wait for each other."""
    base = username_of(person.surname, person.given_name, person.patronymic)
    session.execute(select(func.pg_advisory_xact_lock(func.hashtext(f"username:{base}"))))
    similar = select(Account.username).where(Account.username.startswith(base, autoescape=True))
    taken = set(session.scalars(similar))
    number = 1
    while (candidate := base if number == 1 else f"{base}{number}") in taken:
        number += 1
    return candidate


def set_password(
    session: Session,
    *,
    actor: Actor | None,
    account: Account,
    password: str,
    now: datetime,
    keep_session: int | None = None,
    field: str = "password",
) -> None:
    """Sets the account's password; ends its unused links and cards, and its sessions (except this one).

    Raises ``Invalid`` at the field.
    """
    passwords.check_new(password, words=guessed_words(account), field=field)
    account.password_hash = passwords.hash_password(password)
    sessions.end_all(session, account.id, now=now, but=keep_session)
    one_time_links.end_all(session, account.id, now=now)
    audit.record(session, actor, "account.password", account)
    session.flush()


def guessed_words(account: Account) -> list[str]:
    """Returns what strangers know of the account's owner, also in Latin letters: no password consists of it."""
    person = account.person
    local, _at, domain = (account.email or "").partition("@")
    names = [person.surname, person.given_name, person.patronymic]
    known = [*names, *(person.workplace or "").split(), account.username, local, *domain.split(".")[:-1], host()]
    return [*known, *(in_latin(name) for name in names)]


def change_password(
    session: Session,
    *,
    actor: Actor,
    account: Account,
    current: str,
    new: str,
    now: datetime,
    keep_session: int | None = None,
) -> None:
    """Changes the owner's password after checking the current one.

    Raises ``Throttled`` at ``current``, ``Invalid`` at ``current`` or ``new``.
    """
    login.check_current(session, account=account, password=current, now=now, field="current")
    set_password(session, actor=actor, account=account, password=new, now=now, keep_session=keep_session, field="new")


def update_account(
    session: Session,
    *,
    actor: Actor,
    account: Account,
    email: str | None,
    current: str,
    locale: str,
    time_zone: str | None,
    now: datetime,
) -> None:
    """Changes the owner's e-mail, language and time zone. Another e-mail needs the current password.

    Raises ``Throttled`` at ``current_password``, ``Invalid`` at the field.
    """
    address = checked_email(email)
    if address != account.email:
        login.check_current(session, account=account, password=current, now=now, field="current_password")
    if locale not in LOCALES:
        raise Invalid(code="language_unknown", field="locale")
    if time_zone and time_zone not in available_timezones():
        raise Invalid(code="time_zone_unknown", field="time_zone")
    change_email(session, actor=actor, account=account, email=address, now=now)
    account.locale, account.time_zone = locale, time_zone or None
    audit.record(session, actor, "account.update", account)
    session.flush()


def end_sessions(session: Session, *, actor: Actor, account: Account, now: datetime) -> None:
    """Logs the account out in every browser."""
    sessions.end_all(session, account.id, now=now)
    audit.record(session, actor, "account.sessions", account)
    session.flush()


def set_active(session: Session, *, actor: Actor, account: Account, active: bool, now: datetime) -> None:
    """Closes the account (its sessions and unused links end) or opens it again.

    Raises ``Invalid`` for the actor's own account.
    """
    if not active and actor.account_id == account.id:
        raise Invalid(code="own_account_closed")
    account.is_active = active
    if not active:
        sessions.end_all(session, account.id, now=now)
        one_time_links.end_all(session, account.id, now=now)
    audit.record(session, actor, "account.open" if active else "account.close", account)
    session.flush()


def set_administrator(session: Session, *, actor: Actor, account: Account, administrator: bool, now: datetime) -> None:
    """Makes the account an administrator's, or an ordinary one. Raises ``Invalid`` for the actor's own account.

    Unused links and cards end: people who could issue them for a trainee must not open an administrator's account.
    """
    if not administrator and actor.account_id == account.id:
        raise Invalid(code="own_administrator_rights")
    account.is_administrator = administrator
    one_time_links.end_all(session, account.id, now=now)
    audit.record(session, actor, "account.administrator", account, administrator=administrator)
    session.flush()


def _name_part(text: str | None, field: str, *, demanded: bool) -> str:
    tidied = proper_case(clean_line(text))
    if not tidied and demanded:
        raise Invalid(code="value_missing", field=field)
    if tidied and not looks_like_name(tidied):
        raise Invalid(code="name_malformed", field=field)
    return tidied


def _line(text: str | None, longest: int, field: str) -> str | None:
    line = " ".join((text or "").split())
    if len(line) > longest:
        raise Invalid(code="text_too_long", field=field, params={"count": longest})
    return line or None
