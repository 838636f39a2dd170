"""Pages of the parts of an open version."""

import json
from dataclasses import replace
from typing import Any

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required

from courses.models.programmes import Competency, ProgrammeVersion
from courses.programmes import outcomes
from courses.programmes.errors import Overlapped
from courses.programmes.outcomes import CriterionRow
from courses.programmes.removed_parts import removed_parts
from courses.programmes.text_fields import edit_parts, texts_of
from courses.thematic_plan.model import new_lineage
from lms.core.errors import DomainError, Invalid, NotFound
from lms.core.i18n import _
from lms.http.input_values import parse_json
from lms.http.request_context import actor, db
from lms.web.programmes.forms import (
    AttestationForm,
    CompetencyForm,
    CompletionForm,
    ConditionsForm,
    NoteForm,
    PartForm,
    PassportForm,
)
from lms.web.programmes.routes.blueprint import bp, version_to_edit

PAGES: dict[str, type[PartForm]] = {
    "passport": PassportForm,
    "note": NoteForm,
    "conditions": ConditionsForm,
    "attestation": AttestationForm,
    "completion": CompletionForm,
}
SPARE_ROWS = 2
"""Number of empty rows at the end of the criteria table."""


@bp.route("/programmes/<int:version_id>/edit/<page>", methods=["GET", "POST"])
@login_required
def part(version_id: int, page: str) -> ResponseReturnValue:
    """Shows and saves a part; a conflict with another author's change is shown at the field."""
    version = version_to_edit(version_id)
    if not version.is_open:
        return redirect(url_for(".show", version_id=version.id), 303)
    if page == "outcomes":
        return _outcomes(version)
    if page not in PAGES:
        raise NotFound
    form = _form(version, page)
    rows = _criteria(version) if page == "attestation" else []
    if form.validate_on_submit() and _save(form, version, rows):
        flash(_("Saved."), "ok")
        return redirect(url_for(".part", version_id=version.id, page=page), 303)
    return render_template(
        f"programmes/part_{page}.html", version=version, page=page, form=form, rows=rows, **_table(version, page)
    ), 200 if form.is_clean else 422


def _outcomes(version: ProgrammeVersion) -> ResponseReturnValue:
    return render_template(
        "programmes/outcomes.html",
        version=version,
        page="outcomes",
        competencies=outcomes.competencies(db(), version),
        removed=removed_parts(db(), version, outcomes.COMPETENCY),
    )


def _form(version: ProgrammeVersion, page: str) -> PartForm:
    cls = PAGES[page]
    shown = texts_of(version, cls.plain)
    form = cls(data={**shown, "asks_rating": bool(shown.get("asks_rating")), "base": json.dumps(shown)})
    if isinstance(form, PassportForm):
        form.offer(version)
    return form


