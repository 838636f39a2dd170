"""The administrator's home page and pages of operation: outbox, failed jobs, audit log, texts, authorities."""

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from lms.composition import parts
from lms.core import audit
from lms.core.audit_queries import PAGE, entries
from lms.core.disk import space_of
from lms.core.i18n import gettext as _
from lms.core.i18n import ngettext
from lms.core.jobs import queries as jobs
from lms.core.jobs.models import Job
from lms.core.jobs.running import retry
from lms.core.mail.delivery import is_configured
from lms.core.mail.models import Message
from lms.core.mail.operations import outbox
from lms.core.people import consent
from lms.core.people.queries import counts as count_people
from lms.http.request_context import actor, db, now
from lms.lti.connections.queries import counts as count_platforms
from lms.registry import operations as registry
from lms.registry.models import Authority
from lms.registry.queries import authorities, counts
from lms.web.admin.forms import AuthorityForm, ConsentTextForm
from lms.web.admin.presenters import log_rows
from lms.web.admin.routes.blueprint import bp, get, show
from lms.web.shell.time_zones import zone_choices

LETTERS = 30


@bp.get("")
def index() -> ResponseReturnValue:
    """Shows what needs the administrator's attention, with links."""
    return show(
        "index",
        dead=jobs.count_failed(db()),
        waiting=jobs.waiting_by_kind(db()),
        mail=is_configured(),
        people=count_people(db()),
        counts=counts(db()),
        authorities=authorities(db(), actor()),
        platforms=count_platforms(db()),
        document=consent.current_document(db()),
        latest=log_rows(db(), entries(db())[:8]),
        space=space_of(parts().settings.data.resolve()),
    )


@bp.get("/outbox")
def messages() -> ResponseReturnValue:
    """Lists all messages, the latest first."""
    query, page = request.args.get("q", ""), request.args.get("page", 1, int)
    rows = outbox(db(), query=query, page=page, size=LETTERS)
    return show("outbox", rows=rows, query=query, page=page, more=len(rows) == LETTERS, mail=is_configured())


@bp.get("/outbox/<int:message_id>")
def message(message_id: int) -> ResponseReturnValue:
    """Shows one message."""
    return show("message", message=get(Message, message_id), mail=is_configured())


@bp.get("/jobs")
def dead_letters() -> ResponseReturnValue:
    """Lists the jobs whose last attempt failed, with the error."""
    return show("jobs", dead=jobs.failed_jobs(db()), waiting=jobs.waiting_by_kind(db()))


@bp.post("/jobs/<int:job_id>/retry")
def retry_job(job_id: int) -> ResponseReturnValue:
    """Lets one failed job run again."""
    _retry(get(Job, job_id))
    flash(_("The work will be tried again."), "ok")
    return redirect(url_for(".dead_letters"))


@bp.post("/jobs/retry-all")
def retry_all() -> ResponseReturnValue:
    """Lets all failed jobs run again."""
    dead = jobs.failed_jobs(db())
    for job in dead:
        _retry(job)
    flash(ngettext("%(num)s job will be tried again.", "%(num)s jobs will be tried again.", len(dead)), "ok")
    return redirect(url_for(".dead_letters"))


def _retry(job: Job) -> None:
    if job.state != "dead":
        return
    retry(db(), job, now=now())
    audit.record(db(), actor(), "job.retry", job, kind=job.kind, subject_id=job.subject_id)


@bp.get("/audit")
def audit_log() -> ResponseReturnValue:
    """Lists the audit entries as sentences: who did what, when, to what, where."""
    chosen = {name: request.args.get(name, "") for name in ("action", "who", "object_type")}
    key, before = request.args.get("object_id", 0, int), request.args.get("before", 0, int)
    rows = entries(db(), before=before, object_id=key, **chosen)
    more = rows[-1].row.id if len(rows) == PAGE else 0
    return show("audit", rows=log_rows(db(), rows), chosen=chosen | {"object_id": key or ""}, more=more)


@bp.route("/consent", methods=["GET", "POST"])
def consent_text() -> ResponseReturnValue:
    """Publishes a new version of the text of consent; everybody is asked again."""
    document = consent.current_document(db())
    form = ConsentTextForm(obj=document)
    if form.validate_on_submit():
        with form.catching():
            consent.publish(db(), actor=actor(), text_ru=form.text_ru.data, text_en=form.text_en.data)
            flash(_("The new version is in force: everybody is asked to consent to it."), "ok")
            return redirect(url_for(".index"))
    return show("consent_text", form, form=form, document=document)


@bp.route("/authorities/new", methods=["GET", "POST"])
def new_authority() -> ResponseReturnValue:
    """Creates an authority with the usual directions."""
    form = AuthorityForm(time_zone="Asia/Novokuznetsk")
    form.time_zone.choices = zone_choices()
    if form.validate_on_submit():
        with form.catching():
            made = registry.create_authority(
                db(), actor=actor(), name=form.name.data, locality=form.locality.data, time_zone=form.time_zone.data
            )
            return redirect(url_for("registry.authority", authority_id=made.id))
    return show("authority_form", form, form=form, authority=None)


@bp.route("/authorities/<int:authority_id>", methods=["GET", "POST"])
def edit_authority(authority_id: int) -> ResponseReturnValue:
    """Changes name, locality and time zone of an authority."""
    row = get(Authority, authority_id)
    form = AuthorityForm(obj=row)
    form.time_zone.choices = zone_choices(row.time_zone)
    if form.validate_on_submit():
        with form.catching():
            registry.update_authority(
                db(),
                actor=actor(),
                authority=row,
                name=form.name.data,
                locality=form.locality.data,
                time_zone=form.time_zone.data,
            )
            flash(_("Saved."), "ok")
            return redirect(url_for("registry.authority", authority_id=row.id))
    return show("authority_form", form, form=form, authority=row)
