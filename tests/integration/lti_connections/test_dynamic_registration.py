"""Dynamic registration with a strict platform over TLS, its refusals, and protection of inner networks."""

import threading
from datetime import timedelta
from urllib.parse import parse_qs

import pytest
from sqlalchemy import func, select

from lms.core import i18n
from lms.core.auth.policy import SYSTEM
from lms.core.clock import utc_now
from lms.core.db import make_sessions, transaction
from lms.lti.connections import operations, registration_links
from lms.lti.connections.platform_settings import PlatformSettings
from lms.lti.connections.registration import register
from lms.lti.errors import Refused
from lms.lti.models.platforms import Platform
from lms.lti.trust import http_client
from tests.factories import make

NOW = utc_now()


@pytest.fixture
def token(session) -> str:
    site = make.site(session)
    return registration_links.create_link(session, actor=SYSTEM, now=NOW, site_id=site.id, instructors_teach=True)[1]


def asked(platform) -> dict[str, str]:
    """Parameters that the platform adds to the one-time address."""
    told = parse_qs(platform.registration_query())
    return {"configuration": told["openid_configuration"][0], "access": told["registration_token"][0]}


def run(session, token, platform, **changes):
    return register(session, token=token, now=NOW, **(asked(platform) | changes))


def refused(session, token, platform, **changes) -> Refused:
    with pytest.raises(Refused) as caught:
        run(session, token, platform, **changes)
    assert session.scalar(select(func.count(Platform.id)).where(Platform.issuer == platform.issuer)) == 0
    assert registration_links.lock_link(session, token).used_at is None, "the address stays usable"
    return caught.value


def test_register_connects_moodle(session, token, platform):
    made = run(session, token, platform)
    connected = made.platform
    assert not made.already
    assert (connected.issuer, connected.client_id) == (platform.issuer, platform.client_id)
    assert (connected.family, connected.dynamic, connected.instructors_teach) == ("moodle", True, True)
    assert connected.name == "Moodle, localhost"
    assert connected.jwks_url == platform.url("keys")
    assert connected.site_id is not None
    (deployment,) = connected.deployments
    assert (deployment.deployment_id, deployment.accepted_at) == (platform.deployment, NOW)
    assert platform.complaints == []
    assert len(platform.registrations) == 1
    used = registration_links.lock_link(session, token)
    assert (used.used_at, used.platform_id) == (NOW, connected.id)


def test_register_requests_supported_scopes(session, token, platform):
    run(session, token, platform)
    assert set(platform.registered_scopes) <= {*platform.grade_scopes, *platform.granted_scopes}
    assert len(platform.registered_scopes) == 5


def test_register_without_deployment_leaves_first_launch_waiting(session, token, platform):
    platform.tells_deployment = False
    assert run(session, token, platform).platform.deployments == []


def test_registering_twice_connects_once(session, token, platform):
    first = run(session, token, platform)
    second = run(session, token, platform)
    assert second.already
    assert second.platform is first.platform
    assert len(platform.registrations) == 1


def test_used_address_refuses_another_platform(session, token, platform):
    run(session, token, platform)
    with pytest.raises(Refused) as caught:
        run(session, token, platform, configuration="https://other.example/openid-configuration")
    assert caught.value.reason == "registration_used"


def test_expired_address_sends_no_request(session, token, platform):
    with pytest.raises(Refused) as caught:
        register(session, token=token, now=NOW + timedelta(hours=24), **asked(platform))
    assert caught.value.reason == "registration_ended"
    assert platform.received == []


def test_unknown_token_sends_no_request(session, platform):
    with pytest.raises(Refused):
        run(session, "made-up", platform)
    assert platform.received == []


def test_register_refuses_foreign_issuer(session, token, platform):
    platform.issuer = "https://bank.example"
    assert refused(session, token, platform).reason == "registration_issuer"
    assert platform.registrations == []


@pytest.mark.parametrize(
    "configuration",
    [
        "http://10.0.0.1/openid-configuration",
        "https://169.254.169.254/latest/meta-data",
        "https://[::1]/x",
        "file:///etc/passwd",
        "nonsense",
        "",
    ],
)
def test_register_refuses_inner_address(session, token, platform, configuration):
    found = refused(session, token, platform, configuration=configuration)
    assert found.reason == "registration_address"
    assert found.message


def test_register_refuses_inner_address_in_configuration(session, token, platform, settings):
    http_client.configure(("127.0.0.1",), settings.platform_ca_file)
    try:
        assert refused(session, token, platform).reason == "registration_address"
    finally:
        http_client.configure(settings.platform_private_hosts, settings.platform_ca_file)


def test_register_follows_no_redirect(session, token, platform):
    platform.fail("openid-configuration", status=302, location="http://127.0.0.1:1/")
    assert refused(session, token, platform).reason == "registration_configuration"


