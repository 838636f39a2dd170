"""Pages for the authors of a programme's materials: overview, a topic's list, the form of a material."""

import uuid
from collections.abc import Sequence

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required
from werkzeug.wrappers import Response

from assessment.self_checks.queries import shows_file
from courses.materials import operations, queries
from courses.models.materials import Material, MaterialRevision
from courses.models.programmes import Programme, ProgrammeVersion
from courses.progress.queries import PlanTopic, plan_topics
from lms.core.auth.policy import allowed
from lms.core.errors import NotFound
from lms.core.files.models import StoredFile
from lms.core.i18n import gettext as _
from lms.http.caching import REVALIDATED, cached
from lms.http.downloads import send_stored
from lms.http.launch_access import open_in_launch
from lms.http.request_context import actor, db, now
from lms.web.course.material_presenters import description, facts_of, kind_name
from lms.web.course.presenters import kind_icon
from lms.web.materials.forms import (
    MaterialForm,
    file_of,
    filled,
    limit_words,
    take_file,
    take_image,
    wants_only_the_picture,
)

bp = Blueprint("materials", __name__)


# Permissions


def version_of(version_id: int) -> ProgrammeVersion:
    """Returns the version if the actor may edit its programme's materials. Raises ``NotFound``."""
    version = db().get(ProgrammeVersion, version_id)
    if version is None or not allowed(actor(), "materials.edit", version.programme):
        raise NotFound
    return version


def topic_of(version: ProgrammeVersion, lineage: uuid.UUID) -> PlanTopic:
    """Returns a topic of the version. Raises ``NotFound``."""
    found = next((topic for topic in plan_topics(db(), version.id) if topic.lineage == lineage), None)
    if found is None:
        raise NotFound
    return found


def material_of(version: ProgrammeVersion, material_id: int) -> Material:
    """Returns a material of the version's programme, also a removed one. Raises ``NotFound``."""
    material = db().get(Material, material_id)
    if material is None or material.programme_id != version.programme_id:
        raise NotFound
    return material


def list_of(version: ProgrammeVersion, material: Material) -> Response:
    """Redirects to the list of the material's topic."""
    address = url_for("materials.topic", version_id=version.id, lineage=material.topic_lineage)
    return redirect(f"{address}#material-{material.id}", 303)


# Lists


@bp.get("/programmes/<int:version_id>/materials")
@open_in_launch
@login_required
def overview(version_id: int) -> ResponseReturnValue:
    """Lists every topic of the plan with its materials."""
    version = version_of(version_id)
    counts = queries.counts_by_topic(db(), version.programme_id)
    return render_template(
        "materials/overview.html",
        version=version,
        topics=plan_topics(db(), version.id),
        counts=counts,
        nothing=queries.NOTHING,
    )


@bp.get("/programmes/<int:version_id>/topics/<uuid:lineage>/materials")
@open_in_launch
@login_required
def topic(version_id: int, lineage: uuid.UUID) -> ResponseReturnValue:
    """Lists a topic's materials in order."""
    version = version_of(version_id)
    return render_template(
        "materials/topic.html",
        version=version,
        topic=topic_of(version, lineage),
        materials=queries.materials_of(db(), version.programme_id, lineage),
        removed=queries.removed_of(db(), version.programme_id, lineage),
        words_of=lambda material: description(facts_of(material)),
        kind_icon=kind_icon,
    )


# Forms


@bp.route(
    "/programmes/<int:version_id>/topics/<uuid:lineage>/materials/<any(page,file,link,video):kind>",
    methods=["GET", "POST"],
)
@open_in_launch
@login_required
def create(version_id: int, lineage: uuid.UUID, kind: str) -> ResponseReturnValue:
    """Creates a material of this kind."""
    version = version_of(version_id)
    inside = topic_of(version, lineage)
    form = MaterialForm(kind)
    kept = take_uploads(form, version.programme)
    stored = file_of(form, version.programme)
    if form.is_submitted() and not wants_only_the_picture() and is_valid(form):
        with form.catching():
            made = operations.add_material(
                db(),
                actor=actor(),
                programme=version.programme,
                topic_lineage=lineage,
                draft=form.draft(stored),
                now=now(),
            )
            flash(_("«%(title)s» was added.", title=made.title), "ok")
            return list_of(version, made)
    return form_page(form, version, inside, kept=kept, stored=stored)


@bp.route("/programmes/<int:version_id>/materials/<int:material_id>", methods=["GET", "POST"])
@open_in_launch
@login_required
def edit(version_id: int, material_id: int) -> ResponseReturnValue:
    """Changes a material; its earlier revisions are listed below."""
    version = version_of(version_id)
    material = material_of(version, material_id)
    inside = topic_of(version, material.topic_lineage)
    form = filled(material)
    kept = take_uploads(form, version.programme)
    stored = file_of(form, version.programme, material)
    if form.is_submitted() and not wants_only_the_picture() and is_valid(form):
        with form.catching():
            operations.change_material(
                db(), actor=actor(), material=material, draft=form.draft(stored), revision=form.began_with, now=now()
            )
            flash(_("Saved."), "ok")
            return list_of(version, material)
        db().refresh(material)
        form.revision.data = str(material.revision)
    return form_page(form, version, inside, kept=kept, stored=stored, material=material)


