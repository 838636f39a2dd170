"""Public verification of certificates, by a form or a QR code. Shows no more about the person than the paper does."""

from datetime import date, timedelta

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from assessment.certificates import queries
from assessment.certificates.codes import CodeTypo, grouped, parse_code
from assessment.certificates.kinds import DocumentKind, kind_name
from lms.core.auth import throttle
from lms.core.auth.throttle import Limit
from lms.http.launch_access import open_in_launch
from lms.http.request_context import db, now

bp = Blueprint("verify", __name__, url_prefix="/verify")

BY_ADDRESS = Limit(30, timedelta(minutes=10))
"""Limit of unknown codes per IP address; codes that exist do not count."""


@bp.get("")
@open_in_launch
def index() -> ResponseReturnValue:
    """Shows the form; a typed code leads to its page."""
    typed = request.args.get("code", "").strip()
    if not typed:
        return render_template("verify/index.html", typed="", error=None)
    try:
        return redirect(url_for(".show", code=grouped(parse_code(typed))), 303)
    except CodeTypo as error:
        return render_template("verify/index.html", typed=typed[:100], error=error.message), 422


@bp.get("/<code>")
@open_in_launch
def show(code: str) -> ResponseReturnValue:
    """Shows valid, withdrawn or not found; unknown codes are counted and throttled."""
    try:
        kept = parse_code(code)
    except CodeTypo as error:
        _count()
        return render_template("verify/missing.html", code=code[:100], error=error.message), 404
    certificate = queries.by_code(db(), kept)
    if certificate is None:
        _count()
        return render_template("verify/missing.html", code=grouped(kept), error=None), 404
    kind = kind_name(DocumentKind(certificate.kind))
    instead = queries.successor(db(), certificate) if certificate.withdrawn_at else None
    facts = certificate.facts
    return render_template(
        "verify/show.html",
        certificate=certificate,
        kind=kind,
        instead=instead,
        facts=facts,
        started=date.fromisoformat(facts["started_on"]),
        finished=date.fromisoformat(facts["finished_on"]),
    )


def _count() -> None:
    key = f"verify:{throttle.network_of(request.remote_addr)}"
    throttle.count_try(db(), key, BY_ADDRESS, now=now(), code="certificate_code_throttled", field="code")
