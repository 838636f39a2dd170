"""Permissions of the people package: permission → predicates of (actor, object)."""

from typing import Any

from lms.core.auth.policy import Actor, Predicate, administrator


def oneself(actor: Actor, subject: Any) -> bool:
    """The owner of the account, or the person themselves."""
    if getattr(subject, "__tablename__", None) == "person":
        return actor.person_id is not None and subject.id == actor.person_id
    return actor.account_id is not None and getattr(subject, "id", None) == actor.account_id


TABLE: dict[str, tuple[Predicate, ...]] = {
    "account.own": (oneself,),
    "account.manage": (administrator,),
    "person.manage": (administrator,),
    "consent.own": (oneself,),
    "consent.note": (administrator,),
    "consent.publish": (administrator,),
    "mail.outbox": (administrator,),
    "jobs.see": (administrator,),
    "audit.see": (administrator,),
    "installation.manage": (administrator,),
}
