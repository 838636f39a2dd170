"""Addresses of uploaded files: the form, the page that waits, the preview of what was read."""

from typing import Any, Final

from flask import url_for

from courses.uploads.operations import Upload

FORMS: Final = {
    "programme": "programmes.index",
    "plan": "programmes.upload_plan",
    "roster": "groups.upload",
    "questions": "self_checks.edit",
}
PREVIEWS: Final = {
    "programme": "programmes.preview",
    "plan": "programmes.preview",
    "roster": "groups.preview",
    "questions": "self_checks.imported",
}
WITHIN_OWNER: Final = frozenset({"questions"})
"""Kinds whose preview has the ids of the owner in its address."""


def form_url(upload: Upload, run_id: int | None = None) -> str:
    """Returns the form of the upload; with the id of a run that refused the file, it shows the reason at its field."""
    values: dict[str, Any] = {**upload.owner, "upload": run_id}
    return url_for(FORMS[upload.what], **values)


def preview_url(upload: Upload, draft_id: int) -> str:
    """Returns the preview of one draft that was read."""
    values: dict[str, Any] = {**(upload.owner if upload.what in WITHIN_OWNER else {}), "draft_id": draft_id}
    return url_for(PREVIEWS[upload.what], **values)
