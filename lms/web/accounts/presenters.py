"""Names of browsers for the account's list of sessions, and the demo accounts that the log-in page lists in demo mode
only.
"""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.core.i18n import gettext as _
from lms.core.people.models import Account
from lms.registry.models import Membership
from lms.web.shell.role_labels import role_word

BROWSERS = (
    ("YaBrowser/", "Яндекс Браузер"),
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)


def browser_name(user_agent: str) -> str:
    """Returns browser and system of a User-Agent header: «Firefox, Windows»."""
    found = [_first(user_agent, BROWSERS), _first(user_agent, SYSTEMS)]
    return ", ".join(filter(None, found)) or _("Unknown browser")


def _first(text: str, names: tuple[tuple[str, str], ...]) -> str:
    return next((name for mark, name in names if mark in text), "")


DEMO_PREFIX = "demo-"
"""Prefix of the demo's user names, given by the sample data."""

DEMO_PASSWORD = "demo-stazhirovka"  # noqa: S105 (printed on the page, in demo mode only)
MOST_DEMO_LOGINS = 12


@dataclass(frozen=True, slots=True)
class DemoLogin:
    """User name and role of one demo account."""

    username: str
    name: str
    role: str


def demo_logins(session: Session) -> list[DemoLogin]:
    """Returns the demo's accounts: administrators first, then in the order of creation."""
    found = session.scalars(
        select(Account)
        .where(Account.username.startswith(DEMO_PREFIX), Account.is_active, Account.password_hash.is_not(None))
        .order_by(Account.id)
        .limit(MOST_DEMO_LOGINS)
    ).all()
    roles = _roles(session, [account.person_id for account in found])
    return [DemoLogin(each.username, each.person.full_name, _role(each, roles)) for each in found]


def _roles(session: Session, person_ids: list[int]) -> dict[int, str]:
    rows = session.execute(
        select(Membership.person_id, Membership.role)
        .where(Membership.person_id.in_(person_ids), Membership.ended_on.is_(None))
        .order_by(Membership.id.desc())
    )
    return {row.person_id: row.role for row in rows}


def _role(account: Account, roles: dict[int, str]) -> str:
    if account.is_administrator:
        return _("administrator")
    return role_word(roles[account.person_id]) if account.person_id in roles else _("trainee")
