"""State of a login: a signed token that the platform returns with the launch.

Nothing is stored: the token has the nonce and the hash of a secret that only the browser of the login has (in a cookie
or in the platform's storage).
"""

import hashlib
import secrets
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from itsdangerous import BadData, URLSafeSerializer

from lms.lti.messages.refusals import refused

STATE_LIFETIME = timedelta(minutes=10)
LONGEST = 4000

_signer: list[URLSafeSerializer] = []


@dataclass(frozen=True, slots=True)
class LoginState:
    """A login in progress."""

    id: str
    """Part of the cookie's name, so that several logins of one browser stay apart."""
    platform_id: int
    nonce: str
    secret_hash: str
    target_hash: str
    """Hash of the login's ``target_link_uri``."""
    deployment_hash: str
    """Hash of the login's ``lti_deployment_id``; empty without one."""
    made_at: int
    """Seconds since 1970."""
    storage_target: str = ""
    """Frame of the platform's storage (``lti_storage_target``); empty if the platform has none."""

    @property
    def cookie(self) -> str:
        """Name of the cookie with the browser's secret."""
        return f"stazhirovka_lti_{self.id}"


def configure(secret: str) -> None:
    """Sets the secret for signing."""
    _signer[:] = [URLSafeSerializer(secret, salt="lti-state", signer_kwargs={"digest_method": hashlib.sha256})]


def digest(text: str) -> str:
    """Returns the SHA-256 hash in hexadecimal."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def new_secret() -> str:
    """Returns 256 random bits as text."""
    return secrets.token_urlsafe(32)


def encode_state(state: LoginState) -> str:
    """Returns the signed token of the state."""
    return str(_serializer().dumps(list(asdict(state).values())))


def decode_state(token: str, *, now: datetime) -> LoginState:
    """Returns the state of this token. Raises ``Refused`` (``state``, ``state_old``)."""
    if len(token) > LONGEST:
        raise refused("state", "longer than any of ours")
    try:
        state = LoginState(*_serializer().loads(token))
    except (BadData, TypeError) as error:
        raise refused("state", "not signed by us") from error
    if not 0 <= now.timestamp() - state.made_at + 1 <= STATE_LIFETIME.total_seconds() + 1:
        raise refused("state_old", f"of {state.made_at}, now {int(now.timestamp())}")
    return state


def sign_values(values: Any) -> str:
    """Returns other short-lived values as a signed token, distinct from states."""
    return str(_serializer().dumps(values, salt="lti-ticket"))


def verified_values(token: str) -> Any:
    """Returns the values of a signed token; None if the signature is invalid."""
    try:
        return _serializer().loads(token, salt="lti-ticket") if len(token) <= LONGEST else None
    except BadData:
        return None


def _serializer() -> URLSafeSerializer:
    if not _signer:
        raise RuntimeError("No secret for launches is configured.")
    return _signer[0]
