"""A small strict LTI 1.3 platform over TLS: what the tool sends is checked to the letter, and everything is recorded.

- The fixture ``platform`` is one, started, not registered; ``registered(session, platform)`` writes it into our tables.
- ``platform.launch(client, platform.course.learner)`` does all four steps and returns the answer to the last;
  ``platform.launch_form(client, user, link)`` stops before it and returns ``{"id_token", "state"}``.
- Changes: ``claims={"roles": [], "nonce": None}``, ``header={"kid": "x"}``, ``key=stranger()``, ``login={"iss": "…"}``.
- ``platform.deep_link(client, user)`` launches to choose; ``platform.take_deep_link(jwt)`` verifies and adds the links.
- ``platform.fail("scores", status=503, times=3)``, ``delay=…``, ``body="no JSON"``, ``location="http://…"``.
- ``platform.received_at("scores")`` what came, ``platform.complaints`` what was wrong with it (should be empty).
"""

import itertools
import json
import secrets
import ssl
import time
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol
from urllib.parse import parse_qsl, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from flask import Flask, Response, request
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.exceptions import HTTPException
from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.test import TestResponse

from lms.core.clock import utc_now
from lms.lti.models.platforms import Deployment, Platform
from tests.support.platform import grades, pages, registration, roster
from tests.support.platform.certificates import Certificates
from tests.support.platform.course import PlatformLink, Somebody, a_course
from tests.support.platform.messages import SHORT, changed, deep_linking_claims, launch_claims
from tests.support.platform.tokens import KeyRing, read_token, stranger
from tests.support.platform.wire import Complaint, Failure, Received, Wire, answer_json, demand
from tests.support.serving import served
from tests.support.wrong_launches import Fault

PATHS = {
    "auth": "/mod/lti/auth.php",
    "token": "/mod/lti/token.php",
    "keys": "/mod/lti/certs.php",
    "openid-configuration": "/mod/lti/openid-configuration.php",
    "registration": "/mod/lti/openid-registration.php",
    "deep-linking-return": "/mod/lti/contentitem_return.php",
    "return": "/mod/lti/return.php",
    "line_items": "/mod/lti/services.php/<course_id>/lineitems",
    "line_item": "/mod/lti/services.php/<course_id>/lineitems/<number>/lineitem",
    "scores": "/mod/lti/services.php/<course_id>/lineitems/<number>/lineitem/scores",
    "results": "/mod/lti/services.php/<course_id>/lineitems/<number>/lineitem/results",
    "members": "/mod/lti/services.php/CourseSection/<course_id>/bindings/1/memberships",
}
ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
TOKEN_LIFE = 3600
Claims = dict[str, Any] | Callable[[dict[str, Any]], dict[str, Any]]
"""Changes of valid claims, or a function that makes them."""
_numbers = itertools.count(1)


@dataclass(slots=True)
class Tool:
    """The tool as the platform knows it."""

    address: str
    login: str
    redirects: tuple[str, ...]
    target: str
    keys_url: str

    @classmethod
    def at(cls, address: str) -> "Tool":
        """Returns the tool as set up by hand."""
        return cls(
            address,
            f"{address}/lti/login",
            (f"{address}/lti/launch",),
            f"{address}/lti/launch",
            f"{address}/lti/jwks.json",
        )

    def take(self, told: dict[str, Any]) -> None:
        """Returns the tool from dynamic registration."""
        self.login, self.redirects = told["initiate_login_uri"], tuple(told["redirect_uris"])
        self.target, self.keys_url = told[registration.TOOL]["target_link_uri"], told["jwks_uri"]


@dataclass(slots=True)
class Begun:
    """A started launch, kept until the authorization endpoint is called."""

    user: Somebody
    link: PlatformLink | None
    """None: deep linking."""
    claims: Claims = field(default_factory=dict)
    header: dict[str, Any] = field(default_factory=dict)
    key: rsa.RSAPrivateKey | None = None
    used: bool = False


@dataclass(frozen=True, slots=True)
class Granted:
    """An access token."""

    scopes: frozenset[str]
    until: float


