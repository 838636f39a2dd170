"""Members of a platform's course, read from the answer of its membership service (NRPS 2.0). Pure.

Input is not trusted: everything is limited, invalid members are skipped, and only an answer without a list of members
is an error.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

from lms.lti.errors import Unreachable
from lms.lti.identity.person_names import NameParts, complete_name, email_of, suggested_name
from lms.lti.messages.roles import PlatformRole, is_test_user, platform_role_of

MEDIA = "application/vnd.ims.lti-nrps.v2.membershipcontainer+json"
MOST_MEMBERS = 10_000
MOST_ROLES = 50
LONGEST_TEXT = 300
LONGEST_SUBJECT = 255
PAGE_SIZE = 1000
"""Number of members requested at once; a platform may return fewer."""

NAMES = ("given_name", "family_name", "middle_name", "name", "email")


@dataclass(frozen=True, slots=True)
class Member:
    """A member of the platform's course."""

    subject: str
    platform_role: str
    """``lms.lti.messages.roles.PlatformRole``."""
    active: bool = True
    """False for the statuses ``Inactive`` and ``Deleted``."""
    named: Mapping[str, str] = field(default_factory=dict)
    """Name and e-mail claims, often empty."""
    test: bool = False
    """True for the platform's test user, by which a teacher views a course as a student."""

    @property
    def learns(self) -> bool:
        """True for an active learner."""
        return self.active and self.platform_role == PlatformRole.LEARNER

    @property
    def name_parts(self) -> NameParts:
        """Parts of the name, given or divided."""
        return suggested_name(self.named)

    @property
    def is_certain(self) -> bool:
        """True if the platform gave valid parts of the name."""
        return complete_name(self.named) is not None

    @property
    def email(self) -> str:
        """The e-mail address if it is valid."""
        return email_of(self.named)

    def to_json(self) -> dict[str, Any]:
        """Returns the member for the stored snapshot."""
        return {
            "subject": self.subject,
            "standing": self.platform_role,
            "active": self.active,
            "named": dict(self.named),
            "test": self.test,
        }


def member_of(kept: Mapping[str, Any]) -> Member:
    """Restores the member that ``to_json`` wrote."""
    fields = {"platform_role" if name == "standing" else name: value for name, value in kept.items()}
    return Member(**fields)


def read_page(container: Any) -> list[Member]:
    """Returns the members of one page. Raises ``Unreachable`` if it is no membership container."""
    members = container.get("members") if isinstance(container, dict) else None
    if not isinstance(members, list):
        raise Unreachable(code="platform_roster_malformed")
    return [member for each in members[:MOST_MEMBERS] if (member := _member(each)) is not None]


def unique_members(members: Iterable[Member]) -> list[Member]:
    """Returns each user once: pages may overlap if a member is added meanwhile. Raises ``Unreachable`` beyond
    10,000.
    """
    found: dict[str, Member] = {}
    for member in members:
        found.setdefault(member.subject, member)
        if len(found) > MOST_MEMBERS:
            raise Unreachable(code="platform_roster_too_long", params={"most": MOST_MEMBERS})
    return list(found.values())


def _member(each: Any) -> Member | None:
    if not isinstance(each, dict):
        return None
    subject = _subject(each.get("user_id"))
    if subject is None:
        return None
    platform_role, test = _role_of(_roles(each.get("roles")))
    named = {key: text for key in NAMES if (text := _text(each.get(key)))}
    active = each.get("status", "Active") == "Active"
    return Member(subject, platform_role, active, named, test)


@lru_cache(maxsize=500)
def _role_of(roles: tuple[str, ...]) -> tuple[str, bool]:
    """Returns the role and whether it is the test user; cached, because a course has few sets of roles."""
    return str(platform_role_of(roles)), is_test_user(roles)


def _subject(value: Any) -> str | None:
    """Returns the user's id: some platforms send a number instead of text."""
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**30:
        value = str(value)
    if not isinstance(value, str) or not 0 < len(value) <= LONGEST_SUBJECT or not value.isprintable():
        return None
    return value


def _roles(value: Any) -> tuple[str, ...]:
    found = value[:MOST_ROLES] if isinstance(value, list) else []
    return tuple(role[:LONGEST_TEXT] for role in found if isinstance(role, str))


def _text(value: Any) -> str:
    if not isinstance(value, str):
        return ""
    text = value[:LONGEST_TEXT]
    if not text.isprintable():
        text = "".join(sign if sign.isprintable() else " " for sign in text)
    return " ".join(text.split())


def first_page(address: str, *, link: str | None = None) -> str:
    """Returns the URL of the first page; ``link``: only members who may open this resource link (``rlid``)."""
    parts = urlsplit(address)
    asked = [
        (key, text) for key, text in parse_qsl(parts.query, keep_blank_values=True) if key not in ("limit", "rlid")
    ]
    asked += [("limit", str(PAGE_SIZE))] + ([("rlid", link)] if link is not None else [])
    return urlunsplit(parts._replace(query=urlencode(asked), fragment=""))


def next_page(header: str | None, asked: str) -> str | None:
    """Returns the URL of the next page from the ``Link`` header; None on the last page.

    Raises ``Unreachable`` for another origin, because our token must not be sent there.
    """
    target = _next_target(header or "")
    if target is None:
        return None
    elsewhere = Unreachable(code="platform_roster_page_foreign")
    try:
        address = urljoin(asked, target)
        if origin_of(address) != origin_of(asked):
            raise elsewhere
    except ValueError as error:
        raise elsewhere from error
    return address


def _next_target(header: str) -> str | None:
    """Returns the first target with ``rel=next`` (RFC 8288)."""
    rest = header[:8000]
    while "<" in rest:
        target, closed, rest = rest.partition("<")[2].partition(">")
        if not closed:
            return None
        parameters, _comma, _more = rest.partition("<")
        if _is_next(parameters):
            return target.strip()
    return None


def _is_next(parameters: str) -> bool:
    for each in parameters.replace(",", ";").split(";"):
        name, _equals, value = each.partition("=")
        if name.strip().lower() == "rel" and "next" in value.strip().strip('"').lower().split():
            return True
    return False


def origin_of(address: str) -> tuple[str, str, int | None]:
    """Returns scheme, host and port. Raises ``ValueError`` for an invalid URL."""
    parts = urlsplit(address)
    return parts.scheme.lower(), (parts.hostname or "").lower(), parts.port or _usual(parts.scheme)


def _usual(scheme: str) -> int | None:
    return {"http": 80, "https": 443}.get(scheme.lower())
