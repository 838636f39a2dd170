"""Letters with a one-time link: invitation and new password. Printed cards for people without e-mail."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from lms.core.auth.policy import Actor
from lms.core.clock import utc_now
from lms.core.i18n import _, format_datetime, use_locale
from lms.core.jobs.queueing import enqueue
from lms.core.mail.operations import send
from lms.core.people import one_time_links
from lms.core.people.models import Account, PasswordRequest
from lms.core.people.queries import answers_to_its_email

RESET = "people.reset"
"""The kind of job that answers a request for a new password."""

LinkTo = Callable[[str], str]
"""Maps a token to the full address in the letter."""


REPEATED_WITHIN = timedelta(minutes=2)
"""Time in which a second request for a new password sends no second letter and ends no first link."""


@dataclass(frozen=True, slots=True)
class Card:
    """Content of a printed card: user name, code in groups of four, and the address in its QR code."""

    account: Account
    code: str
    address: str
    expires_at: datetime


def invite(
    session: Session, *, actor: Actor | None, account: Account, link_to: LinkTo, now: datetime, about: str = ""
) -> bool:
    """Sends the person a letter on how to log in for the first time; ``about`` is an additional sentence.

    Returns False when the person has no address: print a card instead.
    """
    if not account.email:
        return False
    token = one_time_links.issue(
        session, account=account, purpose="invitation", actor=actor, now=now, sent_to=account.email
    )
    with use_locale(account.locale):
        body = letter(
            account,
            about or _("You have an account in Stazhirovka, the service for teachers' internships."),
            _("To choose a password and log in for the first time, open this link:"),
            link_to(token),
            _("Your user name: %(username)s", username=account.username),
            _ends(now, "invitation"),
        )
        send(
            session,
            to=account.email,
            subject=_("Your invitation"),
            body=body,
            person_id=account.person_id,
            asked_by_id=actor.person_id if actor else None,
        )
    return True


def send_reset(session: Session, *, login: str, link_to: LinkTo, now: datetime) -> None:
    """Sends a letter on how to choose a new password to the accounts with this user name or e-mail.

    The caller cannot tell whether such an account exists. An e-mail that several people share gets a letter for each.
    The address must have been confirmed; the first letter of an account without a password confirms it. A second
    request within ``REPEATED_WITHIN`` sends nothing.
    """
    name = login.strip().lower()
    named = or_(Account.username == name, Account.email == name)
    query = select(Account).where(named, answers_to_its_email(), Account.is_active).limit(10)
    for account in session.scalars(query):
        _send_reset(session, account, link_to, now)


def request_reset(session: Session, *, login: str) -> None:
    """Lets a job send the letters of ``send_reset``: the request takes the same time whether an account exists."""
    row = PasswordRequest(login=login.strip().lower()[:254])
    session.add(row)
    session.flush()
    enqueue(session, RESET, row.id)


def answer_request(session: Session, request_id: int) -> None:
    """Sends the letters of one request and deletes it."""
    row = session.get(PasswordRequest, request_id)
    if row is not None:
        send_reset(session, login=row.login, link_to=one_time_links.address_of_link, now=utc_now())
        session.delete(row)


def print_cards(session: Session, *, actor: Actor, accounts: Iterable[Account], now: datetime) -> list[Card]:
    """Returns one-time cards, a new code each; earlier unused cards of these accounts end."""
    return [_card(session, actor, account, now) for account in accounts]


def _card(session: Session, actor: Actor, account: Account, now: datetime) -> Card:
    code = one_time_links.issue(session, account=account, purpose="card", actor=actor, now=now)
    printed = one_time_links.as_printed(code)
    address = one_time_links.address_of_card(account.username, printed)
    return Card(account, printed, address, now + one_time_links.TERMS["card"])


def _send_reset(session: Session, account: Account, link_to: LinkTo, now: datetime) -> None:
    if not account.email or one_time_links.was_issued(session, account.id, "reset", within=REPEATED_WITHIN, now=now):
        return
    token = one_time_links.issue(session, account=account, purpose="reset", actor=None, now=now, sent_to=account.email)
    with use_locale(account.locale):
        body = letter(
            account,
            _("Somebody, perhaps you, asked for a new password. To choose it, open this link:"),
            link_to(token),
            _("Your user name: %(username)s", username=account.username),
            _("If it was not you, do nothing: the present password stays."),
            _ends(now, "reset"),
        )
        send(session, to=account.email, subject=_("A new password"), body=body, person_id=account.person_id)


def letter(account: Account, *paragraphs: str) -> str:
    """Returns the body of a letter to the account's person."""
    name = " ".join(filter(None, (account.person.given_name, account.person.patronymic)))
    return "\n\n".join((_("Good day, %(name)s!", name=name), *paragraphs)) + "\n"


def _ends(now: datetime, purpose: str) -> str:
    until = format_datetime(now + one_time_links.TERMS[purpose], "long")
    return _("The link works once, until %(until)s.", until=until)
