"""Launches without a web server: valid ones are accepted, each single fault is refused with its reason."""

import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session, sessionmaker

from lms.core.auth.identities import ExternalIdentity
from lms.core.clock import utc_now
from lms.core.people.models import Account, UserSession
from lms.lti.errors import Refused
from lms.lti.launches import acceptance
from lms.lti.launches.oidc_login import StartedLogin
from lms.lti.messages import state
from lms.lti.messages import state as states
from lms.lti.messages.refusals import MESSAGES
from lms.lti.models.launches import Context, Launch, Link, Participant
from lms.lti.models.platforms import Deployment, Platform, UsedNonce
from lms.lti.trust import platform_keys
from tests.factories import make, platforms
from tests.support.counting import count_queries
from tests.support.platform.strict import StrictPlatform
from tests.support.platform_tokens import LEARNER, TokenMaker, curve_key, public, raw_token, rsa_key
from tests.support.wrong_launches import WRONG, WRONG_LOGINS, Fault


@pytest.fixture
def maker(session: Session) -> TokenMaker:
    """A connected platform that publishes two keys and signs with the second."""
    made = TokenMaker()
    made.register(session, jwks=public(rsa_key(1), rsa_key(0), alg="RS256"))
    return made


def refusal_of(act: Callable[[], Any]) -> Refused:
    with pytest.raises(Refused) as refusal:
        act()
    assert refusal.value.reason in MESSAGES
    assert refusal.value.message
    return refusal.value


def written(session: Session) -> list[int]:
    """Counts the rows that a launch writes."""
    models = (Context, Link, Participant, Launch, UsedNonce, UserSession, ExternalIdentity, Account)
    return [session.scalar(select(func.count()).select_from(model)) or 0 for model in models]


def test_valid_launch_is_accepted(session: Session, maker: TokenMaker):
    begun = maker.login(session)
    accepted = maker.accept(session, begun, maker.answer(begun))
    launch = accepted.launch
    assert accepted.destination.endpoint == "linking.unset"
    assert (launch.platform, launch.link.resource_link_id) == (maker.platform, "link-1")
    assert (launch.context.title, launch.context.label, launch.subject) == ("Курс", "К-1", "user-17")
    assert launch.named["given_name"] == "Ольга"
    assert launch.origins == [maker.issuer]
    assert launch.return_url == f"{maker.issuer}/return.php"
    assert maker.platform.last_launch_at is not None


def test_authentication_request_has_required_parameters(session: Session, maker: TokenMaker):
    begun = maker.login(session, lti_storage_target="_parent")
    parts = urlsplit(begun.authorization_url)
    asked = dict(parse_qsl(parts.query))
    assert f"{parts.scheme}://{parts.netloc}{parts.path}" == f"{maker.issuer}/auth.php"
    assert asked.pop("nonce") and asked.pop("state") == begun.state
    assert asked == {
        "site": "1",
        "scope": "openid",
        "response_type": "id_token",
        "response_mode": "form_post",
        "prompt": "none",
        "client_id": maker.client_id,
        "redirect_uri": "http://localhost/lti/launch",
        "login_hint": "17",
        "lti_message_hint": '{"cmid":5}',
    }
    assert (begun.storage_target, begun.storage_origin) == ("_parent", maker.issuer)
    assert begun.cookie == states.decode_state(begun.state, now=utc_now()).cookie
    assert begun.secret not in begun.authorization_url


# Wrong tokens


def spoiled(maker: TokenMaker, begun: StartedLogin, fault: Fault) -> str:
    right = maker.claims(begun)
    claims = maker.claims(begun, **fault.changes(right))
    algorithm = fault.header.get("alg")
    if algorithm:
        header = json.dumps({"alg": algorithm, "kid": maker.key.kid}).encode()
        token = raw_token(header, json.dumps(claims).encode(), b"")
        secret = json.dumps(public(maker.key)).encode()
        signature = hmac.new(secret, token.rpartition(".")[0].encode(), hashlib.sha256).digest()
        return raw_token(header, json.dumps(claims).encode(), b"" if algorithm == "none" else signature)
    return fault.spoil(maker.sign(claims, header=fault.header, key=rsa_key(5) if fault.stranger else None))


@pytest.mark.usefixtures("keys_were_just_read")
@pytest.mark.parametrize("fault", WRONG, ids=lambda fault: fault.name)
def test_invalid_token_is_refused(session: Session, maker: TokenMaker, fault: Fault):
    begun, before = maker.login(session), written(session)
    refusal = refusal_of(lambda: maker.accept(session, begun, spoiled(maker, begun, fault)))
    assert refusal.reason == fault.reason
    assert written(session) == before
    maker.accept(session, begun, maker.answer(begun))  # the same login, answered well


