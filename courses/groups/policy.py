"""Permissions of groups: permission → predicates of (actor, object)."""

from typing import Any

from lms.core.auth.policy import Actor, Predicate, at_site
from lms.core.auth.roles import LEADERS, SITE_STAFF


def works_somewhere(actor: Actor, _subject: Any) -> bool:
    """True if the actor leads or teaches at any site."""
    return bool(actor.ids("site", *SITE_STAFF))


def leads_somewhere(actor: Actor, _subject: Any) -> bool:
    """True if the actor leads any site."""
    return bool(actor.ids("site", *LEADERS))


def own_list(actor: Actor, subject: Any) -> bool:
    """The account that uploaded the list of trainees, while it leads the site."""
    return (
        actor.account_id is not None
        and getattr(subject, "kind", None) == "roster"
        and getattr(subject, "account_id", None) == actor.account_id
        and actor.has("site", getattr(subject, "site_id", None), *LEADERS)
    )


TABLE: dict[str, tuple[Predicate, ...]] = {
    "group.list": (works_somewhere,),
    "group.start": (leads_somewhere,),
    # subject: a group, an enrolment in it, or a site
    "group.see": (at_site(*SITE_STAFF),),
    "group.edit": (at_site(*LEADERS),),
    # subject: an import draft
    "group.import": (own_list,),
}
