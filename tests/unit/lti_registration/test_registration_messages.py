"""Dynamic registration without a network: validation of configurations, registration of the tool."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.core import public_url
from lms.core.errors import DomainError, Invalid
from lms.error_messages.catalogue import SENTENCES
from lms.lti.connections.platform_settings import PlatformSettings, checked, identifier
from lms.lti.connections.registration import PLATFORM, TOOL, parse_configuration, registration_request
from lms.lti.errors import Refused
from lms.lti.tool import SCOPES
from lms.lti.trust import http_client

BASE = "https://moodle.test/mod/lti"
CONFIGURATION = f"{BASE}/openid-configuration.php"
ICON = "https://tool.test:8443/lti/icon.svg"
TOLD = {
    "issuer": "https://moodle.test",
    "token_endpoint": f"{BASE}/token.php",
    "jwks_uri": f"{BASE}/certs.php",
    "authorization_endpoint": f"{BASE}/auth.php",
    "registration_endpoint": f"{BASE}/openid-registration.php",
    "scopes_supported": ["openid", *SCOPES[:2]],
    PLATFORM: {"product_family_code": "moodle", "version": "4.5"},
}


@pytest.fixture(autouse=True)
def _configured():
    public_url.configure("https://tool.test:8443")
    http_client.configure((), None)


def test_moodle_configuration_is_parsed():
    offered = parse_configuration(TOLD, CONFIGURATION)
    assert (offered.issuer, offered.family) == ("https://moodle.test", "moodle")
    assert offered.scopes == SCOPES[:2]
    assert offered.registration_endpoint.endswith("openid-registration.php")


def test_missing_scopes_request_all():
    assert parse_configuration(TOLD | {"scopes_supported": None}, CONFIGURATION).scopes == SCOPES


@pytest.mark.parametrize(
    ("change", "configuration", "reason"),
    [
        ({"issuer": "https://bank.test"}, CONFIGURATION, "registration_issuer"),
        ({"issuer": "https://moodle.test.evil.example"}, CONFIGURATION, "registration_issuer"),
        ({"issuer": "https://moodle.test:8443"}, CONFIGURATION, "registration_issuer"),
        ({"issuer": "https://user@evil.example"}, CONFIGURATION, "registration_issuer"),
        ({}, "https://evil.example/mod/lti/openid-configuration.php", "registration_issuer"),
        ({"registration_endpoint": "https://evil.example/r"}, CONFIGURATION, "registration_issuer"),
        ({"issuer": ""}, CONFIGURATION, "registration_configuration"),
        ({"issuer": ["https://moodle.test"]}, CONFIGURATION, "registration_configuration"),
        ({"jwks_uri": None}, CONFIGURATION, "registration_configuration"),
        ({"token_endpoint": 7}, CONFIGURATION, "registration_configuration"),
        ({"registration_endpoint": " "}, CONFIGURATION, "registration_configuration"),
    ],
)
def test_mismatched_configuration_is_refused(change: dict, configuration: str, reason: str):
    with pytest.raises(Refused) as caught:
        parse_configuration(TOLD | change, configuration)
    assert caught.value.reason == reason
    assert caught.value.message


def test_default_port_is_ignored():
    assert parse_configuration(TOLD, CONFIGURATION.replace("moodle.test", "Moodle.test:443")).family == "moodle"


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(st.dictionaries(st.sampled_from([*TOLD, "other"]), VALUES))
def test_any_configuration_is_parsed_or_refused(change: dict):
    try:
        parse_configuration(TOLD | change, CONFIGURATION)
    except Refused as refused:
        assert refused.message


def test_registration_has_required_members():
    told = registration_request(parse_configuration(TOLD, CONFIGURATION))
    assert told["application_type"] == "web"
    assert told["response_types"] == ["id_token"]
    assert told["grant_types"] == ["implicit", "client_credentials"]
    assert told["token_endpoint_auth_method"] == "private_key_jwt"
    assert told["initiate_login_uri"] == "https://tool.test:8443/lti/login"
    assert told["redirect_uris"] == ["https://tool.test:8443/lti/launch"]
    assert told["jwks_uri"] == "https://tool.test:8443/lti/jwks.json"
    assert told["scope"] == " ".join(SCOPES[:2])
    assert told["logo_uri"] == ICON
    tool = told[TOOL]
    assert tool["domain"] == "tool.test:8443"
    assert tool["target_link_uri"] == "https://tool.test:8443/lti/launch"
    assert {"iss", "sub", "given_name", "family_name", "email"} <= set(tool["claims"])


def test_registration_has_labels_in_both_languages():
    told = registration_request(parse_configuration(TOLD, CONFIGURATION))
    assert (told["client_name"], told["client_name#ru"], told["client_name#en"]) == (
        "Стажировка",
        "Стажировка",
        "Stazhirovka",
    )
    kinds = {message["type"]: message for message in told[TOOL]["messages"]}
    assert set(kinds) == {"LtiResourceLinkRequest", "LtiDeepLinkingRequest"}
    for message in kinds.values():
        assert message["label#ru"] != message["label#en"]
        assert message["icon_uri"] == ICON
    assert kinds["LtiDeepLinkingRequest"]["placements"] == ["ContentArea"]


def settings_form(**changes: object) -> PlatformSettings:
    usual = {"family": "moodle", "issuer": "https://moodle.test", "client_id": "aBc123"}
    return PlatformSettings(**(usual | changes))  # type: ignore[arg-type]


def test_empty_endpoints_get_defaults():
    good = checked(settings_form(issuer=" https://moodle.test/ ", token_endpoint="https://moodle.test/other"))
    assert good.issuer == "https://moodle.test"
    assert good.jwks_url == "https://moodle.test/mod/lti/certs.php"
    assert good.token_endpoint == "https://moodle.test/other"
    assert good.name == "Moodle, moodle.test"


def test_trailing_slash_is_kept_for_other_families():
    there = "https://platform.test/x"
    values = {"authorization_endpoint": there, "token_endpoint": there, "jwks_url": there}
    assert checked(settings_form(family="other", issuer="https://platform.test/", **values)).issuer.endswith("/")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("family", "webct"),
        ("issuer", ""),
        ("issuer", "moodle.test"),
        ("issuer", "https://"),
        ("issuer", "https://moodle.test/#top"),
        ("issuer", "javascript:alert(1)"),
        ("issuer", "https://мудл.рф"),
        ("issuer", "https://moodle.test/" + "x" * 500),
        ("client_id", ""),
        ("client_id", "x" * 256),
        ("client_id", "клиент"),
        ("client_id", "a\nb"),
        ("jwks_url", "http://moodle.test/certs"),
        ("token_endpoint", "https://127.0.0.1/token"),
        ("authorization_endpoint", "https://localhost/auth"),
        ("authorization_endpoint", "javascript:alert(1)"),
        ("token_audience", "x" * 2001),
    ],
)
def test_invalid_setting_is_reported_at_field(field: str, value: str):
    with pytest.raises(Invalid) as caught:
        checked(settings_form(**{field: value}))
    assert caught.value.field == field


def test_other_family_requires_endpoints():
    with pytest.raises(Invalid) as caught:
        checked(settings_form(family="other"))
    assert caught.value.field == "authorization_endpoint"


@given(st.text(max_size=300), st.text(max_size=300))
def test_any_settings_are_accepted_or_refused(issuer: str, client_id: str):
    try:
        good = checked(settings_form(issuer=issuer, client_id=client_id))
    except DomainError as error:
        assert error.message or error.code in SENTENCES
    else:
        assert good.issuer.startswith("http")


def test_identifier_is_trimmed():
    assert identifier(" 7 ", "deployment_id") == "7"
