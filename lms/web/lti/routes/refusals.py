"""Refused launches: a page for the person, a log line and a stored row for the administrator."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

import structlog
from flask import g, render_template, request
from flask.typing import ResponseReturnValue

from lms.composition import parts
from lms.http.read_only import permitted_write
from lms.http.request_context import now
from lms.lti.connections.refusal_limits import is_limit_reached
from lms.lti.errors import Refused
from lms.lti.launches.acceptance import record_deployment
from lms.lti.models.platforms import Platform, Refusal
from lms.web.shell.launch_navigation import with_message

log = structlog.get_logger()
Given = ParamSpec("Given")


def shows_refusal(view: Callable[Given, ResponseReturnValue]) -> Callable[Given, ResponseReturnValue]:
    """Decorates a view: rolls a refused launch back and shows the refusal page."""

    @wraps(view)
    def guarded(*args: Given.args, **kwargs: Given.kwargs) -> ResponseReturnValue:
        try:
            return view(*args, **kwargs)
        except Refused as refusal:
            return show_refusal(refusal)

    return guarded


def show_refusal(refusal: Refused) -> ResponseReturnValue:
    """Logs and stores the refusal and renders its page."""
    if "db" in g:
        g.db.rollback()
    issuer = _clean(refusal.issuer or _given("iss"), 500)
    client_id = _clean(refusal.client_id or _given("client_id"), 255)
    log.warning("launch_refused", reason=refusal.reason, detail=refusal.detail, issuer=issuer, client_id=client_id)
    _keep(refusal, issuer, client_id)
    g.setdefault("frame_ancestors", "*")  # whose page it stands in may be unknown, and nothing on it does anything
    back = with_message(refusal.return_url or "", error=refusal.message)
    return render_template("lti/refused.html", embedded=True, refusal=refusal, back=back), refusal.status


def _given(name: str) -> str:
    return request.values.get(name, "")[:500]


def _clean(text: str, longest: int) -> str:
    """Returns text that the database accepts."""
    return text.replace("\x00", "\ufffd")[:longest]


def _keep(refusal: Refused, issuer: str, client_id: str) -> None:
    """Stores the refusal in its own transaction, because the request's is rolled back; limited per minute."""
    with permitted_write("a refused launch is told to the administrator"), parts().sessions.begin() as session:
        known = refusal.platform_id if refusal.platform_id and session.get(Platform, refusal.platform_id) else None
        if known and refusal.reason == "deployment" and refusal.deployment_id:
            record_deployment(session, platform_id=known, deployment_id=refusal.deployment_id)
        if is_limit_reached(session, known, now=now()):
            return
        session.add(
            Refusal(
                platform_id=known,
                reason=refusal.reason[:40],
                detail=_clean(refusal.detail, 2000),
                issuer=issuer,
                client_id=client_id,
                request_id=g.get("request_id"),
                seen_at=now(),
            )
        )
