"""The blueprint, and how its views find what they are asked for."""

from flask import Blueprint

from courses.models.programmes import ImportDraft, Programme, ProgrammeVersion
from lms.core.auth.policy import allowed, fetch
from lms.core.errors import NotFound
from lms.http.request_context import actor, db
from lms.registry.models import Site

bp = Blueprint("programmes", __name__)


def version_to_see(version_id: int) -> ProgrammeVersion:
    """The version, for whoever may read it. Raises ``NotFound``."""
    return fetch(db(), ProgrammeVersion, version_id, actor=actor(), may="programme.see")


def version_to_edit(version_id: int) -> ProgrammeVersion:
    """The version, for its authors. Raises ``NotFound``, or ``Forbidden`` for who may only read."""
    return fetch(db(), ProgrammeVersion, version_id, actor=actor(), may="programme.edit", see="programme.see")


def own_draft(draft_id: int) -> ImportDraft:
    """The import draft, for whoever uploaded the document. Raises ``NotFound``."""
    draft = fetch(db(), ImportDraft, draft_id, actor=actor(), may="programme.import")
    if draft.kind not in ("programme", "plan"):
        raise NotFound
    return draft


def target_of(draft: ImportDraft) -> ProgrammeVersion | None:
    """The version whose plan the draft is to replace; none for a new programme."""
    return version_to_edit(draft.subject_id) if draft.kind == "plan" and draft.subject_id else None


def site_to_write_for(site_id: int | None) -> Site:
    """The site, for its authors. Raises ``NotFound``."""
    return fetch(db(), Site, site_id or 0, actor=actor(), may="programme.start")


def may_edit(version: ProgrammeVersion) -> bool:
    """Whether this reader may change the version, and its state lets them."""
    return version.is_open and allowed(actor(), "programme.edit", version)


def of_site(programme: Programme) -> Site:
    """The programme's site."""
    return programme.site
