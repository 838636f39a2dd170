"""Login initiation, launch, and pages for browsers that keep no cookies in frames."""

import uuid
from urllib.parse import urlencode

import structlog
from flask import abort, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from lms.http.caching import cached
from lms.http.cookies import is_secure
from lms.http.csrf import csrf
from lms.http.launch_access import open_in_launch
from lms.http.launch_context import (
    FRAMES,
    allow_ancestors,
    ended,
    is_from_ourselves,
    launch_number,
    living_launch,
    path_of,
    start_of,
    write_launch_cookie,
)
from lms.http.read_only import writes_on_get
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
from lms.web.lti.routes.blueprint import bp
from lms.web.lti.routes.login_cookies import (
    forget_secret,
    has_probe,
    keep_secret,
    keeps_cookies,
    kept_secret,
    set_probe,
)
from lms.web.lti.routes.refusals import shows_refusal

log = structlog.get_logger()

FOR_A_WINDOW = ("iss", "login_hint", "target_link_uri", "lti_message_hint", "client_id", "lti_deployment_id")
"""Parameters of a login that is repeated in a new window, without the platform's storage."""
LONGEST_QUERY = 3000
"""Characters: web servers accept about four thousand in a URL."""
FIVE_MINUTES = "public, max-age=300"


@bp.route("/lti/login", methods=["GET", "POST"])
@csrf.exempt
@shows_refusal
def login() -> ResponseReturnValue:
    """Handles a platform's login initiation: redirects to the platform, or first tests whether its frame keeps
    cookies.
    """
    begun = _begin()
    if keeps_cookies():
        return _to_platform(begun)
    answer = _to_check()
    set_probe(answer)
    return answer


@bp.route("/lti/login/check", methods=["GET", "POST"])
@csrf.exempt
@shows_refusal
def check() -> ResponseReturnValue:
    """Continues the login if the probe came back; otherwise uses the platform's storage or opens a window."""
    begun = _begin()
    if has_probe():
        return _to_platform(begun)
    allow_forms(origin_of(begun.authorization_url))
    again = {name: request.values[name] for name in FOR_A_WINDOW if name in request.values}
    return render_template("lti/cookies_blocked.html", embedded=True, begun=begun, again=again)


def _begin() -> StartedLogin:
    begun = start_login(db(), params=request.values.to_dict(), now=now())
    allow_ancestors(_origins(begun.platform))
    return begun


def _origins(platform: Platform) -> tuple[str, ...]:
    """Returns the origins that may show a login in a frame."""
    return origin_of(platform.authorization_endpoint), origin_of(platform.issuer)


def _to_platform(begun: StartedLogin) -> Response:
    answer = redirect(begun.authorization_url)
    keep_secret(answer, begun.cookie, begun.secret)
    set_probe(answer)
    return answer


def _to_check() -> Response:
    """Redirects with the same parameters, in the body (307) if they are too long for a URL."""
    query = urlencode(request.values.to_dict())
    if request.method == "POST" and len(query) > LONGEST_QUERY:
        return redirect(url_for(".check"), 307)
    return redirect(f"{url_for('.check')}?{query}", 303)


@bp.route("/lti/launch", methods=["GET", "POST"])
@csrf.exempt
@shows_refusal
def launch() -> ResponseReturnValue:
    """Handles the launch message, posted by the browser that has started the login."""
    if request.method == "GET":
        return _opened_directly()
    if "error" in request.form:
        raise platform_error(request.form["error"], request.form.get("error_description", ""))
    token = request.form.get("state", "")
    begun = state.decode_state(token, now=now())
    proof = kept_secret(begun.cookie) or _told_proof()
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
    """Returns the secret read from the platform's storage by our own page; empty if another site's form sent it.

    Otherwise an attacker could send their own token and secret through another person's browser, and have that person
    study, or link an account by its password, in the attacker's launch.
    """
    told = request.form.get("proof")
    return told if told is None or is_from_ourselves() else ""


def _ask_for_proof(begun: state.LoginState) -> ResponseReturnValue | None:
    """Renders the page that reads the secret from the platform's storage, or, over plain HTTP, repeats the form from
    our site.
    """
    platform = db().get(Platform, begun.platform_id)
    if platform is None:
        return None
    allow_ancestors(_origins(platform))
    if begun.storage_target and "proof" not in request.form:
        origin = origin_of(platform.authorization_endpoint)
        return render_template("lti/read_secret.html", embedded=True, state=begun, origin=origin, form=request.form)
    if not is_secure() and "again" not in request.form and request.headers.get("Sec-Fetch-Dest") not in FRAMES:
        return render_template("lti/resubmit.html", embedded=True, form=request.form)
    return None


def _into(accepted: acceptance.AcceptedLaunch, begun: state.LoginState) -> Response:
    """Redirects to the launch's destination, through ``enter`` if the browser may not keep cookies."""
    found = accepted.launch
    if kept_secret(begun.cookie) is not None:
        answer = redirect(start_of(found), 303)
    else:
        ticket = launch_sessions.create_ticket(found, now=now())
        answer = redirect(f"/in/{found.id}{url_for('lti.enter', ticket=ticket)}", 303)
    write_launch_cookie(answer, found.id, accepted.token, found.ends_at)
    known = found.session.account_id if found.session else None
    log.info("log_in", way="launch", account=known, platform=found.platform.id)
    forget_secret(answer, begun.cookie)
    return answer


@bp.get("/enter")
@open_in_launch(entry=True)
@writes_on_get("a click in the frame redeems its one-time ticket; only our own page can send it")
def enter() -> ResponseReturnValue:
    """Continues a launch whose cookie is kept; otherwise a click opens a window, which redeems the one-time ticket.

    Both the click and the page must come from our own site: a URL with a ticket sent to another person is useless.
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
    return render_template("lti/open_window.html", bare=True, ticket=ticket)


def _redeem(number: int, ticket: str) -> ResponseReturnValue:
    redeemed = launch_sessions.redeem_ticket(db(), number, ticket, now=now())
    if redeemed is None:
        return ended()
    found, token = redeemed
    answer = redirect(start_of(found), 303)
    write_launch_cookie(answer, number, token, found.ends_at)
    return answer


@bp.get("/lti/jwks.json", endpoint="keys")
@cached(FIVE_MINUTES)
def public_keys() -> ResponseReturnValue:
    """Returns the tool's public keys (JWKS)."""
    answer = jsonify(tool_keys.public_set(db(), now=now()))
    answer.headers["Access-Control-Allow-Origin"] = "*"
    return answer


@bp.get("/lti/open/<uuid:key>", endpoint="open")
def opened(key: uuid.UUID) -> ResponseReturnValue:
    """Tells a person who opens a link's target URL directly to open it from the course; reveals nothing about it."""
    return _opened_directly()


def _opened_directly() -> ResponseReturnValue:
    return render_template("lti/opened_outside_course.html", request_id="")
