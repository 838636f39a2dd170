"""Set-up guides and default endpoints of platform families."""

import pytest

from lms.core.i18n import use_locale
from lms.lti.models.platforms import FAMILIES
from lms.lti.platforms.endpoints import NAMES, endpoints, family_of, name_of
from lms.lti.platforms.setup_guides import GUIDES, setup_guide
from lms.lti.tool import ToolUrls

OURS = ToolUrls(
    base="https://tool.test",
    login="https://tool.test/lti/login",
    launch="https://tool.test/lti/launch",
    keys="https://tool.test/lti/jwks.json",
    canvas="https://tool.test/lti/canvas.json",
    icon="https://tool.test/lti/icon.svg",
)
FORM = {
    "issuer",
    "client_id",
    "deployment_id",
    "authorization_endpoint",
    "token_endpoint",
    "jwks_url",
    "token_audience",
}


def test_every_family_has_guide_and_name():
    assert set(GUIDES) == set(NAMES) == set(FAMILIES)


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("locale", ["ru", "en"])
def test_guide_contains_values_of_both_sides(family: str, locale: str):
    with use_locale(locale):
        told = setup_guide(family, OURS)
    copied = {paste.value for paste in told.pastes if not paste.choose}
    wanted = {OURS.canvas} if family == "canvas" else {OURS.login, OURS.launch, OURS.keys}
    assert wanted <= copied
    given = {each.field for each in told.gives}
    assert given <= FORM
    usual = endpoints(family, told.issuer or "https://platform.test")
    addresses = ("authorization_endpoint", "token_endpoint", "jwks_url")
    missing = [name for name in addresses if not getattr(usual, name) and name not in given]
    assert not missing, "neither derived nor asked for"
    assert {"client_id", "deployment_id"} <= given
    assert told.issuer or "issuer" in given
    assert told.where and told.afterwards and told.issuer_hint


def test_moodle_guide_uses_moodle_labels():
    with use_locale("ru"):
        russian = {paste.label for paste in setup_guide("moodle", OURS).pastes}
    with use_locale("en"):
        english = {paste.label for paste in setup_guide("moodle", OURS).pastes}
    assert {"Initiate login URL", "Redirection URI(s)", "Public keyset"} <= english
    assert {"URI перенаправления", "Тип открытого ключа"} <= russian
    assert not english & russian


def test_moodle_endpoints_are_derived():
    usual = endpoints("moodle", "https://moodle.test/learn/")
    assert usual.authorization_endpoint == "https://moodle.test/learn/mod/lti/auth.php"
    assert usual.token_endpoint == "https://moodle.test/learn/mod/lti/token.php"
    assert usual.jwks_url == "https://moodle.test/learn/mod/lti/certs.php"


def test_brightspace_has_own_audience():
    usual = endpoints("d2l", "https://school.brightspace.com")
    assert usual.token_audience == "https://api.brightspace.com/auth/token"
    assert usual.jwks_url == "https://school.brightspace.com/d2l/.well-known/jwks"


def test_canvas_endpoints_depend_on_host():
    assert endpoints("canvas", "https://canvas.instructure.com").jwks_url.startswith("https://sso.canvaslms.com/")
    assert endpoints("canvas", "https://canvas.school.test").jwks_url.startswith("https://canvas.school.test/")


@pytest.mark.parametrize(
    ("code", "family"),
    [
        ("moodle", "moodle"),
        ("Canvas", "canvas"),
        ("BlackboardLearn", "blackboard"),
        ("desire2learn", "d2l"),
        ("sakai.org", "sakai"),
        ("ilias", "other"),
        ("", "other"),
    ],
)
def test_family_is_recognised_by_product_code(code: str, family: str):
    assert family_of(code) == family


def test_default_name_contains_host():
    assert name_of("moodle", "https://moodle.school.test/x") == "Moodle, moodle.school.test"
    assert name_of("other", "nonsense") == "nonsense"
