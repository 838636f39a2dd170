"""Permissions of uploaded files: permission → predicates of (actor, object)."""

from typing import Any

from lms.core.auth.policy import Actor, Predicate


def own_run(actor: Actor, subject: Any) -> bool:
    """The account that uploaded the file."""
    return actor.account_id is not None and getattr(subject, "owner_id", None) == actor.account_id


TABLE: dict[str, tuple[Predicate, ...]] = {"upload.watch": (own_run,)}
