"""Blueprint of programmes, with the permission checks that its views share."""

from flask import Blueprint

from courses.models.programmes import ImportDraft, ProgrammeVersion
from lms.core.auth.policy import allowed, fetch
from lms.core.errors import NotFound
from lms.http.request_context import actor, db
from lms.registry.models import Site
from lms.web.programmes.presenters import WORDS

bp = Blueprint("programmes", __name__)
for _name, _word in WORDS.items():
    bp.add_app_template_global(_word, _name)


def version_to_see(version_id: int) -> ProgrammeVersion:
    """Returns the version if the actor may read it. Raises ``NotFound``."""
    return fetch(db(), ProgrammeVersion, version_id, actor=actor(), may="programme.see")


def version_to_edit(version_id: int) -> ProgrammeVersion:
    """Returns the version for its authors. Raises ``NotFound``, or ``Forbidden`` for people who may only read it."""
    return fetch(db(), ProgrammeVersion, version_id, actor=actor(), may="programme.edit", see="programme.see")


def own_draft(draft_id: int) -> ImportDraft:
    """Returns the import draft for the person who uploaded the document. Raises ``NotFound``."""
    draft = fetch(db(), ImportDraft, draft_id, actor=actor(), may="programme.import")
    if draft.kind not in ("programme", "plan"):
        raise NotFound
    return draft


def target_of(draft: ImportDraft) -> ProgrammeVersion | None:
    """Returns the version whose plan the draft replaces; ``None`` for a new programme."""
    return version_to_edit(draft.subject_id) if draft.kind == "plan" and draft.subject_id else None


def site_to_write_for(site_id: int | None) -> Site:
    """Returns the site for its authors. Raises ``NotFound``."""
    return fetch(db(), Site, site_id or 0, actor=actor(), may="programme.start")


def may_edit(version: ProgrammeVersion) -> bool:
    """Returns whether the version is open and the actor may change it."""
    return version.is_open and allowed(actor(), "programme.edit", version)
