"""Values shown on the pages of uploaded files."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from flask import request
from sqlalchemy import select

from courses.models.programmes import ImportDraft
from courses.programmes.drafts import proposal_of
from courses.uploads.operations import READ_UPLOAD, Upload, result_of, upload_of
from lms.core.auth.policy import fetch
from lms.core.errors import NotFound
from lms.core.jobs.run_models import JobRun
from lms.http.request_context import actor, db
from lms.web.shell.forms import Form
from lms.web.uploads.urls import preview_url


@dataclass(frozen=True, slots=True)
class FoundProgramme:
    """One of several programmes of a file."""

    title: str
    hours: Decimal
    topics: int
    url: str


def found_programmes(upload: Upload, draft_ids: Sequence[int]) -> list[FoundProgramme]:
    """Returns the programmes of a file in their order, without those that were saved or forgotten meanwhile."""
    waiting = select(ImportDraft).where(ImportDraft.id.in_(draft_ids), ImportDraft.saved_at.is_(None))
    found = []
    for draft in db().scalars(waiting.order_by(ImportDraft.id)):
        proposal = proposal_of(draft)
        title = proposal.plan.texts.get("title") or proposal.imported.title
        topics = len(list(proposal.plan.topics()))
        found.append(FoundProgramme(title, proposal.plan.total, topics, preview_url(upload, draft.id)))
    return found


def upload_to_watch(run_id: int) -> JobRun:
    """Returns the run for the person who uploaded its file. Raises ``NotFound``."""
    return fetch(db(), JobRun, run_id, actor=actor(), may="upload.watch", kind=READ_UPLOAD)


def show_refusal(form: Form, what: str) -> None:
    """Shows at the form's file why the upload named in the address was refused."""
    run_id = request.args.get("upload", 0, int)
    try:
        run = upload_to_watch(run_id) if run_id else None
    except NotFound:
        return
    result = result_of(run) if run and upload_of(run).what == what else None
    if result and result.refusal:
        form["file"].errors = [result.refusal.message]
