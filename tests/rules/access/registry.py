"""The registry: an authority's own sites, organisations and people."""

from sqlalchemy import select

from lms.registry.models import Membership
from tests.rules.access import COUNCIL, GRADERS, HOST, Access
from tests.rules.access.world import World

OF_THIS_ONE = COUNCIL | {"administrator"}
OF_AUTHORITIES = OF_THIS_ONE | {"other_methodologist"}
MANAGES = frozenset({"methodologist", "administrator"})
SEES_SITE = OF_THIS_ONE | GRADERS | HOST


def _site(world: World) -> dict[str, int]:
    return {"site_id": world.site.id}


def _host(world: World) -> dict[str, int]:
    return {"organization_id": world.site.organization_id}


def _authority(world: World) -> dict[str, int]:
    return {"authority_id": world.site.authority_id}


def _membership(world: World) -> dict[str, int]:
    person_id = world.people["teacher"].person_id
    row = world.session.scalars(select(Membership).where(Membership.person_id == person_id)).one()
    return {"membership_id": row.id}


def _theme(world: World) -> str:
    return world.site.theme


MATRIX = {
    "registry.index": Access(allowed=OF_AUTHORITIES),
    "registry.site": Access(allowed=SEES_SITE, values=_site, shows=_theme),
    "registry.new_site": Access(allowed=MANAGES | {"other_methodologist"}),
    "registry.edit_site": Access(allowed=MANAGES, values=_site),
    "registry.grant": Access(allowed=MANAGES, values=_site),
    "registry.end_status": Access(
        allowed=MANAGES, values=lambda world: {"status_id": world.site.statuses[0].id}, shows=_theme
    ),
    "registry.organizations": Access(allowed=OF_AUTHORITIES),
    "registry.organization": Access(
        allowed=OF_THIS_ONE | HOST, values=_host, shows=lambda world: world.site.organization.director
    ),
    "registry.new_organization": Access(allowed=MANAGES, values=_authority),
    "registry.edit_organization": Access(allowed=MANAGES, values=_host),
    "registry.authority": Access(allowed=OF_THIS_ONE, values=_authority, shows=lambda world: world.site.authority.name),
    "registry.new_member": Access(
        allowed=MANAGES, values=lambda world: {"at": "site", "key": world.site.id}, shows=_theme
    ),
    "registry.end_member": Access(allowed=MANAGES, values=_membership),
}