@pytest.mark.parametrize("fault", WRONG_LOGINS, ids=lambda fault: fault.name)
def test_invalid_login_is_refused(session: Session, maker: TokenMaker, fault):
    refusal = refusal_of(lambda: maker.login(session, **fault.login))
    assert refusal.reason == fault.reason


@pytest.mark.parametrize("changes", [{"login_hint": "x" * 4001}, {"iss": "a\x00"}, {"lti_message_hint": "\x00"}])
def test_login_beyond_limits_is_refused(session: Session, maker: TokenMaker, changes):
    refusal = refusal_of(lambda: maker.login(session, **changes))
    assert (refusal.reason, "\x00" in refusal.issuer) == ("login", False)


@pytest.fixture
def keys_were_just_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platform_keys, "_may_try", lambda *_given: False)


@pytest.mark.usefixtures("keys_were_just_read")
def test_refusal_carries_its_origin(session: Session, maker: TokenMaker):
    begun = maker.login(session)
    late = refusal_of(lambda: maker.accept(session, begun, maker.answer(begun, roles=None)))
    assert (late.platform_id, late.issuer, late.client_id) == (maker.platform.id, maker.issuer, maker.client_id)
    assert (late.return_url, late.deployment_id) == (f"{maker.issuer}/return.php", "1")
    forged = refusal_of(lambda: maker.accept(session, begun, maker.answer(begun, header={"kid": "key-1"})))
    assert (forged.reason, forged.return_url, forged.deployment_id) == ("signature", None, None)
    assert forged.platform_id == maker.platform.id


# The browser and the state


@pytest.mark.parametrize("proof", [None, "", "another"])
def test_another_browser_is_refused(session: Session, maker: TokenMaker, proof):
    begun = replace(maker.login(session), secret=proof)
    refusal = refusal_of(lambda: maker.accept(session, begun, maker.answer(begun)))
    assert (refusal.reason, refusal.platform_id) == ("browser", maker.platform.id)


def test_state_of_another_login_is_refused(session: Session, maker: TokenMaker):
    mine, theirs = maker.login(session), maker.login(session)
    crossed = replace(mine, state=theirs.state)
    assert refusal_of(lambda: maker.accept(session, crossed, maker.answer(mine))).reason == "browser"
    crossed = replace(theirs, authorization_url=mine.authorization_url)
    assert refusal_of(lambda: maker.accept(session, crossed, maker.answer(mine))).reason == "nonce"


def test_invalid_or_old_state_is_refused(session: Session, maker: TokenMaker):
    begun = maker.login(session)
    broken = replace(begun, state=begun.state[:-1])
    assert refusal_of(lambda: maker.accept(session, broken, maker.answer(begun))).reason == "state"
    later = utc_now() + timedelta(minutes=11)
    token = maker.answer(begun, now=later)
    assert refusal_of(lambda: maker.accept(session, begun, token, now=later)).reason == "state_old"


@pytest.mark.usefixtures("keys_were_just_read")
def test_state_of_another_platform_is_refused(session: Session, maker: TokenMaker):
    other = TokenMaker(key=rsa_key(3))
    other.register(session)
    begun = other.login(session)
    assert refusal_of(lambda: maker.accept(session, begun, maker.answer(begun))).reason == "kid"
    other.key = rsa_key(0)
    other.platform.jwks, other.platform.jwks_fetched_at = public(rsa_key(0)), utc_now() + timedelta(seconds=1)
    assert refusal_of(lambda: maker.accept(session, begun, maker.answer(begun))).reason == "issuer_claim"


def test_token_is_accepted_once(session: Session, maker: TokenMaker):
    begun = maker.login(session)
    token = maker.answer(begun)
    maker.accept(session, begun, token)
    assert refusal_of(lambda: maker.accept(session, begun, token)).reason == "replay"
    another = maker.answer(begun, sub="somebody-else")
    assert refusal_of(lambda: maker.accept(session, begun, another)).reason == "replay"
    maker.launch(session)


def test_simultaneous_use_of_token_is_accepted_once(own_engine: Engine):
    open_session = sessionmaker(own_engine, expire_on_commit=False)
    maker = TokenMaker()
    with open_session.begin() as session:
        maker.register(session)
        begun = maker.login(session)
    token = maker.answer(begun)
    with open_session() as first, open_session() as second:
        maker.accept(first, begun, token)
        second.execute(select(func.set_config("lock_timeout", "200ms", False)))
        with pytest.raises(Exception, match="lock timeout"):
            maker.accept(second, begun, token)  # waits for what becomes of the first
        second.rollback()
        first.commit()
        assert refusal_of(lambda: maker.accept(second, begun, token)).reason == "replay"


