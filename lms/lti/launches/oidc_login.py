"""First half of a launch: answers the platform's login initiation with an authentication request."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode, urlsplit, urlunsplit

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session, defer

from lms.core.public_url import address_of
from lms.lti.errors import Refused
from lms.lti.messages import state
from lms.lti.messages.claims import clean_line
from lms.lti.messages.refusals import refused
from lms.lti.messages.urls import normalised, origin_of, path_within
from lms.lti.models.platforms import Platform

LONGEST = 4000
"""Characters of a parameter: Moodle's message hint is JSON."""
LONGEST_FRAME = 100


@dataclass(frozen=True, slots=True)
class StartedLogin:
    """A login in progress: the authentication request and what the browser keeps meanwhile."""

    platform: Platform
    state: str
    secret: str
    """Kept by the browser in the cookie or in the platform's storage."""
    cookie: str
    """Name of the cookie."""
    authorization_url: str
    storage_target: str
    """Frame of the platform's storage (``lti_storage_target``); empty if the platform has none."""
    storage_origin: str
    """Origin of that frame: target of our messages, and the only accepted source of answers."""


def start_login(session: Session, *, params: Mapping[str, str], now: datetime) -> StartedLogin:
    """Handles a platform's login initiation (LTI Security Framework 1.0, 5.1.1). One query.

    Raises ``Refused``: ``login``, ``issuer``, ``client``, ``client_missing``, ``removed``, ``target``.
    """
    given = {name: str(value) for name, value in params.items()}
    issuer, client_id = given.get("iss", ""), given.get("client_id", "")
    try:
        _check_parameters(given)
        platform = _platform(session, issuer, client_id)
        return _started_login(platform, given, now)
    except Refused as error:
        error.issuer, error.client_id = clean_line(issuer), clean_line(client_id, 255)
        raise


def _check_parameters(given: Mapping[str, str]) -> None:
    for name in ("iss", "login_hint", "target_link_uri"):
        if not given.get(name):
            raise refused("login", f"{name} is missing")
    for name, value in given.items():
        if len(value) > LONGEST or "\x00" in value:
            raise refused("login", f"{name[:60]!r} has {len(value)} characters")
    if path_within(given["target_link_uri"], address_of("")) is None:
        raise refused("target", f"{given['target_link_uri'][:200]!r} is not of {address_of('')}")


OF_ISSUER = (
    select(Platform)
    .where(Platform.issuer == bindparam("issuer"))
    .order_by(Platform.removed_at.desc().nulls_first(), Platform.id)
    .limit(200)
    .options(defer(Platform.jwks))
)


def _platform(session: Session, issuer: str, client_id: str) -> Platform:
    """Returns the connected platform; without a client id, the only one of its issuer."""
    known = session.scalars(OF_ISSUER, {"issuer": issuer}).all()
    matching = [platform for platform in known if client_id in ("", platform.client_id)]
    living = [platform for platform in matching if platform.removed_at is None]
    if len(living) == 1:
        return living[0]
    if living:
        raise refused("client_missing", f"{len(living)} platforms of this issuer")
    if matching:
        gone = refused("removed", f"platform {matching[0].id} was removed")
        gone.platform_id = matching[0].id
        raise gone
    raise refused("client" if known else "issuer", f"{issuer[:200]!r}, client {client_id[:100]!r}")


def _started_login(platform: Platform, given: Mapping[str, str], now: datetime) -> StartedLogin:
    secret, nonce = state.new_secret(), secrets.token_urlsafe(24)
    frame = given.get("lti_storage_target", "")
    hint = given.get("lti_deployment_id", "")
    login = state.LoginState(
        id=secrets.token_hex(6),
        platform_id=platform.id,
        nonce=nonce,
        secret_hash=state.digest(secret),
        target_hash=state.digest(normalised(given["target_link_uri"])),
        deployment_hash=state.digest(hint) if hint else "",
        made_at=int(now.timestamp()),
        storage_target=frame if len(frame) <= LONGEST_FRAME else "",
    )
    token = state.encode_state(login)
    asked = {
        "scope": "openid",
        "response_type": "id_token",
        "response_mode": "form_post",
        "prompt": "none",
        "client_id": platform.client_id,
        "redirect_uri": address_of("/lti/launch"),
        "login_hint": given["login_hint"],
        "state": token,
        "nonce": nonce,
    }
    if "lti_message_hint" in given:
        asked["lti_message_hint"] = given["lti_message_hint"]
    url = _with_query(platform.authorization_endpoint, asked)
    origin = origin_of(platform.authorization_endpoint)
    return StartedLogin(platform, token, secret, login.cookie, url, login.storage_target, origin)


def _with_query(address: str, values: Mapping[str, str]) -> str:
    """Returns the URL with these values added to its query."""
    parts = urlsplit(address)
    query = "&".join(filter(None, (parts.query, urlencode(values))))
    return urlunsplit((parts.scheme, parts.netloc, parts.path, query, ""))
