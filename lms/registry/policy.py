"""Permissions of the registry: permission → predicates of (actor, object)."""

from typing import Any

from lms.core.auth.policy import Actor, Predicate, administrator, at_site, meaning, roles_of
from lms.core.auth.roles import AUTHORITY_ROLES, METHODOLOGIST, ORGANIZATION_ROLES, SITE_ROLES


def authority_id_of(subject: Any) -> int | None:
    """Returns the id of the authority that the subject is or belongs to, directly or through its site."""
    if getattr(subject, "__tablename__", None) == "authority":
        return int(subject.id)
    found = getattr(subject, "authority_id", None)
    if found is None:
        found = getattr(getattr(subject, "site", None), "authority_id", None)
    return found


def at_authority(*roles: str) -> Predicate:
    """Returns a predicate: one of these roles at the subject's authority."""

    def predicate(actor: Actor, subject: Any) -> bool:
        return actor.has("authority", authority_id_of(subject), *roles)

    return meaning(predicate, f"{roles_of(roles)} of its authority")


def at_organization(*roles: str) -> Predicate:
    """Returns a predicate: one of these roles at the organisation that the subject is, or that hosts it."""

    def predicate(actor: Actor, subject: Any) -> bool:
        is_one = getattr(subject, "__tablename__", None) == "organization"
        found = subject.id if is_one else getattr(subject, "organization_id", None)
        return actor.has("organization", found, *roles)

    return meaning(predicate, f"{roles_of(roles)} of its organisation")


def somewhere_at_authority(actor: Actor, _subject: Any) -> bool:
    """A role at any authority: such an actor sees their own list."""
    return bool(actor.ids("authority"))


def methodologist_somewhere(actor: Actor, _subject: Any) -> bool:
    """A methodologist of any authority; the authority of a new row is checked when it is saved."""
    return bool(actor.ids("authority", METHODOLOGIST))


methodologist = at_authority(METHODOLOGIST)
of_authority = at_authority(*AUTHORITY_ROLES)
of_host = at_organization(*ORGANIZATION_ROLES)

TABLE: dict[str, tuple[Predicate, ...]] = {
    "registry.list": (administrator, somewhere_at_authority),
    "site.see": (administrator, of_authority, at_site(*SITE_ROLES), of_host),
    "site.create": (administrator, methodologist_somewhere),
    "site.manage": (administrator, methodologist),
    "site.grant": (administrator, methodologist),
    "authority.see": (administrator, of_authority),
    "authority.manage": (administrator,),
    "organization.see": (administrator, of_authority, of_host),
    "organization.manage": (administrator, methodologist),
    "membership.manage": (administrator, methodologist),
}
