"""E-mail addresses of accounts: a change ends the account's links and is told to the former address."""

from datetime import datetime

from sqlalchemy.orm import Session

from lms.core.auth.policy import Actor
from lms.core.i18n import _, use_locale
from lms.core.mail.operations import send
from lms.core.people import invitations, one_time_links
from lms.core.people.models import Account
from lms.core.public_url import address_of


def change_email(session: Session, *, actor: Actor | None, account: Account, email: str | None, now: datetime) -> bool:
    """Changes the e-mail of the account and its person; returns whether it is another one.

    Unused links and cards of the account end, and a letter tells the former address. An open invitation is sent again,
    to the new address.
    """
    former, account.email, account.person.email = account.email, email, email
    if former == email:
        return False
    invited = one_time_links.has_open(session, account.id, "invitation", now=now)
    one_time_links.end_all(session, account.id, now=now)
    _tell_former(session, account, former)
    if invited:
        invitations.invite(session, actor=actor, account=account, link_to=_link, now=now)
    return True


def _link(token: str) -> str:
    return address_of(f"/link/{token}")


def _tell_former(session: Session, account: Account, former: str | None) -> None:
    with use_locale(account.locale):
        body = invitations.letter(
            account,
            _("Your account in Stazhirovka now has another e-mail address. Letters no longer come to this one."),
            _("If it was not you, tell the leader of your site or the administrator at once."),
        )
        send(session, to=former, subject=_("Your e-mail address was changed"), body=body, person_id=account.person_id)