# Platforms that look alike


def test_issuer_may_have_several_clients(session: Session, maker: TokenMaker):
    twin = TokenMaker(issuer=maker.issuer, key=rsa_key(0))
    twin.register(session)
    assert maker.login(session).platform is maker.platform
    assert twin.login(session).platform is twin.platform
    assert refusal_of(lambda: maker.login(session, client_id=None)).reason == "client_missing"
    begun = maker.login(session)
    assert refusal_of(lambda: maker.accept(session, begun, twin.answer(begun))).reason == "audience"
    first, second = maker.launch(session), twin.launch(session)
    assert first.launch.context_id != second.launch.context_id


def test_missing_client_id_selects_only_platform(session: Session, maker: TokenMaker):
    assert maker.login(session, client_id=None).platform is maker.platform


def test_equal_identifiers_of_two_platforms_are_separate(session: Session, maker: TokenMaker):
    other = TokenMaker()
    other.register(session)
    mine, theirs = maker.launch(session).launch, other.launch(session).launch
    assert (mine.subject, mine.context.context_id) == (theirs.subject, theirs.context.context_id)
    assert (mine.context_id, mine.link_id) != (theirs.context_id, theirs.link_id)


def test_removed_platform_is_refused(session: Session, maker: TokenMaker):
    begun = maker.login(session)
    maker.platform.removed_at = utc_now()
    session.flush()
    gone = refusal_of(lambda: maker.login(session))
    assert (gone.reason, gone.platform_id) == ("removed", maker.platform.id)
    assert refusal_of(lambda: maker.accept(session, begun, maker.answer(begun))).reason == "removed"
    anew = TokenMaker(issuer=maker.issuer, client_id=maker.client_id)
    anew.register(session)
    assert anew.login(session).platform is anew.platform


# Deployments


def test_unaccepted_deployment_is_refused(session: Session, maker: TokenMaker):
    begun = maker.login(session)
    token = maker.answer(begun, deployment_id="2")
    unknown = refusal_of(lambda: maker.accept(session, begun, token))
    assert (unknown.reason, unknown.platform_id, unknown.deployment_id) == ("deployment", maker.platform.id, "2")
    for _twice in range(2):
        acceptance.record_deployment(session, platform_id=unknown.platform_id, deployment_id=unknown.deployment_id)
    noted = session.scalars(select(Deployment).where(Deployment.deployment_id == "2")).one()
    assert noted.accepted_at is None
    assert refusal_of(lambda: maker.accept(session, begun, token)).reason == "deployment"
    noted.accepted_at = utc_now()
    session.flush()
    assert maker.accept(session, begun, token).launch.context.deployment is noted


def test_changed_deployment_is_refused(session: Session, maker: TokenMaker):
    begun = maker.login(session, lti_deployment_id="1")
    other = maker.answer(begun, deployment_id="2")
    assert refusal_of(lambda: maker.accept(session, begun, other)).reason == "deployment_changed"
    maker.accept(session, begun, maker.answer(begun))


@pytest.mark.parametrize("same", ["HTTP://LOCALHOST/lti/launch", "http://localhost:80/lti/launch"])
def test_target_is_compared_normalised(session: Session, maker: TokenMaker, same):
    begun = maker.login(session, target_link_uri=same)
    assert maker.accept(session, begun, maker.answer(begun)).launch.id


# Keys of the platform


@pytest.fixture
def published(session: Session, platform: StrictPlatform) -> tuple[TokenMaker, Callable[[], acceptance.AcceptedLaunch]]:
    """A platform whose keys are read over TLS, and its launch."""
    made = TokenMaker()
    made.register(session, jwks={}, jwks_fetched_at=None, jwks_url=platform.url("keys"))

    def launch(**later: float) -> acceptance.AcceptedLaunch:
        now = utc_now() + timedelta(**later)
        begun = made.login(session, now)
        return made.accept(session, begun, platform.keys.sign(made.claims(begun, now=now)), now=now)

    return made, launch


def test_keys_are_fetched_once_and_after_change(session: Session, platform: StrictPlatform, published):
    made, launch = published
    launch()
    launch()
    assert len(platform.received_at("keys")) == 1
    assert made.platform.jwks == platform.keys.public_set()
    platform.keys.rotate()
    launch()
    launch()
    assert len(platform.received_at("keys")) == 2
    platform.keys.rotate(keep=False)
    assert refusal_of(launch).reason == "kid"  # read a moment ago: not again so soon
    assert len(platform.received_at("keys")) == 2
    launch(minutes=1, seconds=1)
    assert len(platform.received_at("keys")) == 3


