"""Permissions for scores: permission → predicates of (actor, object)."""

from typing import Any

from lms.core.auth.policy import Actor, Predicate, at_site
from lms.core.auth.roles import SITE_STAFF

_staff = at_site(*SITE_STAFF)


def own(actor: Actor, subject: Any) -> bool:
    """True if the score is the actor's own."""
    return actor.account_id is not None and subject.participant.account_id == actor.account_id


def staff(actor: Actor, subject: Any) -> bool:
    """True if the actor leads or teaches at the site of the score's group."""
    placement = subject.line_item.link.placement
    return placement is not None and _staff(actor, placement.cohort)


TABLE: dict[str, tuple[Predicate, ...]] = {
    # subject: a score
    "score.see": (own, staff),
    "score.again": (staff,),
    # subject: a group
    "score.again_all": (_staff,),
}
