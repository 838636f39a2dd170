"""Resolves a platform's user to an account, by the platform's own ``sub`` and never by a name or an e-mail address."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Select, bindparam, delete, exists, func, or_, select, update
from sqlalchemy.orm import Session

from courses.models.groups import Cohort, Enrolment
from lms.core import audit
from lms.core.auth import identities
from lms.core.auth.identities import ExternalIdentity
from lms.core.auth.policy import Actor
from lms.core.errors import Invalid
from lms.core.people.models import Account, Person, UserSession
from lms.core.people.names import fold
from lms.core.people.operations import FullName, create_account, create_person
from lms.core.sentences import sentence
from lms.lti.errors import Refused
from lms.lti.identity.course_roles import ELSEWHERE, CourseRole, contexts_of, role_in_course
from lms.lti.identity.person_names import complete_name, email_of
from lms.lti.messages.roles import PlatformRole
from lms.lti.models.launches import Launch, Participant
from lms.lti.models.platforms import Platform
from lms.registry.models import Membership


def platform_key(platform: Platform) -> str:
    """Returns the value of ``ExternalIdentity.platform`` for this platform."""
    return f"lti:{platform.id}"


def keys_of_issuer(issuer: str | BindParameter[str]) -> Select[str]:
    """Selects ``platform_key`` of every connection of this issuer, removed ones too.

    The standard identifies a user by issuer and subject: several connections of one platform have the same users.
    """
    return select(func.concat("lti:", Platform.id)).where(Platform.issuer == issuer)


def is_of_issuer(platform: Platform) -> ColumnElement[bool]:
    """Condition: the identity is of a user of this platform, through whichever of its connections."""
    return ExternalIdentity.platform.in_(keys_of_issuer(platform.issuer))


LINKED_ACCOUNT = (
    select(Account)
    .join(ExternalIdentity, ExternalIdentity.account_id == Account.id)
    .where(
        ExternalIdentity.subject == bindparam("subject"),
        ExternalIdentity.platform.in_(keys_of_issuer(bindparam("issuer"))),
    )
    .order_by(ExternalIdentity.platform != bindparam("platform"), ExternalIdentity.id)
    .limit(1)
)
"""The account of a platform's user, through this connection first. Compiled once, because it runs at every launch."""


def account_of(session: Session, platform: Platform, subject: str | None) -> Account | None:
    """Returns the account linked to the platform's user, or None. One query.

    Raises ``Refused("account_closed")`` for an account that the administrator has closed.
    """
    who = {"platform": platform_key(platform), "issuer": platform.issuer, "subject": subject}
    account: Account | None = session.scalar(LINKED_ACCOUNT, who) if subject else None
    if account is not None and not account.is_active:
        raise Refused(
            "account_closed",
            f"account {account.id} is closed",
            code="account_closed",
        )
    return account


def resolve_account(
    session: Session,
    *,
    platform: Platform,
    subject: str | None,
    named: Mapping[str, Any],
    locale: str | None,
    cohort: Cohort | None,
    platform_role: PlatformRole | str,
    now: datetime,
    context_id: int | None = None,
) -> Account | None:
    """Returns the linked account of a platform's user, or a new one if no mistake is possible.

    None if the user must answer on the welcome page: the platform did not give the parts of the name, the group has a
    similar person, the user needs no account, or nothing but the launch says that they study in the course
    ``context_id``. Of two launches at the same moment, the second finds the account created by the first. Raises
    ``Refused("account_closed")``.
    """
    account = account_of(session, platform, subject)
    if account is not None or not subject or not _gets_account_at_once(platform, cohort, platform_role):
        return account
    if platform_role == PlatformRole.LEARNER and context_id is not None:
        role = role_in_course(
            session,
            platform=platform,
            context_id=context_id,
            subject=subject,
            cohort=cohort,
            account=None,
            elsewhere=str(named.get(ELSEWHERE, "")),
        )
        if role != CourseRole.TRAINEE:
            return None
    name = complete_name(named)
    if name is None or _has_similar_person(session, platform, cohort, name, email_of(named)):
        return None
    return create_linked_account(
        session, platform=platform, subject=subject, name=name, named=named, locale=locale, now=now
    )


def _gets_account_at_once(platform: Platform, cohort: Cohort | None, platform_role: PlatformRole | str) -> bool:
    """Returns whether an account is created without asking: for learners of a group, and for instructors where they
    teach.
    """
    if platform_role == PlatformRole.LEARNER:
        return cohort is not None
    return platform_role == PlatformRole.INSTRUCTOR and platform.instructors_teach


def create_linked_account(
    session: Session,
    *,
    platform: Platform,
    subject: str,
    name: FullName,
    named: Mapping[str, Any],
    locale: str | None,
    now: datetime,
) -> Account:
    """Creates a person with an account linked to the platform's user; returns the account already linked, if any."""
    lock_identity(session, platform, subject)
    before = account_of(session, platform, subject)
    if before is not None:
        return before
    person = create_person(
        session,
        actor=None,
        surname=name.surname,
        given_name=name.given_name,
        patronymic=name.patronymic,
        email=_unused_email(session, email_of(named)),
        workplace=test_user_label(platform) if named.get("test") else None,
    )
    account = create_account(session, actor=None, person=person, locale=locale or "ru")
    link_identity(session, account=account, platform=platform, subject=subject, now=now)
    return account


def test_user_label(platform: Platform) -> str:
    """Returns the label for a platform's test user, shown under the name in lists."""
    return sentence("platform_test_user", {"platform": platform.name})


