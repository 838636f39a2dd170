"""What is remembered between the login and the launch: a signed token that the platform sends back.

Nothing is kept here in the meantime: the token carries the nonce, and the hash of a secret that only the browser of
the login has (in a cookie, or in the platform's storage).
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
    """A login under way."""

    id: str
    """Names the cookie: several logins of one browser do not meet."""
    platform_id: int
    nonce: str
    secret_hash: str
    target_hash: str
    """Of the ``target_link_uri`` of the login."""
    deployment_hash: str
    """Of the login's hint; empty when there was none."""
    made_at: int
    """Seconds since 1970."""
    storage_target: str = ""
    """Frame of the platform's storage (``lti_storage_target``); empty when the platform named none."""

    @property
    def cookie(self) -> str:
        """The name of the cookie that keeps the browser's secret."""
        return f"stazhirovka_lti_{self.id}"


def configure(secret: str) -> None:
    """Sign with this secret from now on."""
    _signer[:] = [URLSafeSerializer(secret, salt="lti-state", signer_kwargs={"digest_method": hashlib.sha256})]


def digest(text: str) -> str:
    """SHA-256, in hexadecimal."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def new_secret() -> str:
    """256 bits that nobody guesses."""
    return secrets.token_urlsafe(32)


def encode_state(state: LoginState) -> str:
    """The token for the platform's round trip."""
    return str(_serializer().dumps(list(asdict(state).values())))


def decode_state(token: str, *, now: datetime) -> LoginState:
    """The login that this token is of. Raises ``Refused`` (``state``, ``state_old``)."""
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
    """Other short-lived values of ours in a signed token; never mistaken for a state."""
    return str(_serializer().dumps(values, salt="lti-ticket"))


def verified_values(token: str) -> Any:
    """What was sealed; none for a token that is not ours."""
    try:
        return _serializer().loads(token, salt="lti-ticket") if len(token) <= LONGEST else None
    except BadData:
        return None


def _serializer() -> URLSafeSerializer:
    if not _signer:
        raise RuntimeError("No secret for launches is configured.")
    return _signer[0]