class StrictPlatform(Wire):
    """See the module. ``tool`` is the tool's address; ``tool_keys`` its JWKS or what returns it (none: fetched)."""

    def __init__(self, certificates: Certificates, *, tool: str = "http://localhost", host: str = "localhost") -> None:
        super().__init__()
        number = next(_numbers)
        self.certificates, self.host, self.family = certificates, host, "moodle"
        self.keys = KeyRing(f"platform{number}")
        self.client_id, self.deployment = f"client-{number}", "1"
        self.tool = Tool.at(tool)
        self.tool_keys: dict[str, Any] | Callable[[], dict[str, Any]] | None = None
        self.asks_for_keys = False
        """The tool is a running server of its own, whose secret the test does not know: its keys are fetched."""
        self.course = a_course()
        self.grade_scopes: tuple[str, ...] = grades.SCOPES
        self.granted_scopes: tuple[str, ...] = (*grades.SCOPES, roster.SCOPE)
        self.token_audience: str | None = None
        self.page_size = 50
        self.deep_linking_data: str | None = "a tool returns this as it came"
        self.begun: dict[str, Begun] = {}
        self.used_nonces: set[str] = set()
        self.used_assertions: set[str] = set()
        self.access_tokens: dict[str, Granted] = {}
        self.registration_tokens: list[str] = []
        self.registrations: list[dict[str, Any]] = []
        self.registered_scopes: tuple[str, ...] = ()
        self.tells_deployment = True
        self.updates_tool = False
        """Its administrator answers «Update», as Moodle asks for a tool of a known domain: the client id stays."""
        self.deep_links: list[dict[str, Any]] = []
        self.returned: list[dict[str, str]] = []
        self._server = make_server(
            "127.0.0.1", 0, self._app(), threaded=True, request_handler=Quiet, ssl_context=certificates.server_context()
        )
        # In the request's own thread: a browser that connects ahead and says nothing would hold up everybody else.
        self._server.socket.do_handshake_on_connect = False
        self.address = f"https://{host}:{self._server.server_port}"
        self.issuer = self.address
        self._serving = served(self._server)

    def __enter__(self) -> "StrictPlatform":
        self._serving.__enter__()
        return self

    def __exit__(self, *_error: object) -> None:
        self._serving.__exit__(None, None, None)

    # Addresses

    def url(self, endpoint: str, **values: str) -> str:
        path = PATHS[endpoint]
        for name, value in values.items():
            path = path.replace(f"<{name}>", value)
        return self.address + path

    def service_url(self, endpoint: str, **values: str) -> str:
        """Returns the URL with the query that must be kept."""
        return self.url(endpoint, course_id=self.course.id, **values) + "?type_id=1"

    def line_item_url(self, number: str) -> str:
        return self.service_url("line_item", number=number)

    def page(self, name: str, user: Somebody, **values: str) -> str:
        """Returns the URL of a page for a browser; see ``pages``."""
        return pages.page_url(self, name, user, **values)

    def target_of(self, link: PlatformLink) -> str:
        return link.target or self.tool.target

    # What was received

    def fail(self, endpoint: str, **how: Any) -> None:
        """Makes the endpoint fail ``times`` times; see ``wire.Failure``."""
        self.failures[endpoint].append(Failure(**how))

    def received_at(self, endpoint: str) -> list[Received]:
        return [one for one in self.received if one.endpoint == endpoint]

    def score_of(self, link: PlatformLink, user: Somebody) -> dict[str, Any] | None:
        """Returns the user's last score in the link's line item."""
        found = self.course.scores.get((link.line_item or "", user.subject or ""))
        return found[-1] if found else None

    # Launches

    def login_parameters(
        self,
        user: Somebody,
        link: PlatformLink | None,
        *,
        claims: Claims | None = None,
        header: dict[str, Any] | None = None,
        key: rsa.RSAPrivateKey | None = None,
        login: dict[str, Any] | None = None,
    ) -> dict[str, str]:
        """Returns the parameters of the login initiation (step 1); ``login`` changes them, None leaves one out."""
        hint = f"message-{next(_numbers)}"
        self.begun[hint] = Begun(user, link, claims or {}, header or {}, key)
        told = {
            "iss": self.issuer,
            "login_hint": user.login_hint,
            "target_link_uri": self.target_of(link) if link else self.tool.target,
            "lti_message_hint": hint,
            "client_id": self.client_id,
            "lti_deployment_id": self.deployment,
        }
        return {name: value for name, value in (told | (login or {})).items() if value is not None}

    def begin(self, client: FlaskClient, user: Somebody, link: PlatformLink | None, **changes: Any) -> str:
        """Does steps 1 and 2; returns the authorization URL."""
        told = self.login_parameters(user, link, **changes)
        answer = client.post(urlsplit(self.tool.login).path, data=told, base_url=self.tool.address)
        assert answer.status_code in (302, 303), f"{answer.status}: {answer.text}"
        return str(answer.location)

    def launch_form(
        self, client: FlaskClient, user: Somebody, link: PlatformLink | None = None, **changes: Any
    ) -> dict[str, str]:
        """Does steps 1 to 3; returns the form posted to the tool."""
        where = self.begin(client, user, link or self.course.links[0], **changes)
        return self._authorized(where)

    def launch(
        self, client: FlaskClient, user: Somebody, link: PlatformLink | None = None, **changes: Any
    ) -> TestResponse:
        """Does all four steps; returns the last answer, without following redirects."""
        return self.post_launch(client, self.launch_form(client, user, link, **changes))

    def launch_wrong(self, client: FlaskClient, user: Somebody, link: PlatformLink, fault: Fault) -> TestResponse:
        """Does all four steps with this one fault."""
        key = stranger() if fault.stranger else None
        form = self.launch_form(client, user, link, claims=fault.changes, header=fault.header, key=key)
        return self.post_launch(client, form | {"id_token": fault.spoil(form["id_token"])})

    def post_launch(self, client: FlaskClient, form: dict[str, str]) -> TestResponse:
        """Does step 4."""
        return client.post(urlsplit(self.tool.redirects[0]).path, data=form, base_url=self.tool.address)

    def deep_link(self, client: FlaskClient, user: Somebody, **changes: Any) -> TestResponse:
        """Does a deep linking launch; returns the last answer."""
        return self.post_launch(client, self._authorized(self.begin(client, user, None, **changes)))

    def _authorized(self, where: str) -> dict[str, str]:
        assert where.startswith(self.url("auth") + "?"), where
        _redirect, form = self.authorize(dict(parse_qsl(urlsplit(where).query, keep_blank_values=True)))
        return form

    def authorize(self, told: dict[str, str]) -> tuple[str, dict[str, str]]:
        """Does step 3: checks the authentication request strictly; returns the form's action and fields."""
        wanted = {"scope": "openid", "response_type": "id_token", "response_mode": "form_post", "prompt": "none"}
        for name, value in (wanted | {"client_id": self.client_id}).items():
            demand(told.get(name) == value, 400, f"{name} is {told.get(name)!r}, not {value!r}")
        demand(told.get("redirect_uri") in self.tool.redirects, 400, f"redirect_uri {told.get('redirect_uri')!r}")
        for name in ("state", "nonce"):
            demand(told.get(name), 400, f"{name} is missing")
        begun = self.begun.get(told.get("lti_message_hint", ""))
        demand(begun is not None, 400, f"lti_message_hint {told.get('lti_message_hint')!r}")
        assert begun is not None
        demand(not begun.used, 400, "this lti_message_hint was used already")
        demand(told.get("login_hint") == begun.user.login_hint, 400, f"login_hint {told.get('login_hint')!r}")
        demand(told["nonce"] not in self.used_nonces, 400, "the nonce was used already")
        begun.used = True
        self.used_nonces.add(told["nonce"])
        return told["redirect_uri"], {"id_token": self.id_token(begun, told["nonce"]), "state": told["state"]}

    def id_token(self, begun: Begun, nonce: str) -> str:
        if begun.link is None:
            claims = deep_linking_claims(self, begun.user, nonce=nonce)
        else:
            claims = launch_claims(self, begun.user, begun.link, nonce=nonce)
        changes = begun.claims(claims) if callable(begun.claims) else begun.claims
        return self.keys.sign(changed(claims, changes), header=begun.header, key=begun.key)

    # Deep linking

    def take_deep_link(self, token: str) -> list[PlatformLink]:
        """Verifies the tool's answer and adds the chosen links to the course. Raises ``Complaint``."""
        claims = self._read_tool(token, [self.issuer], ["iss", "aud", "exp", "iat", "nonce"])
        demand(claims["iss"] == self.client_id, 400, f"iss {claims['iss']!r} is not the client id")
        demand(claims["exp"] - claims["iat"] <= TOKEN_LIFE, 400, "the answer lives too long")
        demand(claims["nonce"] not in self.used_nonces, 400, "the nonce was used already")
        self.used_nonces.add(claims["nonce"])
        right = {"message_type": "LtiDeepLinkingResponse", "version": "1.3.0", "deployment_id": self.deployment}
        for name, value in right.items():
            demand(claims.get(SHORT[name]) == value, 400, f"{name} is {claims.get(SHORT[name])!r}")
        demand(claims.get(SHORT["data"]) == self.deep_linking_data, 400, "data did not come back as it was")
        self.deep_links.append(claims)
        return [self._add_item(item) for item in claims.get(SHORT["content_items"], [])]

    def _add_item(self, item: dict[str, Any]) -> PlatformLink:
        demand(item.get("type") == "ltiResourceLink", 400, f"type {item.get('type')!r} was not offered")
        demand(isinstance(item.get("title"), str) and item["title"], 400, "title is missing")
        custom = item.get("custom", {})
        demand(all(isinstance(value, str) for value in custom.values()), 400, "custom parameters are texts")
        for name in ("available", "submission"):
            _check_window(item.get(name), name)
        target = item.get("url") or self.tool.target
        demand(target.startswith(self.tool.address), 400, f"url {target!r} is not of the tool")
        link = self.course.add_link(item["title"], custom=custom, target=target)
        if line_item := item.get("lineItem"):
            demand(line_item.get("scoreMaximum", 0) > 0, 400, "lineItem.scoreMaximum must be above 0")
            told = {"label": line_item.get("label") or item["title"]} | line_item
            link.line_item = self.course.add_line_item(**told, resourceLinkId=link.id)
        return link

    # Access tokens

    def demand_scope(self, *any_of: str) -> None:
        """Checks that the access token gives one of these scopes."""
        kind, _, token = request.headers.get("Authorization", "").partition(" ")
        demand(kind.lower() == "bearer" and token, 401, "no access token came")
        granted = self.access_tokens.get(token)
        if granted is None or granted.until < time.time():
            raise Complaint(401, "an access token that was never given, or has expired")
        demand(granted.scopes & set(any_of), 403, f"the token's scopes lack {any_of}")

    def expire_tokens(self) -> None:
        """Deletes all access tokens: the tool gets 401 and should request a new one, without a complaint."""
        self.access_tokens.clear()

    def give_token(self) -> Response:
        demand(request.mimetype == "application/x-www-form-urlencoded", 415, "a token is asked for by a form")
        told = request.form
        demand(told.get("grant_type") == "client_credentials", 400, f"grant_type {told.get('grant_type')!r}")
        demand(told.get("client_assertion_type") == ASSERTION_TYPE, 400, "client_assertion_type")
        audience = self.token_audience or self.url("token")
        claims = self._read_tool(told.get("client_assertion", ""), audience, ["iss", "sub", "aud", "iat", "exp", "jti"])
        demand(claims["iss"] == claims["sub"] == self.client_id, 401, "iss and sub are not the client id")
        demand(claims["exp"] - claims["iat"] <= TOKEN_LIFE, 401, "the assertion lives too long")
        demand(claims["jti"] not in self.used_assertions, 401, "the assertion was used already")
        self.used_assertions.add(claims["jti"])
        wanted = told.get("scope", "").split()
        demand(wanted, 400, "no scope was asked for")
        scopes = [one for one in wanted if one in self.granted_scopes]
        if not scopes:
            return answer_json({"error": "invalid_scope"}, status=400)
        token = secrets.token_urlsafe(24)
        self.access_tokens[token] = Granted(frozenset(scopes), time.time() + TOKEN_LIFE)
        return answer_json(
            {"access_token": token, "token_type": "Bearer", "expires_in": TOKEN_LIFE, "scope": " ".join(scopes)}
        )

    def _read_tool(self, token: str, audience: str | list[str], required: list[str]) -> dict[str, Any]:
        try:
            return read_token(token, self._tool_set(), audience=audience, required=required)
        except jwt.InvalidTokenError as error:
            raise Complaint(401, f"the tool's token: {error}") from error

    def _tool_set(self) -> dict[str, Any]:
        if callable(self.tool_keys):
            return self.tool_keys()
        if self.tool_keys is not None:
            return self.tool_keys
        context = self.certificates.client_context() if self.tool.keys_url.startswith("https:") else None
        return fetch_json(self.tool.keys_url, context)

    # Registration

    def registration_query(self) -> str:
        """Returns the parameters added to the tool's one-time address."""
        self.registration_tokens.append(secrets.token_urlsafe(16))
        told = {
            "openid_configuration": self.url("openid-configuration"),
            "registration_token": self.registration_tokens[-1],
        }
        return urlencode(told)

    # Serving

    def paged(self, found: list[Any], container: Callable[[list[Any]], Any], content_type: str) -> Response:
        """Returns one page with a link to the next (RFC 8288)."""
        limit = min(request.args.get("limit", self.page_size, int), self.page_size)
        begin = request.args.get("from", 0, int)
        answer = answer_json(container(found[begin : begin + limit]), content_type)
        if begin + limit < len(found):
            told = request.args.to_dict() | {"from": str(begin + limit)}
            answer.headers["Link"] = f'<{self.address}{request.path}?{urlencode(told)}>; rel="next"'
        return answer

    def _app(self) -> Flask:
        app = Flask("platform of the tests")
        book = grades.Gradebook(self)
        views: dict[str, tuple[Callable[..., Any], list[str]]] = {
            "auth": (lambda: pages.authorized(self), ["GET", "POST"]),
            "token": (self.give_token, ["POST"]),
            "keys": (lambda: answer_json(self.keys.public_set()), ["GET"]),
            "openid-configuration": (lambda: answer_json(registration.configuration(self)), ["GET"]),
            "registration": (lambda: registration.register(self), ["POST"]),
            "deep-linking-return": (lambda: pages.chosen(self), ["POST"]),
            "return": (lambda: pages.returned(self), ["GET"]),
            "line_items": (book.line_items, ["GET", "POST"]),
            "line_item": (book.line_item, ["GET", "PUT", "DELETE"]),
            "scores": (book.scores, ["POST"]),
            "results": (book.results, ["GET"]),
            "members": (lambda course_id: roster.members(self, course_id), ["GET"]),
        }
        for endpoint, (view, methods) in views.items():
            app.add_url_rule(PATHS[endpoint], endpoint, view, methods=methods)
        pages.add_pages(app, self)
        app.before_request(self._fail_if_wanted)
        app.after_request(self._note)
        app.register_error_handler(Exception, self._complain)
        return app

    def _fail_if_wanted(self) -> Response | None:
        wanted = self.next_failure(request.endpoint or "")
        return wanted.answer() if wanted else None

    def _note(self, response: Response) -> Response:
        self.note(request.endpoint or "", response)
        return response

    def _complain(self, error: Exception) -> Response:
        status = error.status if isinstance(error, Complaint) else getattr(error, "code", 500) or 500
        text = str(error) if isinstance(error, Complaint | HTTPException) else repr(error)
        if status != 401 or "expired" not in text:
            self.complaints.append(f"{request.method} {request.path}: {text}")
        return answer_json({"error": text}, status=status)


