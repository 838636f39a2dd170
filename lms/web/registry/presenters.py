"""Site, authority or organisation in which a person is given a role, with the address of its page."""

from dataclasses import dataclass

from flask import abort, url_for
from sqlalchemy import ColumnElement, true

from courses.people import known_to_authority
from lms.core.auth.policy import fetch
from lms.core.auth.roles import ROLES_BY_PLACE
from lms.http.request_context import actor, db
from lms.registry.models import Authority, Organization, Site
from lms.web.shell.role_labels import role_word

MODELS = {"site": Site, "authority": Authority, "organization": Organization}


@dataclass(frozen=True, slots=True)
class MembershipScope:
    """The site, authority or organisation, fetched with the permission checked."""

    at: str
    id: int
    name: str
    page: str
    """Address of its page."""
    authority_id: int
    """The authority that it is or belongs to."""
    time_zone: str
    """Decides on which day a role begins or ends."""

    def choosable(self) -> ColumnElement[bool]:
        """Condition on ``Person``: the people who may be given a role here without being described anew."""
        return true() if actor().is_administrator else known_to_authority(self.authority_id)

    def roles(self) -> list[tuple[str, str]]:
        """Roles that can be given here: value and name."""
        return [(role, role_word(role)) for role in ROLES_BY_PLACE[self.at]]


def membership_scope(at: str, key: int, *, may: str = "membership.manage") -> MembershipScope:
    """Returns it if the actor may manage it. Raises ``NotFound``."""
    if at not in MODELS:
        abort(404)
    row = fetch(db(), MODELS[at], key, actor=actor(), may=may)
    if isinstance(row, Site):
        return MembershipScope(
            at,
            row.id,
            f"{row.organization.short_name}: {row.theme}",
            url_for("registry.site", site_id=key),
            row.authority_id,
            row.time_zone,
        )
    if isinstance(row, Authority):
        return MembershipScope(
            at, row.id, row.name, url_for("registry.authority", authority_id=key), row.id, row.time_zone
        )
    assert isinstance(row, Organization)
    return MembershipScope(
        at,
        row.id,
        row.short_name,
        url_for("registry.organization", organization_id=key),
        row.authority_id,
        row.time_zone,
    )
