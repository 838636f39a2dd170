"""Cookie of a browser in which people have logged in before: their failures there are counted apart.

The cookie opens nothing. It holds a random id of the browser and ids of accounts, signed, so that a stranger's browser
cannot claim to be a known one.
"""

import hashlib
import secrets

from flask import Flask, g
from itsdangerous import BadSignature, URLSafeSerializer
from werkzeug.wrappers import Response

from lms.composition import parts
from lms.core.people.login import KnownBrowser
from lms.core.people.models import Account
from lms.http.cookies import A_YEAR, read_cookie, write_cookie

COOKIE = "stazhirovka_browser"
MOST_ACCOUNTS = 20
"""Accounts remembered in one browser; the earliest is dropped first."""


def init_known_browsers(app: Flask) -> None:
    """Writes the cookie after a log-in."""
    app.after_request(_write_cookie)


def known_browser() -> KnownBrowser | None:
    """Returns the browser of this request if somebody has logged in there before."""
    found = _read()
    return KnownBrowser(found[0], frozenset(found[1])) if found else None


def remember(account: Account) -> None:
    """Remembers that this account has logged in here."""
    number, accounts = _read() or (secrets.token_hex(12), [])
    others = [each for each in accounts if each != account.id]
    g.known_browser = (number, [*others, account.id][-MOST_ACCOUNTS:])


def _serializer() -> URLSafeSerializer:
    secret = parts().settings.secret("known-browsers")
    return URLSafeSerializer(secret, salt="browser", signer_kwargs={"digest_method": hashlib.sha256})


def _read() -> tuple[str, list[int]] | None:
    text = read_cookie(COOKIE)
    if not text:
        return None
    try:
        number, accounts = _serializer().loads(text)
    except BadSignature:
        return None
    return number, accounts


def _write_cookie(response: Response) -> Response:
    remembered = g.get("known_browser")
    if remembered is not None and response.status_code < 400:
        write_cookie(response, COOKIE, str(_serializer().dumps(remembered)), max_age=A_YEAR)
    return response