def test_unknown_kid_does_not_repeat_fetch(session: Session, platform: StrictPlatform, published):
    made, launch = published
    launch()
    for number in range(5):
        begun = made.login(session)
        token = platform.keys.sign(made.claims(begun), header={"kid": f"made-up-{number}"})
        assert refusal_of(lambda: made.accept(session, begun, token)).reason == "kid"  # noqa: B023
    assert len(platform.received_at("keys")) == 2


def test_keys_survive_refused_launch(session: Session, platform: StrictPlatform, published):
    made, launch = published
    with session.begin_nested() as inner:
        begun = made.login(session)
        token = platform.keys.sign(made.claims(begun, roles=None))
        assert refusal_of(lambda: made.accept(session, begun, token)).reason == "roles"
        inner.rollback()
    session.expire_all()
    assert made.platform.jwks_fetched_at is None
    launch()
    assert len(platform.received_at("keys")) == 1
    assert made.platform.jwks_fetched_at is not None


def test_stale_keys_are_refetched_or_reused(platform: StrictPlatform, published):
    _made, launch = published
    launch()
    launch(days=1, seconds=5)
    assert len(platform.received_at("keys")) == 2
    platform.fail("keys", status=503, times=9)
    launch(days=2, seconds=10)


@pytest.mark.parametrize(
    "failure", [{"status": 503}, {"status": 200, "body": "no JSON"}, {"status": 200, "body": '{"keys":[]}'}]
)
def test_unreachable_keys_refuse_launch(platform: StrictPlatform, published, failure):
    _made, launch = published
    platform.fail("keys", times=1, **failure)
    refusal = refusal_of(launch)
    assert (refusal.reason, platform.url("keys") in refusal.detail) == ("keys", True)
    assert refusal_of(launch).reason == "keys"
    launch(minutes=1, seconds=1)


def test_inner_jwks_url_is_not_requested(session: Session):
    made = TokenMaker()
    made.register(session, jwks={}, jwks_fetched_at=None, jwks_url="https://169.254.169.254/keys")
    assert refusal_of(lambda: made.launch(session)).reason == "keys"


def test_changed_url_deletes_keys(session: Session, platform: StrictPlatform, published):
    made, launch = published
    launch()
    platform_keys.forget(made.platform)
    session.flush()
    launch()
    assert len(platform.received_at("keys")) == 2


def test_elliptic_curve_keys_are_accepted(session: Session):
    made = TokenMaker(key=curve_key(0))
    made.register(session)
    assert made.launch(session).launch.id


# What it costs


def test_returning_learner_takes_eight_queries(session: Session, engine: Engine, maker: TokenMaker):
    group = make.cohort(session)
    first = maker.launch(session)
    key = platforms.placement(session, first.launch.context, group).key
    maker.launch(session, custom={"placement": str(key)})
    session.commit()
    session.expunge_all()
    with count_queries(engine) as sent:
        begun = maker.login(session)
        accepted = maker.accept(session, begun, maker.answer(begun, custom={"placement": str(key)}))
        session.commit()
    assert accepted.destination.endpoint == "course.show"
    assert len(sent) <= 8, "\n".join(sent)


def test_refusal_contains_no_token_or_secret(session: Session, maker: TokenMaker):
    begun = maker.login(session)
    token = maker.answer(begun, nonce="another")
    refusal = refusal_of(lambda: maker.accept(session, begun, token))
    nonce = dict(parse_qsl(urlsplit(begun.authorization_url).query))["nonce"]
    for secret in (begun.secret, nonce, token, state.digest(begun.secret), "another one's"):
        assert secret not in f"{refusal.detail} {refusal.message}"


def test_deleted_platform_is_refused_as_removed(session: Session, maker: TokenMaker):
    begun = maker.login(session)
    session.delete(session.scalars(select(Deployment).where(Deployment.platform_id == maker.platform.id)).one())
    session.flush()
    session.delete(session.get(Platform, maker.platform.id))
    session.flush()
    assert refusal_of(lambda: maker.accept(session, begun, maker.answer(begun))).reason == "removed"


def test_roles_are_stored_as_platform_role(session: Session, maker: TokenMaker):
    assert maker.launch(session, roles=[LEARNER]).launch.platform_role == "learner"
    assert maker.launch(session, roles=[]).launch.platform_role == "other"
    participant = session.scalars(select(Participant)).one()
    assert (participant.subject, participant.platform_role, participant.active) == ("user-17", "other", True)
