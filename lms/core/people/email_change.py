"""E-mail addresses of accounts: a change ends the account's links and is told to the former address.

An address counts for log-in and for a new password once a link that was mailed to it has been used.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from lms.core.auth.policy import Actor
from lms.core.i18n import _, format_datetime, use_locale
from lms.core.mail.operations import send
from lms.core.people import invitations, one_time_links
from lms.core.people.models import Account
from lms.core.public_url import address_of


def change_email(session: Session, *, actor: Actor | None, account: Account, email: str | None, now: datetime) -> bool:
    """Changes the e-mail of the account and its person; returns whether it is another one.

    Unused links and cards of the account end, and a letter tells the former address. The new one gets a letter to
    confirm it; before the first password that is the open invitation, sent again.
    """
    former, account.email, account.person.email = account.email, email, email
    if former == email:
        return False
    account.email_confirmed_at = None
    invited = one_time_links.has_open(session, account.id, "invitation", now=now)
    one_time_links.end_all(session, account.id, now=now)
    _tell_former(session, account, former)
    if invited:
        invitations.invite(session, actor=actor, account=account, link_to=one_time_links.address_of_link, now=now)
    ask_to_confirm(session, account=account, now=now)
    return True


def ask_to_confirm(session: Session, *, account: Account, now: datetime) -> bool:
    """Sends a letter with a link that confirms the address of an account in use; returns whether one was needed."""
    if account.email is None or account.email_confirmed_at is not None or account.password_hash is None:
        return False
    token = one_time_links.issue(session, account=account, purpose="email", actor=None, now=now, sent_to=account.email)
    with use_locale(account.locale):
        until = format_datetime(now + one_time_links.TERMS["email"], "long")
        body = invitations.letter(
            account,
            _("This address was given in Stazhirovka for your account. To confirm it, open this link and log in:"),
            address_of(f"/account/email/{token}"),
            _("Your user name: %(username)s", username=account.username),
            _("The link works once, until %(until)s.", until=until),
            _("If it was not you, do nothing: the address will not count."),
        )
        subject = _("Confirm your e-mail address")
        send(session, to=account.email, subject=subject, body=body, person_id=account.person_id)
    return True


def _tell_former(session: Session, account: Account, former: str | None) -> None:
    with use_locale(account.locale):
        body = invitations.letter(
            account,
            _("Your account in Stazhirovka now has another e-mail address. Letters no longer come to this one."),
            _("If it was not you, tell the leader of your site or the administrator at once."),
        )
        send(session, to=former, subject=_("Your e-mail address was changed"), body=body, person_id=account.person_id)
