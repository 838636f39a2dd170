"""What platforms and their administrators ask: the one-time registration, Canvas' configuration, our mark."""

import structlog
from flask import current_app, g, jsonify, redirect, render_template, request
from flask.typing import ResponseReturnValue

from lms.composition import parts
from lms.http.launch_context import FRAMES, allow_ancestors
from lms.http.request_context import db, now
from lms.lti.connections import canvas as canvas_key
from lms.lti.connections import registration_links
from lms.lti.connections.registration import register as register_there
from lms.lti.errors import Refused
from lms.lti.messages.urls import origin_of
from lms.lti.models.platforms import Refusal
from lms.lti.platforms.setup_guides import next_step
from lms.lti.tool import tool_urls
from lms.web.platforms.base import bp

log = structlog.get_logger()
STATUS = {"registration_unknown": 404, "registration_used": 410, "registration_ended": 410}
LONGEST = 2000
LONGEST_TOKEN = 8000


@bp.get("/lti/register/<token>")
def register(token: str) -> ResponseReturnValue:
    """Register with the platform that opened its one-time address; the page tells what comes next there.

    The token is the authority, and only a platform adds ``openid_configuration``: previews of links change nothing.
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
    return _page("registered", platform=done.platform, already=done.already, next_there=next_step(done.platform.family))


def _refuse(refused: Refused) -> ResponseReturnValue:
    """A page in words, a line in the log, a row for the administrator."""
    db().rollback()
    log.warning("registration_refused", reason=refused.reason, detail=refused.detail, issuer=refused.issuer)
    if refused.reason != "registration_unknown":  # strangers who guess write nothing here
        _keep(refused)
    return _page("register_refused", message=refused.message), STATUS.get(refused.reason, 422)


def _keep(refused: Refused) -> None:
    """In a transaction of its own: that of an error answer is rolled back."""
    with parts().sessions.begin() as session:
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
    """What a Canvas developer key is made from."""
    return jsonify(canvas_key.configuration(tool_urls()))


@bp.get("/lti/icon.svg")
def tool_icon() -> ResponseReturnValue:
    """Our mark under an address that stays: platforms keep it for years."""
    return redirect(current_app.extensions["assets"].url("mark.svg"))
