"""The way in from a platform: its login, the launch, the pages for browsers that keep no cookies in frames."""

import uuid
from urllib.parse import urlencode

from flask import Blueprint, abort, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from lms.http.csrf import csrf
from lms.http.launch_access import open_in_launch
from lms.http.launch_context import (
    FRAMES,
    allow_ancestors,
    ended,
    is_from_ourselves,
    is_secure,
    launch_number,
    living_launch,
    path_of,
    start_of,
    write_launch_cookie,
)
from lms.http.request_context import db, now
from lms.http.security_headers import allow_forms
from lms.lti.launches import acceptance, launch_sessions
from lms.lti.launches.oidc_login import StartedLogin, start_login
from lms.lti.messages import state
from lms.lti.messages.refusals import platform_error
from lms.lti.messages.urls import origin_of
from lms.lti.models.launches import Launch
from lms.lti.models.platforms import Platform
from lms.lti.trust import tool_keys
from lms.web.lti.cookies import forget_secret, has_probe, keep_secret, keeps_cookies, set_probe
from lms.web.lti.refusing import telling

bp = Blueprint("lti", __name__)

FOR_A_WINDOW = ("iss", "login_hint", "target_link_uri", "lti_message_hint", "client_id", "lti_deployment_id")
"""Parameters of a login that begins anew in a window of its own (where no platform's storage is needed)."""
LONGEST_QUERY = 3000
"""Characters: web servers take some four thousand in an address."""
FIVE_MINUTES = "public, max-age=300"


@bp.route("/lti/login", methods=["GET", "POST"])
@csrf.exempt
@telling
def login() -> ResponseReturnValue:
    """A platform begins: straight on to it, or first a look whether its frame lets us keep cookies."""
    begun = _begin()
    if keeps_cookies():
        return _to_platform(begun)
    answer = _to_check()
    set_probe(answer)
    return answer


@bp.route("/lti/login/check", methods=["GET", "POST"])
@csrf.exempt
@telling
def check() -> ResponseReturnValue:
    """Cookies came back: on to the platform. Else the platform keeps the login's secret, or a window is opened."""
    begun = _begin()
    if has_probe():
        return _to_platform(begun)
    allow_forms(origin_of(begun.authorization_url))
    again = {name: request.values[name] for name in FOR_A_WINDOW if name in request.values}
    return render_template("lti/way_in.html", embedded=True, begun=begun, again=again)


def _begin() -> StartedLogin:
    begun = start_login(db(), params=request.values.to_dict(), now=now())
    allow_ancestors(_origins(begun.platform))
    return begun


def _origins(platform: Platform) -> tuple[str, ...]:
    """Whose pages may show a login in a frame."""
    return origin_of(platform.authorization_endpoint), origin_of(platform.issuer)


def _to_platform(begun: StartedLogin) -> Response:
    answer = redirect(begun.authorization_url)
    keep_secret(answer, begun.cookie, begun.secret)
    set_probe(answer)
    return answer


def _to_check() -> Response:
    """With the same parameters; in a form's body (307) when they are too long for an address."""
    query = urlencode(request.values.to_dict())
    if request.method == "POST" and len(query) > LONGEST_QUERY:
        return redirect(url_for(".check"), 307)
    return redirect(f"{url_for('.check')}?{query}", 303)


@bp.route("/lti/launch", methods=["GET", "POST"])
@csrf.exempt
@telling
def launch() -> ResponseReturnValue:
    """The platform's token comes back by the person's browser: who proves to have begun the login goes in."""
    if request.method == "GET":
        return _opened_directly()
    if "error" in request.form:
        raise platform_error(request.form["error"], request.form.get("error_description", ""))
    token = request.form.get("state", "")
    begun = state.decode_state(token, now=now())
    proof = request.cookies.get(begun.cookie) or _told_proof()
    if not proof and (page := _ask_for_proof(begun)):
        return page
    accepted = acceptance.accept(
        db(),
        id_token=request.form.get("id_token", ""),
        state=token,
        proof=proof,
        agent=request.user_agent.string,
        address=request.remote_addr or "",
        now=now(),
        path_of=path_of,
    )
    return _into(accepted, begun)


def _told_proof() -> str | None:
    """The secret that our own page had from the platform's storage; none for one that another site's form brings.

    Else whoever launched could send their token and secret by somebody else's browser, and have that person study, or
    tie an account by its password, in a launch that is not theirs.
    """
    told = request.form.get("proof")
    return told if told is None or is_from_ourselves() else ""


def _ask_for_proof(begun: state.LoginState) -> ResponseReturnValue | None:
    """The secret lies in the platform's storage; or, over plain HTTP, is not sent with another site's form."""
    platform = db().get(Platform, begun.platform_id)
    if platform is None:
        return None
    allow_ancestors(_origins(platform))
    if begun.storage_target and "proof" not in request.form:
        origin = origin_of(platform.authorization_endpoint)
        return render_template("lti/fetch.html", embedded=True, state=begun, origin=origin, form=request.form)
    if not is_secure() and "again" not in request.form and request.headers.get("Sec-Fetch-Dest") not in FRAMES:
        return render_template("lti/again.html", embedded=True, form=request.form)
    return None


def _into(accepted: acceptance.AcceptedLaunch, begun: state.LoginState) -> Response:
    """To what was opened; by the way of ``enter`` where cookies may not hold."""
    found = accepted.launch
    if begun.cookie in request.cookies:
        answer = redirect(start_of(found), 303)
    else:
        ticket = launch_sessions.create_ticket(found, now=now())
        answer = redirect(f"/in/{found.id}{url_for('lti.enter', ticket=ticket)}", 303)
    write_launch_cookie(answer, found.id, accepted.token, found.ends_at)
    forget_secret(answer, begun.cookie)
    return answer


@bp.get("/enter")
@open_in_launch(entry=True)
def enter() -> ResponseReturnValue:
    """Inside a launch: on, when its cookie holds; else by one click in a window, where the ticket is good for once.

    The click is on our own page, and so is the way to that page: an address with a ticket that was sent to somebody
    else leads nowhere.
    """
    number = launch_number()
    if number is None:
        abort(404)
    if found := living_launch():
        return redirect(start_of(found), 303)
    ticket = request.args.get("ticket", "")
    if not is_from_ourselves() or not launch_sessions.is_ticket_of(number, ticket):
        return ended()
    if "window" in request.args:
        return _redeem(number, ticket)
    known = db().get(Launch, number)
    allow_ancestors(known.origins if known else ())
    return render_template("lti/enter.html", bare=True, ticket=ticket)


def _redeem(number: int, ticket: str) -> ResponseReturnValue:
    redeemed = launch_sessions.redeem_ticket(db(), number, ticket, now=now())
    if redeemed is None:
        return ended()
    found, token = redeemed
    answer = redirect(start_of(found), 303)
    write_launch_cookie(answer, number, token, found.ends_at)
    return answer


@bp.get("/lti/jwks.json", endpoint="keys")
def public_keys() -> ResponseReturnValue:
    """Our public keys, for platforms."""
    answer = jsonify(tool_keys.public_set(db(), now=now()))
    answer.headers["Cache-Control"] = FIVE_MINUTES
    answer.headers["Access-Control-Allow-Origin"] = "*"
    return answer


@bp.get("/lti/open/<uuid:key>", endpoint="open")
def opened(key: uuid.UUID) -> ResponseReturnValue:
    """A link's target address, opened by hand: it is opened from the platform's course. Says nothing of what it is."""
    return _opened_directly()


def _opened_directly() -> ResponseReturnValue:
    return render_template("lti/opened.html", request_id="")
