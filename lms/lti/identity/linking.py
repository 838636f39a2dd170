"""Linking of a platform's user to a new or an existing account, on the welcome page.

An existing account is linked only after its password or printed card was verified. A link is moved to another account
only while the account created by the first launch is unused.
"""

from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache

from sqlalchemy import Column, ColumnElement, FromClause, exists, func, or_, select
from sqlalchemy.orm import Session

from courses.groups.operations import change_state
from courses.models.groups import Enrolment
from lms.core import audit
from lms.core.auth.identities import ExternalIdentity
from lms.core.auth.policy import Actor
from lms.core.clock import day_in
from lms.core.db import Base
from lms.core.errors import Invalid
from lms.core.people import login, one_time_links, second_factor, sessions
from lms.core.people.login import KnownBrowser
from lms.core.people.models import Account
from lms.core.people.operations import checked_name
from lms.core.sentences import sentence
from lms.lti.identity.account_resolution import (
    account_of,
    create_linked_account,
    is_of_issuer,
    link_identity,
    lock_identity,
)
from lms.lti.messages.roles import PlatformRole
from lms.lti.models.launches import Launch
from lms.lti.models.platforms import Platform
from lms.registry.models import Membership

IGNORED_TABLES = ("enrolment_change", "completion_state", "lti_participant")
"""Tables that refer to an enrolment without any activity of the trainee: its history, the evaluation that the worker
stores of every enrolment, and the platform's roster.
"""


def may_create_account(launch: Launch) -> bool:
    """Returns whether the launch may create an account: for learners, and for instructors where they teach.

    Others would find nothing here: they log in with the account that the site gave them.
    """
    if launch.deep_linking:
        return False
    if launch.platform_role == PlatformRole.INSTRUCTOR:
        return launch.platform.instructors_teach
    return launch.platform_role in (PlatformRole.LEARNER, PlatformRole.OTHER)


def register_new_person(
    session: Session, *, launch: Launch, surname: str, given_name: str, patronymic: str, now: datetime
) -> Account:
    """Creates a person with this name; returns the account that another window has created meanwhile, if any.

    Raises ``Invalid`` at the part of the name, or without a field if the launch may create no account.
    """
    name = checked_name(surname, given_name, patronymic)
    if not launch.subject or not may_create_account(launch):
        raise Invalid(code="own_account_needed")
    return create_linked_account(
        session,
        platform=launch.platform,
        subject=launch.subject,
        name=name,
        named=launch.named,
        locale=launch.locale,
        now=now,
    )


def link_by_password(
    session: Session,
    *,
    launch: Launch,
    user: str,
    password: str,
    address: str,
    now: datetime,
    browser: KnownBrowser | None = None,
    second: str = "",
) -> Account:
    """Links the platform's user to the account with this user name and password, throttled as log-ins are.

    ``second`` is the code of an account with a second factor. Raises as ``lms.core.people.login.authenticate``,
    ``second_factor.check`` (at ``second``) and ``link_account``.
    """
    account = login.authenticate(session, login=user, password=password, address=address, now=now, browser=browser)
    second_factor.check(session, account=account, code=second, now=now, field="second")
    link_account(session, launch=launch, account=account, now=now)
    return account


def link_by_card(
    session: Session, *, launch: Launch, user: str, code: str, address: str, now: datetime, second: str = ""
) -> Account:
    """Links the platform's user to the account of a printed card, or of a code that the person has made in a launch
    from another platform, and uses the code up.

    Raises ``Throttled`` at ``login``, ``Invalid`` at ``code``, ``LinkGone``, and as ``second_factor.check`` (at
    ``second``) and ``link_account``.
    """
    keys = login.count(session, user.strip().lower(), address, now)
    tying = one_time_links.TYING
    one_time_links.check_card(session, username=user, code=code, now=now, purposes=tying)
    account = one_time_links.consume(session, code, now=now, purposes=tying).account
    login.succeeded(session, keys)
    second_factor.check(session, account=account, code=second, now=now, field="second")
    link_account(session, launch=launch, account=account, now=now)
    return account


