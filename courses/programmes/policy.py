"""Who may do what with programmes: permission → predicates of (actor, object)."""

from typing import Any

from courses.models.programmes import ProgrammeVersion
from lms.core.auth.policy import Actor, Predicate, at_site
from lms.registry.models import Site

SITE_AUTHORS = ("leader", "acting_leader")
SITE_READERS = (*SITE_AUTHORS, "teacher", "expert")
COUNCIL = ("methodologist", "council_member", "council_secretary")
SECRETARIES = ("methodologist", "council_secretary")
ORGANIZATION = ("director", "coordinator")


def _site(subject: Any) -> Site | None:
    if isinstance(subject, ProgrammeVersion):
        return subject.programme.site
    return subject if isinstance(subject, Site) else None


def _was_shown(subject: Any) -> bool:
    """A draft is its author's own until it is submitted."""
    return not isinstance(subject, ProgrammeVersion) or subject.state != "draft"


def council(*roles: str) -> Predicate:
    """Who has one of these roles at the authority of the programme's site."""

    def predicate(actor: Actor, subject: Any) -> bool:
        site = _site(subject)
        return site is not None and _was_shown(subject) and actor.has("authority", site.authority_id, *roles)

    return predicate


def host(actor: Actor, subject: Any) -> bool:
    """The director or coordinator of the organisation that hosts the site."""
    site = _site(subject)
    return site is not None and _was_shown(subject) and actor.has("organization", site.organization_id, *ORGANIZATION)


def approver(actor: Actor, subject: Any) -> bool:
    """Whoever the authority's rules let approve: its own secretary and methodologists, or the organisation."""
    site = _site(subject)
    if site is None:
        return False
    by_authority = site.authority.setting("approved_by") == "authority"
    return council(*SECRETARIES)(actor, subject) if by_authority else host(actor, subject)


def own_draft(actor: Actor, subject: Any) -> bool:
    """Whoever uploaded the document, while they may still write programmes for that site."""
    return (
        actor.account_id is not None
        and getattr(subject, "account_id", None) == actor.account_id
        and actor.has("site", getattr(subject, "site_id", None), *SITE_AUTHORS)
    )


def writes_somewhere(actor: Actor, _subject: Any) -> bool:
    """Whoever writes programmes for any site."""
    return bool(actor.ids("site", *SITE_AUTHORS))


def reads_somewhere(actor: Actor, _subject: Any) -> bool:
    """Whoever reads the programmes of any site."""
    return bool(actor.ids("site", *SITE_READERS) or actor.ids("organization", *ORGANIZATION))


def sits_somewhere(actor: Actor, _subject: Any) -> bool:
    """Whoever has to do with a council, or approves for an organisation."""
    return bool(actor.ids("authority", *COUNCIL) or actor.ids("organization", *ORGANIZATION))


TABLE: dict[str, tuple[Predicate, ...]] = {
    "programme.list": (reads_somewhere,),
    "programme.start": (at_site(*SITE_AUTHORS),),
    "programme.start_somewhere": (writes_somewhere,),
    "programme.see": (at_site(*SITE_READERS), council(*COUNCIL), host),
    "programme.edit": (at_site(*SITE_AUTHORS),),
    "programme.import": (own_draft,),
    "council.list": (sits_somewhere,),
    "council.see": (council(*COUNCIL), host),
    "council.consider": (council(*SECRETARIES),),
    "council.approve": (approver,),
}