@bp.post("/programmes/<int:version_id>/materials/preview")
@open_in_launch
@login_required
def preview(version_id: int) -> ResponseReturnValue:
    """Returns the rendered text as a fragment of the page, during writing."""
    version_of(version_id)
    return render_template("materials/_preview.html", html=operations.render(request.form.get("body", "")))


@bp.get("/programmes/<int:version_id>/materials/<int:material_id>/revisions/<int:number>")
@open_in_launch
@login_required
def revision(version_id: int, material_id: int, number: int) -> ResponseReturnValue:
    """Shows an earlier revision of a material."""
    version = version_of(version_id)
    material = material_of(version, material_id)
    lines = queries.revisions_of(db(), material.id)
    found = next((line for line in lines if line.revision.number == number), None)
    if found is None:
        raise NotFound
    return render_template(
        "materials/revision.html",
        version=version,
        material=material,
        line=found,
        html=operations.render(found.revision.body),
        file=file_named(found.revision),
    )


# Order


@bp.post("/programmes/<int:version_id>/materials/<int:material_id>/move")
@open_in_launch
@login_required
def move(version_id: int, material_id: int) -> ResponseReturnValue:
    """Moves the material one place up or down."""
    version = version_of(version_id)
    material = material_of(version, material_id)
    by = -1 if request.form.get("by") == "up" else 1
    operations.step_material(db(), actor=actor(), material=material, by=by)
    return list_of(version, material)


@bp.post("/programmes/<int:version_id>/materials/<int:material_id>/remove")
@open_in_launch
@login_required
def remove(version_id: int, material_id: int) -> ResponseReturnValue:
    """Removes the material from the course; it can be restored."""
    version = version_of(version_id)
    material = material_of(version, material_id)
    operations.remove_material(db(), actor=actor(), material=material, now=now())
    flash(_("«%(title)s» was removed; it can be brought back below.", title=material.title), "ok")
    return list_of(version, material)


@bp.post("/programmes/<int:version_id>/materials/<int:material_id>/restore")
@open_in_launch
@login_required
def restore(version_id: int, material_id: int) -> ResponseReturnValue:
    """Restores a removed material at the end of its topic."""
    version = version_of(version_id)
    material = material_of(version, material_id)
    operations.restore_material(db(), actor=actor(), material=material)
    flash(_("«%(title)s» is back.", title=material.title), "ok")
    return list_of(version, material)


# Files


@bp.get("/materials/<int:material_id>/file")
@open_in_launch
@login_required
@cached(REVALIDATED)
def file(material_id: int) -> ResponseReturnValue:
    """Sends a material's file, for its editors and for people who may preview a version with its topic."""
    material = db().get(Material, material_id)
    programme = db().get(Programme, material.programme_id) if material else None
    if material is None or programme is None or material.file is None:
        raise NotFound
    if not may_preview(programme, queries.versions_with(db(), material)):
        raise NotFound
    return send_stored(material.file, inline="show" in request.args)


@bp.get("/images/<int:image_id>")
@open_in_launch
@login_required
@cached(REVALIDATED)
def image(image_id: int) -> ResponseReturnValue:
    """Sends a picture of a page, or a picture or sound of a question, for people who may read the page or study it."""
    found = queries.image_with_programme(db(), image_id)
    if found is None:
        raise NotFound
    picture, programme = found
    in_questions = shows_file(db(), picture)
    versions = queries.versions_of(db(), programme) if in_questions else queries.versions_showing(db(), picture)
    if not may_preview(programme, versions) and not queries.studies_any(db(), actor().person_id, versions):
        raise NotFound
    return send_stored(picture.file, inline=True)


def may_preview(programme: Programme, versions: Sequence[ProgrammeVersion]) -> bool:
    """Returns whether the actor edits the programme's materials, or may preview one of these versions."""
    acting = actor()
    return allowed(acting, "materials.edit", programme) or any(
        allowed(acting, "course.preview", version) for version in versions
    )


# Helpers


def take_uploads(form: MaterialForm, programme: Programme) -> bool:
    """Stores uploaded files and returns whether there were any."""
    if not form.is_submitted():
        return False
    taken = [take_file(form, programme), take_image(form, programme)]
    return any(taken)


def is_valid(form: MaterialForm) -> bool:
    """Returns whether the fields are valid; errors of an upload stay in the form."""
    found = {name: list(field.errors) for name, field in form._fields.items() if field.errors}
    valid = form.validate()
    for name, errors in found.items():
        form[name].errors = [*form[name].errors, *errors]
    return valid and not found


def form_page(
    form: MaterialForm,
    version: ProgrammeVersion,
    inside: PlanTopic,
    *,
    kept: bool,
    stored: StoredFile | None,
    material: Material | None = None,
) -> ResponseReturnValue:
    """Returns the form. Status 200 if an upload was stored, even with errors, so that the request commits."""
    body = render_template(
        "materials/form.html",
        form=form,
        version=version,
        topic=inside,
        material=material,
        kind=form.kind,
        kind_word=kind_name(form.kind),
        limits=limit_words(form.kind),
        stored=stored,
        html=operations.render(form.body.data or ""),
        revisions=queries.revisions_of(db(), material.id) if material else [],
    )
    return body, 200 if kept or form.is_clean else 422


def file_named(revision: MaterialRevision) -> StoredFile | None:
    """Returns the file of an earlier revision."""
    return db().get(StoredFile, revision.file_id) if revision.file_id else None