def _base(text: str | None) -> dict[str, Any]:
    try:
        found = parse_json(text or "{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _save(form: PartForm, version: ProgrammeVersion, rows: list[CriterionRow]) -> bool:
    with form.catching():
        try:
            edit_parts(db(), actor=actor(), version=version, typed=form.typed(), base=_base(form.base.data))
        except Overlapped as error:
            # Saving again then overwrites the other author's change knowingly.
            form.base.data = json.dumps({**_base(form.base.data), str(error.field): error.theirs})
            raise
        if isinstance(form, AttestationForm):
            _save_criteria(version, rows)
    return form.is_clean


# The criteria table


def _table(version: ProgrammeVersion, page: str) -> dict[str, Any]:
    """Returns values of the criteria table: the stored rows and the errors by cell."""
    if page != "attestation":
        return {}
    stored = [_tuple(outcomes.criterion_row(row)) for row in outcomes.criteria(db(), version)]
    return {"criteria_base": json.dumps(stored, ensure_ascii=False), "row_faults": g.get("row_faults", {})}


def _tuple(row: CriterionRow) -> tuple[str, ...]:
    return (row.name, row.indicator, row.max_points, row.min_points, row.lineage)


def _criteria(version: ProgrammeVersion) -> list[CriterionRow]:
    """Returns the typed or stored rows, followed by empty ones."""
    if request.method == "POST":
        return _typed_rows()
    stored = [outcomes.criterion_row(row) for row in outcomes.criteria(db(), version)]
    return [*stored, *(CriterionRow("", lineage=new_lineage()) for _spare in range(SPARE_ROWS))]


def _typed_rows() -> list[CriterionRow]:
    columns = [request.form.getlist(f"criterion_{name}") for name in ("name", "indicator", "max", "min", "lineage")]
    rows = [CriterionRow(*(text.strip().replace("\r\n", "\n") for text in row)) for row in zip(*columns, strict=False)]
    return [replace(row, max_points=_point(row.max_points), min_points=_point(row.min_points)) for row in rows]


def _point(text: str) -> str:
    """Returns the number with a decimal point, as in stored rows."""
    return text.replace(",", ".")


def _save_criteria(version: ProgrammeVersion, rows: list[CriterionRow]) -> None:
    try:
        base = [CriterionRow(*row) for row in parse_json(request.form.get("criteria_base") or "[]")]
    except (ValueError, TypeError):
        raise Invalid(_("This could not be read.")) from None
    try:
        outcomes.save_criteria(db(), actor=actor(), version=version, rows=rows, base=base)
    except Invalid as error:
        g.row_faults = {error.field: error.message}
        raise


# Competencies


@bp.route("/programmes/<int:version_id>/competencies/new", methods=["GET", "POST"])
@login_required
def new_competency(version_id: int) -> ResponseReturnValue:
    """Adds a competency."""
    return _competency_page(version_to_edit(version_id), None)


@bp.route("/programmes/<int:version_id>/competencies/<int:competency_id>", methods=["GET", "POST"])
@login_required
def competency(version_id: int, competency_id: int) -> ResponseReturnValue:
    """Shows and saves a competency with its descriptors."""
    version = version_to_edit(version_id)
    return _competency_page(version, outcomes.find_competency(db(), version, competency_id))


def _competency_page(version: ProgrammeVersion, row: Competency | None) -> ResponseReturnValue:
    if not version.is_open:
        return redirect(url_for(".show", version_id=version.id), 303)
    shown = outcomes.competency_text(row) if row else {}
    form = CompetencyForm(data={**shown, "base": json.dumps(shown), "lineage": new_lineage()})
    if form.validate_on_submit() and _save_competency(form, version, row):
        flash(_("Saved."), "ok")
        return redirect(url_for(".part", version_id=version.id, page="outcomes"), 303)
    return render_template(
        "programmes/competency.html", version=version, page="outcomes", form=form, competency=row
    ), 200 if form.is_clean else 422


def _save_competency(form: CompetencyForm, version: ProgrammeVersion, row: Competency | None) -> bool:
    typed = {name: form[name].data or "" for name in ("title", *outcomes.DESCRIPTOR_KINDS)}
    with form.catching():
        try:
            outcomes.save_competency(
                db(),
                actor=actor(),
                version=version,
                competency=row,
                typed=typed,
                base=_base(form.base.data),
                lineage=form.lineage.data,
            )
        except Overlapped as error:
            form.base.data = json.dumps({**_base(form.base.data), str(error.field): error.theirs})
            raise
    return form.is_clean


@bp.post("/programmes/<int:version_id>/competencies/<int:competency_id>/<deed>")
@login_required
def competency_deed(version_id: int, competency_id: int, deed: str) -> ResponseReturnValue:
    """Moves a competency up or down, or removes it."""
    version = version_to_edit(version_id)
    try:
        _do(version, competency_id, deed)
    except DomainError as error:
        if error.status in (403, 404):
            raise
        flash(error.message, "warn")
    return redirect(url_for(".part", version_id=version.id, page="outcomes"), 303)


@bp.post("/programmes/<int:version_id>/competencies/removed/<int:part_id>")
@login_required
def restore_competency(version_id: int, part_id: int) -> ResponseReturnValue:
    """Brings a deleted competency back; a second tab that does the same changes nothing."""
    version = version_to_edit(version_id)
    try:
        outcomes.restore_competency(db(), actor=actor(), version=version, part_id=part_id)
        flash(_("The competency is back."), "ok")
    except DomainError as error:
        if error.status in (403, 404):
            raise
        flash(error.message, "warn")
    return redirect(url_for(".part", version_id=version.id, page="outcomes"), 303)


def _do(version: ProgrammeVersion, competency_id: int, deed: str) -> None:
    if deed == "delete":
        outcomes.delete_competency(db(), actor=actor(), version=version, competency_id=competency_id)
    elif deed in ("up", "down"):
        outcomes.move_competency(db(), actor=actor(), version=version, competency_id=competency_id, up=deed == "up")
    else:
        raise NotFound
