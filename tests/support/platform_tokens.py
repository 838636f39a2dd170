"""Tokens of a test platform, made with joserfc without a server: its keys are stored in our row.

- ``maker = TokenMaker()``; ``maker.register(session)`` writes platform, deployment and keys into our tables.
- ``maker.login(session, now)`` begins; ``maker.answer(begun, claims={"roles": []})`` is the id_token (LTI claims by
  their short names, None leaves one out); ``maker.launch(session)`` does it all.
"""

import itertools
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey
from sqlalchemy.orm import Session

from lms.core.clock import utc_now
from lms.core.public_url import address_of
from lms.lti.launches import acceptance
from lms.lti.launches.oidc_login import StartedLogin, start_login
from lms.lti.models.platforms import Deployment, Platform
from tests.support.platform.messages import changed

LEARNER = "http://purl.imsglobal.org/vocab/lis/v2/membership#Learner"
STUDENT = "http://purl.imsglobal.org/vocab/lis/v2/institution/person#Student"
INSTRUCTOR = "http://purl.imsglobal.org/vocab/lis/v2/membership#Instructor"
MENTOR = "http://purl.imsglobal.org/vocab/lis/v2/membership#Mentor"
LTI = "https://purl.imsglobal.org/spec/lti/claim/"
_numbers = itertools.count(1)


@cache
def rsa_key(number: int, bits: int = 2048) -> RSAKey:
    """Returns the key with this number, generated once per process because it is slow."""
    return RSAKey.generate_key(bits, {"kid": f"key-{number}"}, auto_kid=False)


@cache
def curve_key(number: int) -> ECKey:
    return ECKey.generate_key("P-256", {"kid": f"curve-{number}"}, auto_kid=False)


def public(*keys: RSAKey | ECKey, **more: Any) -> dict[str, Any]:
    """Returns a JWKS of these keys."""
    return {"keys": [{**key.as_dict(private=False), "use": "sig", **more} for key in keys]}


@dataclass
class TokenMaker:
    """A platform that signs tokens."""

    number: int = field(default_factory=lambda: next(_numbers))
    issuer: str = ""
    client_id: str = ""
    deployment: str = "1"
    key: RSAKey | ECKey = field(default_factory=lambda: rsa_key(0))
    platform: Platform | None = None

    def __post_init__(self) -> None:
        self.issuer = self.issuer or f"https://platform{self.number}.example"
        self.client_id = self.client_id or f"client-{self.number}"

    def register(self, session: Session, *, accepted: bool = True, **values: Any) -> Platform:
        now = utc_now()
        defaults = {
            "name": f"Платформа {self.number}",
            "issuer": self.issuer,
            "client_id": self.client_id,
            "authorization_endpoint": f"{self.issuer}/auth.php?site=1",
            "token_endpoint": f"{self.issuer}/token.php",
            "jwks_url": f"{self.issuer}/certs.php",
            "jwks": public(self.key, alg="RS256" if isinstance(self.key, RSAKey) else "ES256"),
            "jwks_fetched_at": now,
        }
        self.platform = Platform(**(defaults | values))
        self.platform.deployments = [Deployment(deployment_id=self.deployment, accepted_at=now if accepted else None)]
        session.add(self.platform)
        session.flush()
        return self.platform

    def login_parameters(self, **changes: str | None) -> dict[str, str]:
        given = {
            "iss": self.issuer,
            "login_hint": "17",
            "target_link_uri": address_of("/lti/launch"),
            "lti_message_hint": '{"cmid":5}',
            "client_id": self.client_id,
        }
        return {name: value for name, value in (given | changes).items() if value is not None}

    def login(self, session: Session, now: datetime | None = None, **changes: str | None) -> StartedLogin:
        return start_login(session, params=self.login_parameters(**changes), now=now or utc_now())

    def claims(self, begun: StartedLogin, *, now: datetime | None = None, **changes: Any) -> dict[str, Any]:
        asked = dict(parse_qsl(urlsplit(begun.authorization_url).query))
        moment = int((now or utc_now()).timestamp())
        right = {
            "iss": self.issuer,
            "aud": self.client_id,
            "sub": "user-17",
            "iat": moment,
            "exp": moment + 60,
            "nonce": asked["nonce"],
            "given_name": "Ольга",
            "family_name": f"Зимина{'абвгдежз'[self.number % 8]}",
            "email": "zimina@example.test",
            f"{LTI}version": "1.3.0",
            f"{LTI}message_type": "LtiResourceLinkRequest",
            f"{LTI}deployment_id": self.deployment,
            f"{LTI}target_link_uri": address_of("/lti/launch"),
            f"{LTI}roles": [LEARNER, STUDENT],
            f"{LTI}resource_link": {"id": "link-1", "title": "Стажировка"},
            f"{LTI}context": {"id": "course-1", "title": "Курс", "label": "К-1"},
            f"{LTI}launch_presentation": {"document_target": "iframe", "return_url": f"{self.issuer}/return.php"},
        }
        return changed(right, changes)

    def sign(
        self, claims: dict[str, Any], *, header: dict[str, Any] | None = None, key: RSAKey | ECKey | None = None
    ) -> str:
        algorithm = "RS256" if isinstance(self.key, RSAKey) else "ES256"
        wanted = {"alg": algorithm, "kid": self.key.kid} | (header or {})
        told = {name: value for name, value in wanted.items() if value is not None}
        return jwt.encode(told, claims, key or self.key, algorithms=[told["alg"]])

    def answer(
        self,
        begun: StartedLogin,
        *,
        now: datetime | None = None,
        header: dict[str, Any] | None = None,
        key: RSAKey | ECKey | None = None,
        **changes: Any,
    ) -> str:
        """Returns the id_token that answers this login."""
        return self.sign(self.claims(begun, now=now, **changes), header=header, key=key)

    def accept(
        self, session: Session, begun: StartedLogin, token: str, *, now: datetime | None = None
    ) -> acceptance.AcceptedLaunch:
        return acceptance.accept(
            session,
            id_token=token,
            state=begun.state,
            proof=begun.secret,
            agent="Mozilla/5.0",
            address="192.0.2.7",
            now=now or utc_now(),
        )

    def launch(self, session: Session, *, now: datetime | None = None, **changes: Any) -> acceptance.AcceptedLaunch:
        """Does all four steps of a launch."""
        target = changes.get("target_link_uri")
        begun = self.login(session, now, **({"target_link_uri": target} if target else {}))
        return self.accept(session, begun, self.answer(begun, now=now, **changes), now=now)


def deep_linking(issuer: str) -> dict[str, Any]:
    """Returns the settings of a deep linking request."""
    return {
        "deep_link_return_url": f"{issuer}/contentitem_return.php",
        "accept_types": ["ltiResourceLink"],
        "accept_presentation_document_targets": ["iframe", "window"],
        "accept_multiple": True,
        "data": "csrf:5",
    }


def raw_token(header: bytes, payload: bytes, signature: bytes = b"x") -> str:
    """Returns a token of these parts, unchanged; no library would write some of them."""
    return ".".join(urlsafe_b64encode(part).rstrip(b"=").decode() for part in (header, payload, signature))
