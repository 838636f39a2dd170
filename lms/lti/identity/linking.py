"""Who somebody from a platform is, told by themselves: a new person, or the account that they have here already.

A platform's user is tied to an account only by whoever shows its password or its printed card; and moves from one
account to another only while nothing was done with the one that the first launch made.
"""

from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache

from sqlalchemy import Column, ColumnElement, FromClause, exists, func, or_, select
from sqlalchemy.orm import Session

from courses.groups.operations import change_state
from courses.models.groups import Enrolment
from lms.core import audit
from lms.core.auth.policy import Actor
from lms.core.clock import day_in
from lms.core.db import Base
from lms.core.errors import Invalid
from lms.core.i18n import _
from lms.core.people import login, one_time_links, sessions
from lms.core.people.models import Account, ExternalIdentity
from lms.core.people.operations import checked_name
from lms.lti.identity.account_resolution import (
    account_of,
    create_linked_account,
    link_identity,
    lock_identity,
    platform_key,
)
from lms.lti.messages.roles import PlatformRole
from lms.lti.models.launches import Launch
from lms.lti.models.platforms import Platform
from lms.registry.models import Membership

IGNORED_TABLES = ("enrolment_change", "lti_participant")
"""What refers to an enrolment that nobody has done anything with."""


def may_create_account(launch: Launch) -> bool:
    """Whether the launch's person may go on as somebody new: who comes to learn, or to teach where they may.

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
    """A new person of this name; the account that another window has made meanwhile, if it has.

    Raises ``Invalid`` at the part of the name, or at nothing where somebody new has no business.
    """
    name = checked_name(surname, given_name, patronymic)
    if not launch.subject or not may_create_account(launch):
        raise Invalid(_("Log in with the account that your internship site gave you."))
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
    session: Session, *, launch: Launch, user: str, password: str, address: str, now: datetime
) -> Account:
    """Tie the launch's person to the account of this user name and password, throttled as the log-in is.

    Raises as ``lms.core.people.login.authenticate`` does, and as ``tie``.
    """
    account = login.authenticate(session, login=user, password=password, address=address, now=now)
    link_account(session, launch=launch, account=account, now=now)
    return account


def link_by_card(session: Session, *, launch: Launch, user: str, code: str, address: str, now: datetime) -> Account:
    """Tie the launch's person to the account of a printed card, which is used up by it.

    Raises ``Throttled`` at ``login``, ``Invalid`` at ``code``, ``LinkGone``, and as ``tie``.
    """
    keys = login.count(session, user.strip().lower(), address, now)
    one_time_links.check_card(session, username=user, code=code, now=now)
    account = one_time_links.consume(session, code, now=now).account
    login.succeeded(session, keys)
    link_account(session, launch=launch, account=account, now=now)
    return account


def link_account(session: Session, *, launch: Launch, account: Account, now: datetime) -> None:
    """Tie the launch's person to the account, whose password or card was shown.

    The account that their first launch made is closed, its enrolments end. Raises ``Invalid`` when something was done
    with it already.
    """
    if not launch.subject:
        raise Invalid(_("The platform did not tell who you are, so nothing can be tied to you."))
    lock_identity(session, launch.platform, launch.subject)
    before = account_of(session, launch.platform, launch.subject)
    if before is not None and before.id != account.id:
        if not is_unused(session, before, launch.platform):
            raise Invalid(
                _(
                    "You have studied here as «%(name)s» already. Ask the leader of the site to put it right.",
                    name=before.username,
                )
            )
        _close_account(session, before, now)
    link_identity(session, account=account, platform=launch.platform, subject=launch.subject, now=now)


def unused_account(session: Session, launch: Launch) -> Account | None:
    """The account that the launch's first visit has made, while their person may still say: «I have another one»."""
    account = launch.session.account if launch.session else None
    return account if account is not None and is_unused(session, account, launch.platform) else None


def is_unused(session: Session, account: Account, platform: Platform) -> bool:
    """Whether the account was made by this platform's launch or roster and nothing was done with it. Two queries."""
    if account.password_hash is not None or account.is_administrator:
        return False
    other = (ExternalIdentity.account_id == account.id, ExternalIdentity.platform != platform_key(platform))
    mine = (ExternalIdentity.account_id == account.id, ExternalIdentity.platform == platform_key(platform))
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
    """Whether anything hangs on an enrolment of this person."""
    own = Enrolment.person_id == person_id
    mine = select(Enrolment.id).where(own)
    things = (select(column).where(column.in_(mine)).exists() for column in _enrolment_references())
    return or_(select(Enrolment.id).where(own, Enrolment.hours_done > 0).exists(), *things)


@lru_cache
def _enrolment_references() -> tuple[Column[int], ...]:
    """Columns of all tables that refer to an enrolment."""
    return tuple(_columns(table for table in Base.metadata.tables.values() if table.name not in IGNORED_TABLES))


def _columns(tables: Iterable[FromClause]) -> Iterable[Column[int]]:
    for table in tables:
        for key in table.foreign_keys:
            if key.target_fullname == "enrolment.id":
                yield key.parent


def _close_account(session: Session, account: Account, now: datetime) -> None:
    """The fresh account is not used any more; its enrolments end, so that the group has the person once."""
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
            reason=_("the same person goes on with another account"),
        )
    account.is_active = False
    sessions.end_all(session, account.id, now=now)
    audit.record(session, own, "account.close", account)
    session.flush()
