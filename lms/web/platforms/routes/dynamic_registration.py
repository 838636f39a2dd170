"""Endpoints for platforms and their administrators: dynamic registration, Canvas configuration, icon."""

import structlog
from flask import current_app, g, jsonify, redirect, render_template, request
from flask.typing import ResponseReturnValue

from lms.composition import parts
from lms.http.launch_context import FRAMES, allow_ancestors
from lms.http.read_only import permitted_write, writes_on_get
from lms.http.request_context import db, now
from lms.lti.connections import canvas as canvas_key
from lms.lti.connections import registration_links
from lms.lti.connections.registration import register as register_there
from lms.lti.errors import Refused
from lms.lti.messages.urls import origin_of
from lms.lti.models.platforms import Refusal
from lms.lti.platforms.setup_guides import next_step
from lms.lti.tool import tool_urls
from lms.web.platforms.routes.blueprint import bp

log = structlog.get_logger()
STATUS = {"registration_unknown": 404, "registration_used": 410, "registration_ended": 410}
LONGEST = 2000
LONGEST_TOKEN = 8000


@bp.get("/lti/register/<token>")
@writes_on_get("a platform registers the tool by a GET: LTI Dynamic Registration 1.0 §3.3")
def register(token: str) -> ResponseReturnValue:
    """Registers the tool with the platform that opened its one-time address, and shows the next step.

    The token authorises the request, and only a platform adds ``openid_configuration``: link previews change nothing.
    """
    configuration = request.args.get("openid_configuration", "").strip()
    try:
        if not configuration:
            registration_links.demand_usable(registration_links.lock_link(db(), token), now())
            return _page("register_here")
        allow_ancestors([origin_of(configuration)])
        access = request.args.get("registration_token", "")[:LONGEST_TOKEN]
        done = register_there(db(), token=token, configuration=configuration, access=access, now=now())
    except Refused as refused:
        return _refuse(refused)
    log.info("platform_registered", platform=done.platform.id, already=done.already)
    return _page("registered", platform=done.platform, done=done, next_there=next_step(done.platform.family))


def _refuse(refused: Refused) -> ResponseReturnValue:
    """Renders the refusal, logs it and stores it for the administrator."""
    db().rollback()
    log.warning("registration_refused", reason=refused.reason, detail=refused.detail, issuer=refused.issuer)
    if refused.reason != "registration_unknown":  # strangers who guess write nothing here
        _keep(refused)
    return _page("register_refused", message=refused.message), STATUS.get(refused.reason, 422)


def _keep(refused: Refused) -> None:
    """Stores the refusal in its own transaction, because that of an error response is rolled back."""
    with permitted_write("a refused registration is told to the administrator"), parts().sessions.begin() as session:
        session.add(
            Refusal(
                platform_id=refused.platform_id if refused.reason != "registration_used" else None,
                reason=refused.reason,
                detail=refused.detail[:LONGEST],
                issuer=refused.issuer[:500],
                request_id=g.get("request_id"),
                seen_at=now(),
            )
        )


def _page(template: str, **values: object) -> str:
    framed = request.headers.get("Sec-Fetch-Dest") in FRAMES
    return render_template(f"platforms/{template}.html", embedded=framed, **values)


@bp.get("/lti/canvas.json")
def canvas() -> ResponseReturnValue:
    """Returns the configuration of a Canvas developer key."""
    return jsonify(canvas_key.configuration(tool_urls()))


@bp.get("/lti/icon.svg")
def tool_icon() -> ResponseReturnValue:
    """Redirects to the icon from a permanent URL, which platforms keep for years."""
    return redirect(current_app.extensions["assets"].url("mark.svg"))