def _unused_email(session: Session, email: str) -> str | None:
    """Returns the e-mail address if nobody here uses it: a platform's claim must not affect another person's log-in."""
    if not email:
        return None
    taken = or_(func.lower(Person.email) == email, Account.email == email)
    known = select(Person.id).outerjoin(Person.account).where(taken).limit(1)
    return None if session.scalar(known) is not None else email


def lock_identity(session: Session, platform: Platform, subject: str) -> None:
    """Takes a lock on this user of the platform, through whichever connection, until the end of the transaction."""
    identities.lock_identity(session, provider=platform.issuer, subject=subject)


def link_identity(session: Session, *, account: Account, platform: Platform, subject: str, now: datetime) -> None:
    """Links the platform's user to this account instead of any other; repeating it changes nothing.

    The caller has verified the account's password or card, or has just created the account.
    """
    identities.link_identity(session, account_id=account.id, provider=platform_key(platform), subject=subject, now=now)
    _update_participants(session, platform, subject, account.id)
    audit.record(session, _own_actor(account), "identity.link", account, platform=platform.id)
    session.flush()


def unlink_identity(session: Session, *, account: Account, identity: ExternalIdentity, now: datetime) -> None:
    """Unlinks the platform's user and ends their launches; the next launch asks who they are.

    Raises ``Invalid`` for an account that has no password and could not be used any more.
    """
    if account.password_hash is None:
        raise Invalid(code="unlinking_needs_password")
    platform = platform_of(session, identity)
    if platform is not None:
        lock_identity(session, platform, identity.subject)
        _update_participants(session, platform, identity.subject, None)
        _end_launches(session, platform, identity.subject, now)
        _delete_others(session, platform, identity)
    session.delete(identity)
    audit.record(session, _own_actor(account), "identity.unlink", account, platform=identity.platform)
    session.flush()


@dataclass(frozen=True, slots=True)
class LinkedPlatform:
    """A platform with a user linked to an account."""

    identity_id: int
    platform: str
    since: datetime
    connected: bool
    """False if the administrator has removed the platform."""


def linked_platforms(session: Session, account: Account) -> list[LinkedPlatform]:
    """Returns the platforms linked to the account, latest first. One query."""
    key = func.concat("lti:", Platform.id)
    rows = session.execute(
        select(ExternalIdentity.id, Platform.name, ExternalIdentity.created_at, Platform.removed_at.is_(None))
        .join(Platform, key == ExternalIdentity.platform)
        .where(ExternalIdentity.account_id == account.id)
        .order_by(ExternalIdentity.created_at.desc(), ExternalIdentity.id)
    )
    return [LinkedPlatform(*row) for row in rows]


def platform_of(session: Session, identity: ExternalIdentity) -> Platform | None:
    """Returns the platform of an identity, including removed ones."""
    kind, _colon, key = identity.platform.partition(":")
    return session.get(Platform, int(key)) if kind == "lti" and key.isascii() and key.isdigit() else None


def _delete_others(session: Session, platform: Platform, identity: ExternalIdentity) -> None:
    """Deletes the account's identities of the same user through other connections of the platform."""
    session.execute(
        delete(ExternalIdentity).where(
            is_of_issuer(platform),
            ExternalIdentity.account_id == identity.account_id,
            ExternalIdentity.subject == identity.subject,
            ExternalIdentity.id != identity.id,
        )
    )


def _update_participants(session: Session, platform: Platform, subject: str, account_id: int | None) -> None:
    here = contexts_of(platform)
    session.execute(
        update(Participant)
        .where(Participant.subject == subject, Participant.context_id.in_(here))
        .values(account_id=account_id)
        .execution_options(synchronize_session="fetch")
    )


def _end_launches(session: Session, platform: Platform, subject: str, now: datetime) -> None:
    opened = select(Launch.session_id).where(Launch.subject == subject, Launch.context_id.in_(contexts_of(platform)))
    session.execute(
        update(UserSession).where(UserSession.id.in_(opened), UserSession.ended_at.is_(None)).values(ended_at=now)
    )


def _own_actor(account: Account) -> Actor:
    return Actor(account.id, account.person_id)


def _has_similar_person(
    session: Session, platform: Platform, cohort: Cohort | None, name: FullName, email: str
) -> bool:
    """Returns whether the site or the group has a person with this name or address who is not linked to this
    platform.
    """
    site_id = cohort.site_id if cohort else platform.site_id
    trainee = exists().where(Enrolment.person_id == Person.id, Enrolment.cohort_id == (cohort.id if cohort else 0))
    works = exists().where(
        Membership.person_id == Person.id, Membership.site_id == site_id, Membership.ended_on.is_(None)
    )
    tied = exists().where(ExternalIdentity.account_id == Account.id, is_of_issuer(platform))
    found = (
        select(Person.id)
        .outerjoin(Person.account)
        .where(or_(trainee, works), ~tied, _has_same_name_or_email(name, email))
    )
    return session.scalar(found.limit(1)) is not None


def _has_same_name_or_email(name: FullName, email: str) -> ColumnElement[bool]:
    """Condition: equal surname and given name with no contradicting patronymic, or equal address."""
    bare = f"{fold(name.surname)} {fold(name.given_name)}"
    father = fold(name.patronymic)
    longer: ColumnElement[bool] = Person.sort_key == f"{bare} {father}"
    if not father:
        longer = Person.sort_key.startswith(f"{bare} ", autoescape=True)
    called = or_(Person.sort_key == bare, longer)
    if not email:
        return called
    return or_(called, func.lower(Person.email) == email, Account.email == email)
