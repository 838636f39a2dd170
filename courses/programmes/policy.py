"""Permissions of programmes: permission → predicates of (actor, object)."""

from typing import Any

from courses.models.programmes import ProgrammeVersion
from lms.core.auth.policy import Actor, Predicate, at_site, meaning, roles_of
from lms.core.auth.roles import AUTHORITY_ROLES, COUNCIL_SECRETARIES, LEADERS, ORGANIZATION_ROLES, SITE_ROLES
from lms.registry.models import Site


def _site(subject: Any) -> Site | None:
    if isinstance(subject, ProgrammeVersion):
        return subject.programme.site
    return subject if isinstance(subject, Site) else None


def _was_shown(subject: Any) -> bool:
    """Returns whether the council and the host may know of the version: a draft is visible to its authors only."""
    return not isinstance(subject, ProgrammeVersion) or subject.state != "draft"


def council(*roles: str) -> Predicate:
    """Returns a predicate: the actor has one of these roles at the authority of the programme's site."""

    def predicate(actor: Actor, subject: Any) -> bool:
        site = _site(subject)
        return site is not None and _was_shown(subject) and actor.has("authority", site.authority_id, *roles)

    return meaning(predicate, f"{roles_of(roles)} of the authority, from the submission on")


def host(actor: Actor, subject: Any) -> bool:
    """The director or coordinator of the organisation that hosts the site."""
    site = _site(subject)
    return (
        site is not None
        and _was_shown(subject)
        and actor.has("organization", site.organization_id, *ORGANIZATION_ROLES)
    )


def approver(actor: Actor, subject: Any) -> bool:
    """The role that approves by the authority's setting: its secretary and methodologists, or the organisation."""
    site = _site(subject)
    if site is None:
        return False
    by_authority = site.authority.regulation.approved_by == "authority"
    return council(*COUNCIL_SECRETARIES)(actor, subject) if by_authority else host(actor, subject)


def own_draft(actor: Actor, subject: Any) -> bool:
    """The account that uploaded the document, while it may write programmes for that site."""
    return (
        actor.account_id is not None
        and getattr(subject, "account_id", None) == actor.account_id
        and actor.has("site", getattr(subject, "site_id", None), *LEADERS)
    )


def writes_somewhere(actor: Actor, _subject: Any) -> bool:
    """True if the actor writes programmes for any site."""
    return bool(actor.ids("site", *LEADERS))


def reads_somewhere(actor: Actor, _subject: Any) -> bool:
    """True if the actor reads the programmes of any site."""
    return bool(actor.ids("site", *SITE_ROLES) or actor.ids("organization", *ORGANIZATION_ROLES))


def sits_somewhere(actor: Actor, _subject: Any) -> bool:
    """True if the actor has a role at an authority, or approves for an organisation."""
    return bool(actor.ids("authority", *AUTHORITY_ROLES) or actor.ids("organization", *ORGANIZATION_ROLES))


TABLE: dict[str, tuple[Predicate, ...]] = {
    "programme.list": (reads_somewhere,),
    "programme.start": (at_site(*LEADERS),),
    "programme.start_somewhere": (writes_somewhere,),
    "programme.see": (at_site(*SITE_ROLES), council(*AUTHORITY_ROLES), host),
    "programme.edit": (at_site(*LEADERS),),
    "programme.import": (own_draft,),
    "council.list": (sits_somewhere,),
    "council.see": (council(*AUTHORITY_ROLES), host),
    "council.consider": (council(*COUNCIL_SECRETARIES),),
    "council.approve": (approver,),
}
