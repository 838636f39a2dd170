"""Pages of certificates: a person's documents, a group's certificates, download and withdrawal."""

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required

from assessment.certificates import operations, queries
from assessment.certificates.archive import zip_stream
from assessment.certificates.codes import grouped
from assessment.certificates.kinds import DocumentKind, kind_name
from assessment.completion.queries import completion_of
from assessment.models.certificates import Certificate
from courses.models.groups import Cohort
from lms.core.auth.policy import fetch
from lms.core.errors import DomainError, NotFound
from lms.core.i18n import gettext as _
from lms.http.downloads import name_download, send_stored
from lms.http.launch_access import open_in_launch
from lms.http.request_context import actor, db, now
from lms.web.certificates.forms import WithdrawForm
from lms.web.certificates.presenters import progress_of

bp = Blueprint("certificates", __name__)


@bp.get("/certificates")
@open_in_launch
@login_required
def index() -> ResponseReturnValue:
    """Lists the own documents and, for current courses, the conditions that are still missing."""
    mine = [one for one in queries.of_person(db(), actor().person_id or 0) if actor().reaches(one.enrolment)]
    served = {certificate.enrolment_id for certificate in mine if certificate.withdrawn_at is None}
    open_ones = queries.enrolments_without(db(), actor().person_id or 0, served)
    waiting = [(one, completion_of(db(), one)) for one in open_ones if actor().reaches(one)]
    withdrawn = {certificate.enrolment_id for certificate in mine} - served
    valid = {one.enrolment_id: one for one in mine if one.withdrawn_at is None}
    values = {"certificates": mine, "waiting": waiting, "withdrawn": withdrawn, "valid": valid}
    return render_template("certificates/index.html", title_of=title_of, progress_of=progress_of, **values)


def title_of(certificate: Certificate) -> str:
    """Returns the title: «Certificate No. 2026-0001»."""
    kind = kind_name(DocumentKind(certificate.kind))
    return _("%(kind)s No. %(number)s", kind=kind, number=certificate.number_text)


@bp.get("/certificates/<int:certificate_id>.pdf")
@open_in_launch
@login_required
def download(certificate_id: int) -> ResponseReturnValue:
    """Sends the file that was stored on the day of issue."""
    certificate = fetch(db(), Certificate, certificate_id, actor=actor(), may="certificate.read")
    if certificate.file is None:
        raise NotFound(_("The paper is being typeset. Come back in a minute."))
    return send_stored(certificate.file)


@bp.get("/groups/<int:cohort_id>/certificates")
@open_in_launch
@login_required
def of_group(cohort_id: int) -> ResponseReturnValue:
    """Lists the group's certificates and the trainees without one."""
    cohort = fetch(db(), Cohort, cohort_id, actor=actor(), may="cohort.certificates")
    issued = queries.of_cohort(db(), cohort.id)
    withdrawn = queries.withdrawn_of_cohort(db(), cohort.id)
    served = {certificate.enrolment_id for certificate in (*issued, *withdrawn)}
    missing = [row for row in queries.enrolments_of(db(), cohort.id) if row.id not in served]
    values = {"cohort": cohort, "issued": issued, "withdrawn": withdrawn, "missing": missing}
    return render_template("certificates/group.html", title_of=title_of, **values)


@bp.get("/groups/<int:cohort_id>/certificates.zip")
@open_in_launch
@login_required
def archive(cohort_id: int) -> ResponseReturnValue:
    """Streams all certificates of the group as one archive."""
    cohort = fetch(db(), Cohort, cohort_id, actor=actor(), may="cohort.certificates")
    issued = [certificate for certificate in queries.of_cohort(db(), cohort.id) if certificate.file]
    if not issued:
        raise NotFound(_("No certificate has been issued in this group yet."))
    response = Response(zip_stream(issued), mimetype="application/zip")
    name_download(response, f"certificates-{cohort.id}.zip")
    return response


@bp.route("/certificates/<int:certificate_id>/withdraw", methods=["GET", "POST"])
@open_in_launch
@login_required
def withdraw(certificate_id: int) -> ResponseReturnValue:
    """Withdraws a certificate with a reason; the second button issues another one in its place."""
    certificate = to_withdraw(certificate_id)
    form = WithdrawForm()
    if form.validate_on_submit():
        reason, again = form.reason.data or "", "reissue" in request.form
        with form.catching():
            operations.withdraw(db(), certificate, actor=actor(), reason=reason, now=now(), reissue=again)
        if form.is_clean:
            flash(issued_again() if again else _("Withdrawn. The verification page says so from now on."), "ok")
            return redirect(url_for(".of_group", cohort_id=certificate.enrolment.cohort_id), 303)
    page = render_template("certificates/withdraw.html", certificate=certificate, form=form, title_of=title_of)
    return page, 422 if form.errors else 200


@bp.post("/certificates/<int:certificate_id>/issue-again")
@open_in_launch
@login_required
def issue_again(certificate_id: int) -> ResponseReturnValue:
    """Issues another certificate in place of a withdrawn one."""
    certificate = to_withdraw(certificate_id)
    try:
        operations.issue_again(db(), certificate, actor=actor())
        flash(issued_again(), "ok")
    except DomainError as error:
        flash(error.message, "warn")
    return redirect(url_for(".of_group", cohort_id=certificate.enrolment.cohort_id), 303)


def to_withdraw(certificate_id: int) -> Certificate:
    """Returns the certificate if the actor may withdraw it."""
    return fetch(db(), Certificate, certificate_id, actor=actor(), may="certificate.withdraw", see="certificate.read")


def issued_again() -> str:
    """Returns the message after a new certificate was ordered."""
    return _("The certificate is withdrawn. Another one is being issued under the next number.")


@bp.app_template_filter("grouped_code")
def grouped_code(code: str) -> str:
    """Returns the code in groups, as it is printed."""
    return grouped(code)
