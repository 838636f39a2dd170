"""Audience of assertions: valid for one platform only, because all know us by the same keys."""

import pytest

from lms.lti.connections.platform_settings import PlatformSettings, checked
from lms.lti.connections.registration import parse_configuration
from lms.lti.errors import Refused

BASE = "https://mine.example"
TOLD = {
    "issuer": BASE,
    "token_endpoint": f"{BASE}/token",
    "jwks_uri": f"{BASE}/keys",
    "authorization_endpoint": f"{BASE}/auth",
    "registration_endpoint": f"{BASE}/register",
}
D2L_TOKEN, D2L_AUDIENCE = "https://auth.brightspace.com/core/connect/token", "https://api.brightspace.com/auth/token"


@pytest.mark.parametrize(
    "change",
    [
        {"authorization_server": "https://moodle.example/mod/lti/token.php"},
        {"authorization_server": "https://mine.example.moodle.example/"},
        {"authorization_server": "moodle.example"},
        {"authorization_server": D2L_AUDIENCE},
        {"authorization_server": D2L_AUDIENCE, "token_endpoint": "https://auth.brightspace.com.evil.example/"},
    ],
)
def test_foreign_audience_is_refused(change):
    with pytest.raises(Refused) as refused:
        parse_configuration(TOLD | change, f"{BASE}/configuration")
    assert refused.value.reason == "registration_issuer"


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"authorization_server": BASE},
        {"authorization_server": "https://sso.example/a", "token_endpoint": "https://sso.example/token"},
        {"authorization_server": D2L_AUDIENCE, "token_endpoint": D2L_TOKEN},
    ],
)
def test_own_audience_is_accepted(change):
    offered = parse_configuration(TOLD | change, f"{BASE}/configuration")
    assert offered.token_audience == change.get("authorization_server", "")


def given(**values: str) -> PlatformSettings:
    return checked(PlatformSettings(family="d2l", issuer=BASE, client_id="1", **values))


def test_default_audience_requires_default_endpoint():
    assert given().token_audience == D2L_AUDIENCE
    assert given(token_endpoint=D2L_TOKEN).token_audience == D2L_AUDIENCE
    assert given(token_endpoint=f"{BASE}/token").token_audience == ""
    assert given(token_endpoint=f"{BASE}/token", token_audience="typed").token_audience == "typed"