def make_tie_code(session: Session, *, account: Account, now: datetime) -> str:
    """Returns a code by which the person ties another platform to the account within an hour; it opens no log-in.

    Raises ``Invalid`` for an account with a password, which ties by it.
    """
    if account.password_hash is not None:
        raise Invalid(code="tie_by_password")
    own = Actor(account.id, account.person_id)
    code = one_time_links.issue(session, account=account, purpose=one_time_links.TIE, actor=own, now=now)
    return one_time_links.as_printed(code)


def link_account(session: Session, *, launch: Launch, account: Account, now: datetime) -> None:
    """Links the platform's user to an account whose password or card was verified.

    Closes the account created by the first launch and ends its enrolments. Raises ``Invalid`` if that account was used
    already.
    """
    if not launch.subject:
        raise Invalid(code="platform_user_unknown")
    lock_identity(session, launch.platform, launch.subject)
    before = account_of(session, launch.platform, launch.subject)
    if before is not None and before.id != account.id:
        if not is_unused(session, before, launch.platform):
            raise Invalid(code="linked_account_in_use", params={"name": before.username})
        _close_account(session, before, now)
    link_identity(session, account=account, platform=launch.platform, subject=launch.subject, now=now)


def unused_account(session: Session, launch: Launch) -> Account | None:
    """Returns the account created by the launch while it is unused and may be replaced by an existing one."""
    account = launch.session.account if launch.session else None
    return account if account is not None and is_unused(session, account, launch.platform) else None


def is_unused(session: Session, account: Account, platform: Platform) -> bool:
    """Returns whether the account was created by a launch or roster of this platform and has no activity. Two
    queries.
    """
    if account.password_hash is not None or account.is_administrator:
        return False
    other = (ExternalIdentity.account_id == account.id, ~is_of_issuer(platform))
    mine = (ExternalIdentity.account_id == account.id, is_of_issuer(platform))
    works = exists().where(Membership.person_id == account.person_id)
    tied = select(func.count()).select_from(ExternalIdentity)
    counted = select(
        tied.where(*mine).scalar_subquery(),
        tied.where(*other).scalar_subquery(),
        works,
        _has_activity(account.person_id),
    )
    own, others, has_roles, touched = session.execute(counted).one()
    return own == 1 and others == 0 and not has_roles and not touched


def _has_activity(person_id: int) -> ColumnElement[bool]:
    """Condition: any row refers to an enrolment of this person, or hours are credited."""
    own = Enrolment.person_id == person_id
    mine = select(Enrolment.id).where(own)
    things = (select(column).where(column.in_(mine)).exists() for column in _enrolment_references())
    return or_(select(Enrolment.id).where(own, Enrolment.hours_done > 0).exists(), *things)


@lru_cache
def _enrolment_references() -> tuple[Column[int], ...]:
    """Returns the columns of all tables that refer to an enrolment."""
    return tuple(_columns(table for table in Base.metadata.tables.values() if table.name not in IGNORED_TABLES))


def _columns(tables: Iterable[FromClause]) -> Iterable[Column[int]]:
    for table in tables:
        for key in table.foreign_keys:
            if key.target_fullname == "enrolment.id":
                yield key.parent


def _close_account(session: Session, account: Account, now: datetime) -> None:
    """Closes the unused account and withdraws its enrolments, so that the group has the person once."""
    enrolments = session.scalars(
        select(Enrolment).where(Enrolment.person_id == account.person_id, Enrolment.state == "enrolled")
    ).all()
    own = Actor(account.id, account.person_id)
    for enrolment in enrolments:
        change_state(
            session,
            actor=own,
            enrolment=enrolment,
            state="withdrawn",
            on_date=max(day_in(enrolment.cohort.site.time_zone, now), enrolment.enrolled_on),
            reason=sentence("withdrawn_for_other_account", {}),
        )
    account.is_active = False
    sessions.end_all(session, account.id, now=now)
    one_time_links.end_all(session, account.id, now=now)
    audit.record(session, own, "account.close", account)
    session.flush()