@pytest.mark.parametrize(
    ("how", "reason"),
    [
        ({"status": 503}, "registration_configuration"),
        ({"status": 200, "body": "<html>"}, "registration_unreachable"),
        ({"status": 200, "body": "[1]"}, "registration_configuration"),
        ({"status": 200, "body": "{}"}, "registration_configuration"),
        ({"status": 200, "body": b"x" * 1_100_000}, "registration_unreachable"),
    ],
)
def test_register_refuses_invalid_configuration(session, token, platform, how, reason):
    platform.fail("openid-configuration", **how)
    assert refused(session, token, platform).reason == reason


@pytest.mark.parametrize(
    ("how", "reason", "word"),
    [
        ({"status": 400, "body": '{"error_description": "missing_domain"}'}, "registration_refused", "missing_domain"),
        ({"status": 403}, "registration_refused", "wanted by the test"),
        ({"status": 302, "location": "https://localhost/x", "body": ""}, "registration_refused", "302"),
        ({"status": 200, "body": "fine"}, "registration_unreachable", "JSON"),
        ({"status": 200, "body": "{}"}, "registration_answer", ""),
        ({"status": 200, "body": '{"client_id": ""}'}, "registration_answer", ""),
    ],
)
def test_register_reports_refusal_of_platform(session, token, platform, how, reason, word):
    platform.fail("registration", **how)
    found = refused(session, token, platform)
    assert found.reason == reason
    assert word in found.message
    assert run(session, token, platform).platform.client_id == platform.client_id, "and may be tried again"


def test_register_reports_used_registration_token(session, token, platform):
    assert refused(session, token, platform, access="spent").reason == "registration_refused"


def test_refusal_detail_contains_no_secret(session, token, platform):
    told = asked(platform)
    platform.fail("openid-configuration", status=404)
    found = refused(session, token, platform, configuration=told["configuration"] + "?registration_token=hidden")
    assert "hidden" not in found.detail


def connect(session, issuer: str) -> Platform:
    given = PlatformSettings(family="moodle", issuer=issuer, client_id=f"old{next(make.count)}", name="Moodle гимназии")
    return operations.add(session, actor=SYSTEM, given=given, deployment_id="1", now=NOW)


def test_register_again_keeps_platform_row(session, platform):
    known = connect(session, platform.issuer)
    operations.remove(session, actor=SYSTEM, platform=known, now=NOW)
    _address, token = registration_links.create_link(session, actor=SYSTEM, now=NOW, platform=known)
    again = run(session, token, platform).platform
    assert again is known
    assert (known.client_id, known.removed_at, known.name) == (platform.client_id, None, "Moodle гимназии")
    assert known.dynamic
    assert [each.deployment_id for each in known.deployments] == [platform.deployment]


def test_updated_tool_is_connected_anew(session, token, platform):
    known = run(session, token, platform).platform
    known.name, known.site_id = "Moodle гимназии", None
    platform.updates_tool = True
    for removed in (False, True):
        if removed:
            operations.remove(session, actor=SYSTEM, platform=known, now=NOW)
        _address, second = registration_links.create_link(session, actor=SYSTEM, now=NOW)
        done = run(session, second, platform)
        assert (done.platform, done.updated, done.already) == (known, True, False)
        assert (known.client_id, known.name, known.removed_at) == (platform.client_id, "Moodle гимназии", None)
        assert [each.deployment_id for each in known.deployments] == [platform.deployment]
    assert session.scalar(select(func.count(Platform.id)).where(Platform.issuer == platform.issuer)) == 1


def test_address_for_one_connection_renews_the_updated_one(session, token, platform):
    updated = run(session, token, platform).platform
    other = connect(session, platform.issuer)
    platform.updates_tool = True
    _address, second = registration_links.create_link(session, actor=SYSTEM, now=NOW, platform=other)
    assert run(session, second, platform).platform is updated
    assert other.client_id != updated.client_id


def test_reconnecting_address_refuses_another_platform(session, platform):
    known = connect(session, "https://moodle.elsewhere.example")
    _address, token = registration_links.create_link(session, actor=SYSTEM, now=NOW, platform=known)
    assert refused(session, token, platform).reason == "registration_other"
    assert platform.registrations == []


def test_simultaneous_requests_register_once(own_engine, sessions, platform):
    separate = make_sessions(own_engine)
    with transaction(separate) as session:
        _address, token = registration_links.create_link(session, actor=SYSTEM, now=NOW)
    came: list[bool | Exception] = []
    told = asked(platform)
    platform.fail("registration", status=None, delay=0.3)

    def click() -> None:
        try:
            with i18n.use_locale("ru"), transaction(separate) as session:
                came.append(register(session, token=token, now=NOW, **told).already)
        except Exception as error:
            came.append(error)

    threads = [threading.Thread(target=click) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    with separate() as session:
        assert session.scalar(select(func.count(Platform.id))) == 1
    assert sorted(map(str, came)) == ["False", "True", "True"]
    assert len(platform.registrations) == 1
