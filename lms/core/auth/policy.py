"""Deciding who may: tables of permission → predicates, pure functions of (actor, object).

Each domain adds its table with ``declare``; routes, templates, the API and tasks ask ``allowed`` and ``demand``.
An object is fetched and authorised in one step (``fetch``), so that a forgotten check is a missing argument.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from sqlalchemy.orm import Session

from lms.core.errors import Forbidden, NotFound

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Place:
    """A role somewhere: ``at`` is ``site``, ``authority`` or ``organization``."""

    role: str
    at: str
    id: int


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: an account, its person and what they are where. Built once a request."""

    account_id: int | None
    person_id: int | None
    is_administrator: bool = False
    places: frozenset[Place] = field(default_factory=frozenset)
    enrolled_in: frozenset[int] = field(default_factory=frozenset)
    """Ids of groups in which the person is or was a trainee."""
    only_site_id: int | None = None
    """Inside a platform's launch: the one site at which the person is known as a trainee; none: at every site."""
    is_system: bool = False
    """The product itself (a command, a job, the demo): it has no account and is somebody all the same."""

    @property
    def is_anyone(self) -> bool:
        """True if nobody is logged in."""
        return self.account_id is None and not self.is_system

    def has(self, at: str, place_id: int | None, *roles: str) -> bool:
        """Whether the actor has one of these roles at this place."""
        return place_id is not None and any(Place(role, at, place_id) in self.places for role in roles)

    def reaches(self, subject: Any) -> bool:
        """Whether the subject is of a site at which the person counts as who they are."""
        return self.only_site_id is None or site_id_of(subject) == self.only_site_id

    def ids(self, at: str, *roles: str) -> list[int]:
        """The places of this sort where the actor has one of these roles (any role when none is named)."""
        return sorted({place.id for place in self.places if place.at == at and (not roles or place.role in roles)})


ANYONE = Actor(None, None)
SYSTEM = Actor(None, None, is_administrator=True, is_system=True)

Predicate = Callable[[Actor, Any], bool]
_table: dict[str, tuple[Predicate, ...]] = {}


def declare(rows: dict[str, tuple[Predicate, ...]]) -> None:
    """Add a domain's table: a permission is given when any of its predicates holds."""
    _table.update(rows)


def permissions() -> dict[str, tuple[Predicate, ...]]:
    """The whole table: for the rule tests and for reading."""
    return dict(_table)


def allowed(actor: Actor, permission: str, subject: Any = None) -> bool:
    """Whether the actor may. ``KeyError`` for a permission that no table has."""
    return any(predicate(actor, subject) for predicate in _table[permission])


def demand(actor: Actor, permission: str, subject: Any = None) -> None:
    """Raises ``Forbidden`` unless the actor may."""
    if not allowed(actor, permission, subject):
        raise Forbidden


def fetch(
    session: Session, model: type[T], key: int, *, actor: Actor, may: str, see: str | None = None, **owner: Any
) -> T:
    """The row of this key, if the actor may.

    ``owner`` (``site_id=…``) must match the row's columns. Who may not even ``see`` it (the same permission unless
    another is named) is told that there is none: ``NotFound``; who may see but not do gets ``Forbidden``.
    """
    row = session.get(model, key)
    if row is None or any(getattr(row, name) != value for name, value in owner.items()):
        raise NotFound
    if allowed(actor, may, row):
        return row
    if see is not None and allowed(actor, see, row):
        raise Forbidden
    raise NotFound


# Predicates that every domain shares


def administrator(actor: Actor, _subject: Any) -> bool:
    """The administrator of the installation."""
    return actor.is_administrator


def anyone(_actor: Actor, _subject: Any) -> bool:
    """Everybody, logged in or not."""
    return True


def logged_in(actor: Actor, _subject: Any) -> bool:
    """Whoever has an account."""
    return actor.account_id is not None


def at_site(*roles: str) -> Predicate:
    """Who has one of these roles at the subject's site (``subject.site_id``, or the site itself)."""

    def predicate(actor: Actor, subject: Any) -> bool:
        return actor.has("site", site_id_of(subject), *roles)

    return predicate


def site_id_of(subject: Any) -> int | None:
    """The site that owns the subject: its own id, its ``site_id``, or that of its programme, group or enrolment."""
    if getattr(subject, "__tablename__", None) == "site":
        return int(subject.id)
    for path in (("site_id",), ("programme", "site_id"), ("cohort", "site_id"), ("enrolment", "cohort", "site_id")):
        value = subject
        for name in path:
            value = getattr(value, name, None)
        if value is not None:
            return int(value)
    return None
