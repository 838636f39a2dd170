"""Operations on connections: add, edit, remove, reconnect; deployments; one-time addresses; checks."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from lms.core.audit import AuditEntry
from lms.core.auth.policy import SYSTEM
from lms.core.clock import utc_now
from lms.core.errors import DomainError, Invalid
from lms.core.people.models import UserSession
from lms.core.people.sessions import hash_of
from lms.lti.connections import checks, deployments, operations, queries, registration_links
from lms.lti.connections.platform_settings import PlatformSettings
from lms.lti.errors import Refused
from lms.lti.models.launches import Context, Launch
from lms.lti.models.platforms import Deployment, Platform
from lms.lti.services import tokens
from lms.lti.trust import tool_keys
from tests.factories import make

NOW = utc_now()


def given(**changes: object) -> PlatformSettings:
    number = next(make.count)
    usual = {"family": "moodle", "issuer": f"https://moodle{number}.test", "client_id": f"client{number}"}
    return PlatformSettings(**(usual | changes))  # type: ignore[arg-type]


@pytest.fixture
def connected(session) -> Platform:
    return operations.add(session, actor=SYSTEM, given=given(name="Moodle гимназии"), deployment_id="1", now=NOW)


def launched(session, platform: Platform) -> Launch:
    """An active launch with its session."""
    context = Context(deployment_id=platform.deployments[0].id, context_id=f"course{next(make.count)}")
    account = make.account(session)
    opened = UserSession(token_hash=hash_of(f"t{next(make.count)}"), account_id=account.id, launched=True)
    session.add_all([context, opened])
    session.flush()
    launch = Launch(
        session_id=opened.id,
        session=opened,
        context_id=context.id,
        platform_role="learner",
        subject="7",
        ends_at=NOW + timedelta(hours=8),
    )
    session.add(launch)
    session.flush()
    return launch


def test_add_accepts_given_deployment(session, connected):
    assert connected.token_endpoint == f"{connected.issuer}/mod/lti/token.php"
    assert [(each.deployment_id, each.accepted_at) for each in connected.deployments] == [("1", NOW)]
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "platform.add")).one()
    assert entry.detail == {"issuer": connected.issuer, "client_id": connected.client_id}


def test_add_without_deployment_leaves_first_launch_waiting(session):
    made = operations.add(session, actor=SYSTEM, given=given(), deployment_id=" ", now=NOW)
    assert made.deployments == []


def test_add_rejects_duplicate_client_at_field(session, connected):
    again = given(issuer=connected.issuer, client_id=connected.client_id)
    with pytest.raises(Invalid) as caught, session.begin_nested():
        operations.add(session, actor=SYSTEM, given=again, deployment_id="", now=NOW)
    assert caught.value.field == "client_id"


def test_one_issuer_may_have_two_clients(session, connected):
    other = operations.add(session, actor=SYSTEM, given=given(issuer=connected.issuer), deployment_id="1", now=NOW)
    assert other.id != connected.id


def test_edit_of_jwks_url_deletes_keys(session, connected):
    connected.jwks, connected.jwks_fetched_at = {"keys": []}, NOW
    values = {name: getattr(connected, name) for name in ("family", "issuer", "client_id", "name")}
    operations.edit(
        session, actor=SYSTEM, platform=connected, given=PlatformSettings(**values, jwks_url=connected.jwks_url)
    )
    assert connected.jwks_fetched_at == NOW
    operations.edit(
        session, actor=SYSTEM, platform=connected, given=PlatformSettings(**values, jwks_url="https://moodle.test/keys")
    )
    assert (connected.jwks, connected.jwks_fetched_at) == ({}, None)


def test_remove_ends_launches_and_keeps_data(session, connected):
    launch = launched(session, connected)
    elsewhere = launched(session, operations.add(session, actor=SYSTEM, given=given(), deployment_id="1", now=NOW))
    operations.remove(session, actor=SYSTEM, platform=connected, now=NOW)
    operations.remove(session, actor=SYSTEM, platform=connected, now=NOW + timedelta(hours=1))
    session.refresh(launch)
    assert connected.removed_at == NOW
    assert (launch.session.ended_at, launch.ends_at) == (NOW, NOW)
    session.refresh(elsewhere)
    assert elsewhere.session.ended_at is None
    assert elsewhere.ends_at > NOW
    assert session.get(Context, launch.context_id) is not None


def test_removed_client_may_be_added_again(session, connected):
    operations.remove(session, actor=SYSTEM, platform=connected, now=NOW)
    again = given(issuer=connected.issuer, client_id=connected.client_id)
    assert operations.add(session, actor=SYSTEM, given=again, deployment_id="", now=NOW).id != connected.id


def test_reconnect_keeps_data_under_new_client(session, connected):
    context_id = launched(session, connected).context_id
    operations.remove(session, actor=SYSTEM, platform=connected, now=NOW)
    fresh = given(issuer=connected.issuer, client_id="another", name=connected.name)
    operations.reconnect(session, actor=SYSTEM, platform=connected, given=fresh, deployment_id="2", now=NOW)
    assert (connected.client_id, connected.removed_at) == ("another", None)
    assert [each.deployment_id for each in connected.deployments] == ["2"]
    context = session.get(Context, context_id)
    session.refresh(context)
    assert context.deployment_id == connected.deployments[0].id


def test_reconnect_renames_no_deployment_of_several(session, connected):
    deployments.add(session, actor=SYSTEM, platform=connected, deployment_id="5", now=NOW)
    fresh = given(issuer=connected.issuer, client_id="another")
    operations.reconnect(session, actor=SYSTEM, platform=connected, given=fresh, deployment_id="7", now=NOW)
    assert sorted(each.deployment_id for each in connected.deployments) == ["1", "5", "7"]


def test_reconnect_rejects_another_issuer(session, connected):
    with pytest.raises(Invalid) as caught:
        operations.reconnect(session, actor=SYSTEM, platform=connected, given=given(), deployment_id="", now=NOW)
    assert caught.value.field == "issuer"


def test_deployment_is_accepted_and_forgotten(session, connected):
    seen = Deployment(platform_id=connected.id, deployment_id="9")
    session.add(seen)
    session.flush()
    assert queries.counts(session).waiting == 1
    deployments.accept(session, actor=SYSTEM, deployment=seen, now=NOW)
    deployments.accept(session, actor=SYSTEM, deployment=seen, now=NOW + timedelta(hours=1))
    assert seen.accepted_at == NOW
    assert deployments.forget(session, actor=SYSTEM, deployment=seen)
    assert [each.deployment_id for each in connected.deployments] == ["1"]


def test_forget_keeps_deployment_with_courses(session, connected):
    launched(session, connected)
    (used,) = connected.deployments
    assert not deployments.forget(session, actor=SYSTEM, deployment=used)
    assert used.accepted_at is None
    deployments.add(session, actor=SYSTEM, platform=connected, deployment_id="1", now=NOW)
    assert used.accepted_at == NOW


def test_registration_address_is_stored_as_hash(session):
    site = make.site(session)
    address, token = registration_links.create_link(
        session, actor=SYSTEM, now=NOW, site_id=site.id, instructors_teach=True
    )
    assert token not in address.token_hash
    assert address.expires_at == NOW + timedelta(hours=24)
    assert registration_links.lock_link(session, token) is address
    assert address in queries.open_addresses(session, now=NOW)
    assert address not in queries.open_addresses(session, now=NOW + timedelta(days=1))


def test_revoked_address_is_expired(session, connected):
    address, token = registration_links.create_link(session, actor=SYSTEM, now=NOW, platform=connected)
    registration_links.revoke(session, actor=SYSTEM, address=address, now=NOW)
    registration_links.revoke(session, actor=SYSTEM, address=address, now=NOW)
    with pytest.raises(Refused) as caught:
        registration_links.demand_usable(registration_links.lock_link(session, token), NOW)
    assert caught.value.reason == "registration_ended"
    entries = select(func.count(AuditEntry.id)).where(AuditEntry.action == "platform.take_back_address")
    assert session.scalar(entries) == 1


def test_revoke_rejects_used_address(session, connected):
    address, _token = registration_links.create_link(session, actor=SYSTEM, now=NOW)
    address.used_at = NOW
    with pytest.raises(DomainError):
        registration_links.revoke(session, actor=SYSTEM, address=address, now=NOW)


def test_unknown_token_is_refused(session):
    with pytest.raises(Refused) as caught:
        registration_links.lock_link(session, "nothing")
    assert caught.value.reason == "registration_unknown"


@pytest.fixture
def living(session, platform) -> Platform:
    """A connection with a platform that answers and reads our keys."""
    platform.tool_keys = tool_keys.public_set(session, now=utc_now())
    tokens.reset_tokens()
    values = {
        "authorization_endpoint": platform.url("auth"),
        "token_endpoint": platform.url("token"),
        "jwks_url": platform.url("keys"),
    }
    known = given(issuer=platform.issuer, client_id=platform.client_id, **values)
    return operations.add(session, actor=SYSTEM, given=known, deployment_id="1", now=NOW)


def test_check_fetches_keys_and_token(session, platform, living):
    found = checks.check_platform(session, actor=SYSTEM, platform=living, now=utc_now())
    assert found.keys.good and found.access.good, found
    assert found.keys.count == 1
    assert living.jwks["keys"] and living.jwks_fetched_at
    assert platform.complaints == []


def test_check_reports_platform_without_our_keys(session, platform, living):
    platform.fail("token", status=404, body="TypeError: array_key_exists(): Argument #2 must be of type array")
    found = checks.check_platform(session, actor=SYSTEM, platform=living, now=utc_now())
    assert found.keys.good
    assert not found.access.good


@pytest.mark.parametrize("how", [{"status": 503}, {"body": "no JSON", "status": 200}, {"status": 200, "body": "[]"}])
def test_check_reports_platform_without_keys(session, platform, living, how):
    platform.fail("keys", **how)
    found = checks.check_platform(session, actor=SYSTEM, platform=living, now=utc_now())
    assert not found.keys.good
    assert found.keys.error and found.keys.error.message
    assert living.jwks_fetched_at is None
