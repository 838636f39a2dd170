"""The list of programmes, a new programme, the reading view, history and comparison."""

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required
from werkzeug.utils import redirect

from courses.models.programmes import ProgrammeVersion
from courses.programmes import operations, queries
from courses.programmes.corrections import corrections
from courses.programmes.difference import differences_of
from courses.programmes.outcomes import competencies, criteria
from courses.programmes.plan_store import load_plan
from courses.programmes.readiness import readiness
from lms.core.auth.policy import demand
from lms.core.errors import NotFound
from lms.http.request_context import actor, db
from lms.web.programmes.difference_presenters import difference_lines
from lms.web.programmes.forms import NewForm, UploadForm
from lms.web.programmes.presenters import plan_table
from lms.web.programmes.routes.blueprint import bp, may_edit, site_to_write_for, version_to_see
from lms.web.uploads.presenters import show_refusal


@bp.get("/programmes")
@login_required
def index() -> ResponseReturnValue:
    """Lists the programmes of the actor's sites with their versions and the form for a document."""
    form = UploadForm(formdata=None)
    show_refusal(form, "programme")
    return index_page(form)


def index_page(form: UploadForm) -> str:
    """Returns the list with the form for a document and its errors."""
    demand(actor(), "programme.list")
    sites = queries.sites_of(db(), actor())
    form.offer(queries.sites_of(db(), actor(), editing=True))
    return render_template(
        "programmes/index.html",
        form=form,
        sites=sites,
        listed=queries.programmes_of(db(), sites),
        drafts=queries.drafts_of(db(), actor()),
    )


@bp.route("/programmes/new", methods=["GET", "POST"])
@login_required
def new() -> ResponseReturnValue:
    """Creates a programme from title and workload and shows its plan."""
    demand(actor(), "programme.start_somewhere")
    form = NewForm()
    form.offer(queries.sites_of(db(), actor(), editing=True))
    if form.validate_on_submit():
        site = site_to_write_for(form.site.data)
        with form.catching():
            version = operations.start_programme(
                db(), actor=actor(), site=site, title=form.title.data, workload=form.workload.data
            )
            return redirect(url_for(".plan", version_id=version.id), 303)
    return render_template("programmes/new.html", form=form), 200 if form.is_clean else 422


@bp.get("/programmes/<int:version_id>")
@login_required
def show(version_id: int) -> ResponseReturnValue:
    """Shows a version for reading and printing, in the order of seed A, part 6."""
    version = version_to_see(version_id)
    return render_template("programmes/show.html", **reading(version))


def reading(version: ProgrammeVersion) -> dict[str, object]:
    """Returns the values of the reading view."""
    plan = load_plan(db(), version)
    versions = queries.versions_of(db(), version)
    return {
        "version": version,
        "sheet": plan_table(plan),
        "competencies": competencies(db(), version),
        "criteria": criteria(db(), version),
        "versions": versions,
        "before": queries.approved_among(versions, version),
        "editable": may_edit(version),
        "found": readiness(db(), version, plan) if may_edit(version) else None,
        "returned": queries.last_return(db(), version) if version.state == "returned" else None,
        "corrected": corrections(db(), version),
        "groups": queries.groups_on(db(), version),
    }


@bp.get("/programmes/<int:version_id>/history")
@login_required
def history(version_id: int) -> ResponseReturnValue:
    """Lists all versions with their decisions, and the corrections of this one."""
    version = version_to_see(version_id)
    mine = [other for other in queries.versions_of(db(), version) if _shown(other, version)]
    return render_template(
        "programmes/history.html",
        version=version,
        versions=mine,
        names=queries.considered_by(db(), version),
        corrected=corrections(db(), version),
    )


def _shown(other: ProgrammeVersion, version: ProgrammeVersion) -> bool:
    """Returns whether the version is visible: the council does not see drafts that were not submitted."""
    from lms.core.auth.policy import allowed

    return other.id == version.id or allowed(actor(), "programme.see", other)


@bp.get("/programmes/<int:version_id>/differences")
@login_required
def compare(version_id: int) -> ResponseReturnValue:
    """Shows differences from another version: that of ``with``, else the approved one before it."""
    version = version_to_see(version_id)
    other = _other(version)
    found = difference_lines(differences_of(db(), other, version)) if other else []
    return render_template("programmes/differences.html", version=version, older=other, found=found)


def _other(version: ProgrammeVersion) -> ProgrammeVersion | None:
    asked = request.args.get("with", type=int)
    if asked is None:
        return queries.approved_before(db(), version)
    other = version_to_see(asked)
    if other.programme_id != version.programme_id:
        raise NotFound
    return other
