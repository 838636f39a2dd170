"""Authorisation: tables of permission → predicates, which are pure functions of (actor, object).

Each domain registers its table with ``declare``; routes, templates, the API and tasks call ``allowed`` and ``demand``.
``fetch`` loads and authorises an object in one step, so that a forgotten check is a missing argument.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from sqlalchemy.orm import Session
from sqlalchemy.orm.interfaces import ORMOption

from lms.core.errors import Forbidden, NotFound

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class RoleAssignment:
    """A role at a place: ``at`` is ``site``, ``authority`` or ``organization``, ``id`` that row's id."""

    role: str
    at: str
    id: int


@dataclass(frozen=True, slots=True)
class Actor:
    """The account that acts, its person and their roles. Built once a request."""

    account_id: int | None
    person_id: int | None
    is_administrator: bool = False
    places: frozenset[RoleAssignment] = field(default_factory=frozenset)
    enrolled_in: frozenset[int] = field(default_factory=frozenset)
    """Ids of groups in which the person is or was a trainee."""
    only_site_id: int | None = None
    """In a platform's launch: the only site at which the person counts as a trainee. None: every site."""
    is_system: bool = False
    """True for the product itself (a command, a job, the demo): it has no account and is not anonymous."""

    @property
    def is_anyone(self) -> bool:
        """True if nobody is logged in."""
        return self.account_id is None and not self.is_system

    def has(self, at: str, place_id: int | None, *roles: str) -> bool:
        """Returns whether the actor has one of these roles at this place."""
        return place_id is not None and any(RoleAssignment(role, at, place_id) in self.places for role in roles)

    def reaches(self, subject: Any) -> bool:
        """Returns whether the subject belongs to a site at which the person counts as a trainee."""
        return self.only_site_id is None or site_id_of(subject) == self.only_site_id

    def ids(self, at: str, *roles: str) -> list[int]:
        """Returns ids of places of this type where the actor has one of these roles (any role when none is given)."""
        return sorted({place.id for place in self.places if place.at == at and (not roles or place.role in roles)})


ANYONE = Actor(None, None)
SYSTEM = Actor(None, None, is_administrator=True, is_system=True)

Predicate = Callable[[Actor, Any], bool]
_table: dict[str, tuple[Predicate, ...]] = {}


def declare(rows: dict[str, tuple[Predicate, ...]]) -> None:
    """Registers a domain's table: a permission is granted when any of its predicates holds."""
    _table.update(rows)


def allowed(actor: Actor, permission: str, subject: Any = None) -> bool:
    """Returns whether the actor has the permission. Raises ``KeyError`` for a permission that no table has."""
    return any(predicate(actor, subject) for predicate in _table[permission])


def demand(actor: Actor, permission: str, subject: Any = None) -> None:
    """Raises ``Forbidden`` unless the actor has the permission."""
    if not allowed(actor, permission, subject):
        raise Forbidden


def fetch(
    session: Session,
    model: type[T],
    key: int,
    *,
    actor: Actor,
    may: str,
    see: str | None = None,
    loading: Sequence[ORMOption] = (),
    **owner: Any,
) -> T:
    """Returns the row of this key if the actor has the permission ``may``.

    ``owner`` (``site_id=…``) must match the row's columns. Raises ``NotFound`` for a missing row and for an actor
    without the permission ``see`` (the same permission unless given), ``Forbidden`` for an actor who may see but not
    do. ``loading``: what is loaded with the row, where a page needs less or more than usual.
    """
    row = session.get(model, key, options=loading)
    if row is None or any(getattr(row, name) != value for name, value in owner.items()):
        raise NotFound
    if allowed(actor, may, row):
        return row
    if see is not None and allowed(actor, see, row):
        raise Forbidden
    raise NotFound


# Predicates shared by the domains


def administrator(actor: Actor, _subject: Any) -> bool:
    """The administrator of the installation."""
    return actor.is_administrator


def at_site(*roles: str) -> Predicate:
    """Returns a predicate: one of these roles at the subject's site (``subject.site_id``, or the site itself)."""

    def predicate(actor: Actor, subject: Any) -> bool:
        return actor.has("site", site_id_of(subject), *roles)

    return meaning(predicate, f"{roles_of(roles)} of its site")


def meaning(predicate: Predicate, text: str) -> Predicate:
    """Returns the predicate with this text as its docstring, which docs/access.md shows."""
    predicate.__doc__ = text
    return predicate


def roles_of(roles: Sequence[str]) -> str:
    """Returns the roles as text; «any role» for none."""
    return ", ".join(role.replace("_", " ") for role in roles) or "any role"


def site_id_of(subject: Any) -> int | None:
    """Returns the id of the site that owns the subject: its own id, its ``site_id``, or that of its programme, group
    or enrolment.
    """
    if getattr(subject, "__tablename__", None) == "site":
        return int(subject.id)
    for path in (("site_id",), ("programme", "site_id"), ("cohort", "site_id"), ("enrolment", "cohort", "site_id")):
        value = subject
        for name in path:
            value = getattr(value, name, None)
        if value is not None:
            return int(value)
    return None
