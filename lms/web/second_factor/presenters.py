"""The secret of a set-up between its two requests, and the page's QR code."""

import hashlib

from itsdangerous import BadData, URLSafeTimedSerializer

from lms.composition import parts
from lms.core.people.models import Account

LASTS_SECONDS = 30 * 60


def sealed(account: Account, secret: str) -> str:
    """Returns the secret, signed for this account, for a hidden field: nothing is stored before the first code."""
    return str(_serializer().dumps([account.id, secret]))


def unsealed(account: Account, text: str | None) -> str | None:
    """Returns the secret of the hidden field; None if it was changed, is another account's or too old."""
    try:
        account_id, secret = _serializer().loads(text or "", max_age=LASTS_SECONDS)
    except BadData:
        return None
    return str(secret) if account_id == account.id else None


def in_groups(secret: str) -> str:
    """Returns the secret in groups of four, to be typed into an app by hand."""
    return " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))


def _serializer() -> URLSafeTimedSerializer:
    secret = parts().settings.secret("second-factor")
    return URLSafeTimedSerializer(secret, salt="set-up", signer_kwargs={"digest_method": hashlib.sha256})