class Registrable(Protocol):
    """Protocol of a platform for ``registered``."""

    family: str
    issuer: str
    client_id: str
    deployment: str
    tool: Tool
    tool_keys: Any

    def url(self, endpoint: str) -> str: ...


def registered(session: Session, platform: Registrable, **values: Any) -> Platform:
    """Saves the platform with an accepted deployment; ``site_id``, ``instructors_teach``… are optional."""
    told = {
        "name": "Платформа тестов",
        "family": platform.family,
        "issuer": platform.issuer,
        "client_id": platform.client_id,
        "authorization_endpoint": platform.url("auth"),
        "token_endpoint": platform.url("token"),
        "jwks_url": platform.url("keys"),
    }
    row = Platform(**(told | values))
    row.deployments = [Deployment(deployment_id=platform.deployment, accepted_at=utc_now())]
    session.add(row)
    session.flush()
    if not platform.tool.address.startswith("https:"):  # a real process: its keys are its own, and fetched
        know_tool(session, platform)
    return row


def know_tool(session: Session, platform: Registrable) -> None:
    """Gives the platform our keys of this transaction; for a running server, its JWKS is fetched."""
    from lms.lti.trust import tool_keys

    if getattr(platform, "asks_for_keys", False):
        return
    platform.tool_keys = tool_keys.public_set(session, now=utc_now())


def fetch_json(url: str, context: ssl.SSLContext | None) -> dict[str, Any]:
    """Returns the JSON at this URL."""
    with urllib.request.urlopen(url, timeout=5, context=context) as answer:
        return json.loads(answer.read())


def _check_window(told: Any, name: str) -> None:
    for side in ("startDateTime", "endDateTime"):
        if told and told.get(side) is not None:
            demand(datetime.fromisoformat(told[side]).tzinfo, 400, f"{name}.{side} has no zone")


class Quiet(WSGIRequestHandler):
    """Logs no requests."""

    def log(self, _type: str, _message: str, *_args: Any) -> None:
        pass
