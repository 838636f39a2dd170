"""Pages of the council: waiting programmes, differences from the approved version, decisions."""

from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required

from courses.models.programmes import ProgrammeVersion
from courses.programmes import queries, snapshot, workflow
from courses.programmes.difference import differences_of
from courses.programmes.errors import NotReady
from courses.programmes.workflow import Document
from lms.core.auth.policy import allowed, demand, fetch
from lms.core.i18n import _
from lms.http.request_context import actor, db, now
from lms.web.council.forms import ApproveForm, ConsiderForm, DecisionForm, ReturnForm
from lms.web.programmes.difference_presenters import difference_lines
from lms.web.shell.forms import Form

bp = Blueprint("council", __name__)


@bp.get("/council")
@login_required
def queue() -> ResponseReturnValue:
    """Lists waiting programmes, the longest waiting first, and recent decisions."""
    demand(actor(), "council.list")
    return render_template(
        "council/queue.html",
        waiting=queries.submitted_versions(db(), actor()),
        decided=queries.decided_versions(db(), actor()),
    )


@bp.get("/council/<int:version_id>")
@login_required
def show(version_id: int) -> ResponseReturnValue:
    """Shows one programme with its differences from the approved version and the form of the decision."""
    return _page(_version(version_id, "council.see"))


@bp.post("/council/<int:version_id>/consider")
@login_required
def consider(version_id: int) -> ResponseReturnValue:
    """Records that the council considered the programme and, with the same protocol, may have approved it."""
    version = _version(version_id, "council.consider")
    form = ConsiderForm(prefix="consider")
    return _decide(version, form, lambda: _consider(version, form))


def _consider(version: ProgrammeVersion, form: ConsiderForm) -> str:
    paper = _paper(form)
    remarks = form.remarks.data or ""
    workflow.consider(db(), actor=actor(), version=version, protocol=paper, remarks=remarks, now=now())
    if not form.approves.data or not allowed(actor(), "council.approve", version):
        return _("Recorded: the programme was considered.")
    workflow.approve(db(), actor=actor(), version=version, document=paper, now=now())
    return _("Recorded: the programme is approved. Its author can form groups on it.")


@bp.post("/council/<int:version_id>/approve")
@login_required
def approve(version_id: int) -> ResponseReturnValue:
    """Records the order or protocol that approves the programme."""
    version = _version(version_id, "council.approve")
    form = ApproveForm(prefix="approve")

    def record() -> str:
        workflow.approve(db(), actor=actor(), version=version, document=_paper(form), now=now())
        return _("Recorded: the programme is approved. Its author can form groups on it.")

    return _decide(version, form, record)


@bp.post("/council/<int:version_id>/return")
@login_required
def send_back(version_id: int) -> ResponseReturnValue:
    """Returns the programme to its author."""
    version = _version(version_id, "council.consider")
    form = ReturnForm(prefix="return")

    def record() -> str:
        workflow.send_back(
            db(), actor=actor(), version=version, document=_paper(form), remarks=form.remarks.data or "", now=now()
        )
        return _("Returned. The author sees your remarks.")

    return _decide(version, form, record)


def _version(version_id: int, may: str) -> ProgrammeVersion:
    return fetch(db(), ProgrammeVersion, version_id, actor=actor(), may=may, see="council.see")


def _paper(form: DecisionForm) -> Document:
    return Document(form.number.data or "", form.on.data)


def _decide(version: ProgrammeVersion, form: Form, record: Callable[[], str]) -> ResponseReturnValue:
    if form.validate_on_submit():
        with form.catching():
            flash(_recorded(form, record), "ok")
            return redirect(url_for(".queue"), 303)
    return _page(version, form), 422


def _recorded(form: Form, record: Callable[[], str]) -> str:
    try:
        return record()
    except NotReady as error:
        form.errors_at_top.extend(note.sentence for note in error.problems[1:])
        raise


def _page(version: ProgrammeVersion, sent: Form | None = None) -> str:
    before = queries.approved_before(db(), version)
    found = difference_lines(differences_of(db(), before, version)) if before else []
    forms: dict[str, Form] = {
        "consider": ConsiderForm(prefix="consider", formdata=None),
        "approve": ApproveForm(prefix="approve", formdata=None),
        "back": ReturnForm(prefix="return", formdata=None),
    }
    if sent is not None:
        names = {ConsiderForm: "consider", ApproveForm: "approve", ReturnForm: "back"}
        forms[names[type(sent)]] = sent
    return render_template(
        "council/show.html",
        version=version,
        before=before,
        found=found,
        plan_total=snapshot.take_snapshot(db(), version).plan.total,
        names=queries.considered_by(db(), version),
        sent=sent,
        **forms,
    )
