"""How the trainees of a group get access: an invitation by mail, a printed card, or the log-in they have already.

A card or an invitation opens an account. A leader may issue one only for an account that is not yet in use and is not
connected with other sites: otherwise adding a person to a list would give access to their account.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session, aliased
from sqlalchemy.orm.attributes import set_committed_value

from courses.models.groups import Cohort, Enrolment
from lms.core import audit
from lms.core.audit import AuditEntry
from lms.core.auth.identities import ExternalIdentity
from lms.core.auth.policy import Actor
from lms.core.i18n import _, format_date, use_locale
from lms.core.mail.models import Message
from lms.core.mail.operations import send
from lms.core.people import invitations
from lms.core.people.invitations import Card, LinkTo
from lms.core.people.models import Account
from lms.core.people.operations import ensure_account
from lms.core.people.queries import answers_to_its_email
from lms.core.public_url import address_of
from lms.registry.models import Membership

MAIL, CARD, OWN, ELSEWHERE = "mail", "card", "own", "elsewhere"
"""Ways in: by mail; by a card (no own e-mail address); a password or a platform, so that no other way in is issued;
access through other sites or offices, which issue it."""
REPEATED_WITHIN = timedelta(minutes=1)
"""A second invitation within this time is the same click: a new link would invalidate the first one."""
SAME_MOMENT = timedelta(seconds=10)
"""Time between the note of an invitation and the letter that it writes; a card printed later replaces the letter."""
REMIND_EVERY = timedelta(hours=12)
"""Shortest time between two reminders of one trainee; a double click sends one letter."""


@dataclass(slots=True)
class InvitationResult:
    """Result of inviting several trainees."""

    mailed: list[str] = field(default_factory=list)
    """Names of trainees to whom a letter was sent."""
    cards: list[Enrolment] = field(default_factory=list)
    """Trainees who need a card."""
    unreached: list[str] = field(default_factory=list)
    """Names of trainees without an address who may not get a card: they know how to log in."""


def access_methods(session: Session, cohort_id: int) -> dict[int, str]:
    """Returns enrolment id → way in (a constant above) for the group. One query."""
    other = aliased(Account)
    shared = exists().where(other.email == Account.email, other.id != Account.id, answers_to_its_email(other))
    platform = exists().where(ExternalIdentity.account_id == Account.id)
    office = exists().where(Membership.person_id == Enrolment.person_id)
    away, at = aliased(Enrolment), aliased(Cohort)
    elsewhere = exists().where(
        away.person_id == Enrolment.person_id, at.id == away.cohort_id, at.site_id != Cohort.site_id
    )
    rows = session.execute(
        select(
            Enrolment.id,
            Account.password_hash.is_not(None) | platform,
            func.coalesce(Account.is_administrator, False) | office | elsewhere,
            Account.email.is_not(None) & ~shared,
        )
        .join(Cohort, Cohort.id == Enrolment.cohort_id)
        .outerjoin(Account, Account.person_id == Enrolment.person_id)
        .where(Enrolment.cohort_id == cohort_id)
    )
    return {
        key: access_method(has_password=bool(own), elsewhere=bool(away), reachable=bool(mail))
        for key, own, away, mail in rows
    }


def failed_letters(session: Session, cohort_id: int) -> dict[int, str]:
    """Returns enrolment id → address, for trainees whose last letter to the present address was not delivered.

    A later letter that arrived, another address and a card that was printed since then end it. One query.
    """
    later = aliased(Message)
    arrived = exists().where(later.person_id == Message.person_id, later.id > Message.id, later.sent_at.is_not(None))
    rows = session.execute(
        select(Enrolment.id, Message.recipient)
        .join(Message, Message.person_id == Enrolment.person_id)
        .join(Account, Account.person_id == Enrolment.person_id)
        .where(
            Enrolment.cohort_id == cohort_id,
            Message.error.is_not(None),
            Message.sent_at.is_(None),
            Message.recipient == Account.email,
            Message.created_at >= func.coalesce(Enrolment.invited_at, Message.created_at) - SAME_MOMENT,
            ~arrived,
        )
    )
    return {enrolment_id: recipient for enrolment_id, recipient in rows}  # noqa: C416 (rows are no pairs)


def access_method(*, has_password: bool, elsewhere: bool, reachable: bool) -> str:
    """Returns the way in; see the constants above."""
    if has_password:
        return OWN
    if elsewhere:
        return ELSEWHERE
    return MAIL if reachable else CARD


def invite(
    session: Session, *, actor: Actor, cohort: Cohort, people: Iterable[Enrolment], link_to: LinkTo, now: datetime
) -> InvitationResult:
    """Sends each trainee a letter on how to get in; a repeated one has a new link. Trainees without an own address
    need a card.
    """
    ways = access_methods(session, cohort.id)
    done = InvitationResult()
    for enrolment in _held(session, people):
        account = ensure_account(session, actor=actor, person=enrolment.person)
        how = ways.get(enrolment.id, CARD)
        if how == CARD:
            done.cards.append(enrolment)
            continue
        just_now = enrolment.invited_at is not None and now - enrolment.invited_at < REPEATED_WITHIN
        if not just_now and not _write(session, actor, (enrolment, account, how), link_to, now):
            done.unreached.append(enrolment.person.short_name)
            continue
        enrolment.invited_at = now
        done.mailed.append(enrolment.person.short_name)
    session.flush()
    audit.record(session, actor, "cohort.invite", cohort, site_id=cohort.site_id, mailed=len(done.mailed))
    return done


def _held(session: Session, people: Iterable[Enrolment]) -> list[Enrolment]:
    """Locks the enrolments until the transaction ends and reloads ``invited_at``: a second click sees the first."""
    found = list(people)
    rows = select(Enrolment.id, Enrolment.invited_at).where(Enrolment.id.in_([one.id for one in found]))
    known = {row[0]: row[1] for row in session.execute(rows.order_by(Enrolment.id).with_for_update(key_share=True))}
    for one in found:
        set_committed_value(one, "invited_at", known.get(one.id))
    return found


def _write(
    session: Session, actor: Actor, whom: tuple[Enrolment, Account, str], link_to: LinkTo, now: datetime
) -> bool:
    """Sends the letter; returns whether there was an address."""
    enrolment, account, how = whom
    with use_locale(account.locale):
        about = _enrolled(enrolment.cohort)
        if how == MAIL:
            return invitations.invite(session, actor=actor, account=account, link_to=link_to, now=now, about=about)
        body = _letter(
            enrolment,
            about,
            _("Log in as you always do: %(address)s", address=address_of("/")),
            _("Your user name: %(username)s", username=account.username),
        )
        subject = _("You are enrolled in an internship")
        sent = send(
            session,
            to=account.email,
            subject=subject,
            body=body,
            person_id=account.person_id,
            asked_by_id=actor.person_id,
        )
        return sent is not None


def _enrolled(cohort: Cohort) -> str:
    return _(
        "You are enrolled in the internship «%(programme)s», group «%(group)s», from %(first)s to %(last)s.",
        programme=cohort.version.title,
        group=cohort.title,
        first=format_date(cohort.starts_on, "day"),
        last=format_date(cohort.ends_on),
    )


def _letter(enrolment: Enrolment, *paragraphs: str) -> str:
    person = enrolment.person
    name = " ".join(filter(None, (person.given_name, person.patronymic)))
    return "\n\n".join((_("Good day, %(name)s!", name=name), *paragraphs)) + "\n"


def print_cards(
    session: Session, *, actor: Actor, cohort: Cohort, people: Sequence[Enrolment], now: datetime
) -> list[Card]:
    """Returns cards with new codes for the trainees who may get one; their earlier cards end."""
    ways = access_methods(session, cohort.id)
    entitled = [one for one in people if ways.get(one.id, CARD) in (CARD, MAIL)]
    accounts = [ensure_account(session, actor=actor, person=one.person) for one in entitled]
    cards = invitations.print_cards(session, actor=actor, accounts=accounts, now=now)
    for one in entitled:
        one.invited_at = now
    session.flush()
    audit.record(session, actor, "cohort.cards", cohort, site_id=cohort.site_id, count=len(cards))
    return cards


def remind(
    session: Session, *, actor: Actor, enrolment: Enrolment, late: Sequence[str], course: str, now: datetime
) -> str:
    """Sends the trainee a letter with the late topics and the course's full address.

    Returns ``sent``, ``already`` (a reminder was sent within ``REMIND_EVERY``) or ``unreached`` (no address).
    """
    account = enrolment.person.account
    if account is None or not account.email:
        return "unreached"
    if _reminded(session, enrolment, now):
        return "already"
    with use_locale(account.locale):
        topics = "\n".join(f"— {line}" for line in late)
        body = _letter(
            enrolment,
            _("The schedule of the group «%(group)s» has run ahead of you. What waits:", group=enrolment.cohort.title)
            + f"\n{topics}",
            _("Go on here: %(address)s", address=course),
            _("Your user name: %(username)s", username=account.username),
        )
        send(
            session,
            to=account.email,
            subject=_("Your internship waits for you"),
            body=body,
            person_id=account.person_id,
            asked_by_id=actor.person_id,
        )
    audit.record(session, actor, "enrolment.remind", enrolment, site_id=enrolment.cohort.site_id)
    session.flush()
    return "sent"


def _reminded(session: Session, enrolment: Enrolment, now: datetime) -> bool:
    session.refresh(enrolment, with_for_update={"of": Enrolment, "key_share": True})
    rows: Any = exists().where(
        AuditEntry.action == "enrolment.remind",
        AuditEntry.object_type == Enrolment.__tablename__,
        AuditEntry.object_id == enrolment.id,
        AuditEntry.created_at > now - REMIND_EVERY,
    )
    return bool(session.scalar(select(rows)))
