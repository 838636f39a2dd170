"""Active launches: cookie, end, tickets, deletion."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine, event, func, select
from sqlalchemy.orm import Session

from lms.core.clock import utc_now
from lms.core.people.models import UserSession
from lms.core.people.sessions import find_session
from lms.lti import jobs
from lms.lti.identity import account_resolution
from lms.lti.launches import acceptance, launch_sessions
from lms.lti.launches.launch_sessions import (
    KEPT_AFTER_END,
    LAUNCH_LIFETIME,
    create_ticket,
    delete_expired,
    find_launch,
    redeem_ticket,
    use_nonce,
)
from lms.lti.models.launches import Launch
from lms.lti.models.platforms import Refusal, UsedNonce
from tests.factories import make, platforms
from tests.support.counting import count_queries
from tests.support.platform_tokens import INSTRUCTOR, TokenMaker

HOUR = timedelta(hours=1)


@pytest.fixture
def maker(session: Session) -> TokenMaker:
    made = TokenMaker()
    made.register(session)
    return made


@pytest.fixture
def launched(session: Session, maker: TokenMaker) -> acceptance.AcceptedLaunch:
    """A learner's launch of a programme."""
    course = platforms.context(session, maker.platform, context_id="course-1")
    placement = platforms.placement(session, course, make.cohort(session))
    return maker.launch(session, custom={"placement": str(placement.key)})


def found(session: Session, accepted: acceptance.AcceptedLaunch, **later: float) -> Launch | None:
    return find_launch(session, accepted.launch.id, accepted.token, now=utc_now() + timedelta(**later))


def test_cookie_finds_launch_in_one_query(session: Session, engine: Engine, launched: acceptance.AcceptedLaunch):
    session.commit()
    session.expunge_all()
    with count_queries(engine) as sent:
        launch = found(session, launched)
        assert launch.session.account.person.given_name == "Ольга"
        assert launch.platform.name
        assert launch.link.placement.cohort.site_id
        assert launch.link.context.deployment.platform is launch.platform
    assert len(sent) == 1, "\n".join(sent)


def test_foreign_cookie_finds_no_launch(session: Session, maker: TokenMaker, launched: acceptance.AcceptedLaunch):
    other = maker.launch(session, sub="user-18", resource_link={"id": "2"})
    now = utc_now()
    assert find_launch(session, launched.launch.id, other.token, now=now) is None
    assert find_launch(session, other.launch.id, launched.token, now=now) is None
    assert find_launch(session, 2**31 - 1, launched.token, now=now) is None
    assert find_launch(session, launched.launch.id, "", now=now) is None
    assert found(session, other) is other.launch


def test_launch_session_is_no_log_in(session: Session, launched: acceptance.AcceptedLaunch):
    assert find_session(session, launched.token, now=utc_now()) is None


def test_launch_expires(session: Session, launched: acceptance.AcceptedLaunch):
    assert found(session, launched, hours=11) is not None
    assert found(session, launched, hours=12, seconds=1) is None
    assert timedelta(hours=12) == LAUNCH_LIFETIME


def _end(launch: Launch) -> None:
    launch.session.ended_at = utc_now()


def _close(launch: Launch) -> None:
    launch.session.account.is_active = False


def _remove(launch: Launch) -> None:
    launch.platform.removed_at = utc_now()


def _refuse(launch: Launch) -> None:
    launch.context.deployment.accepted_at = None


@pytest.mark.parametrize("end", [_end, _close, _remove, _refuse])
def test_launch_ends_with_platform_account_or_session(session: Session, launched: acceptance.AcceptedLaunch, end):
    assert found(session, launched) is not None
    end(launched.launch)
    session.flush()
    assert found(session, launched) is None


def test_launch_updates_last_seen(session: Session, launched: acceptance.AcceptedLaunch):
    before = launched.launch.session.last_seen_at
    found(session, launched, minutes=1)
    assert launched.launch.session.last_seen_at == before
    found(session, launched, minutes=6)
    assert launched.launch.session.last_seen_at > before


def test_visitor_has_launch(session: Session, maker: TokenMaker):
    visit = maker.launch(session, roles=[INSTRUCTOR])
    assert found(session, visit) is visit.launch
    account = make.account(session)
    account_resolution.link_identity(
        session, account=account, platform=maker.platform, subject="user-17", now=utc_now()
    )
    later = acceptance.accept_visitor(
        session, launch=visit.launch, account=account, agent="a", address="b", now=utc_now()
    )
    assert found(session, visit) is None
    assert found(session, later).session.account is account


def test_ticket_is_redeemed_once(session: Session, launched: acceptance.AcceptedLaunch):
    now = utc_now()
    ticket = create_ticket(launched.launch, now=now)
    launch, token = redeem_ticket(session, launched.launch.id, ticket, now=now)
    assert (launch, token != launched.token) == (launched.launch, True)
    assert found(session, launched) is None
    assert find_launch(session, launch.id, token, now=now) is launch
    assert redeem_ticket(session, launch.id, ticket, now=now) is None
    assert redeem_ticket(session, launch.id, create_ticket(launch, now=now), now=now) is not None


def test_ticket_works_for_visitor(session: Session, maker: TokenMaker):
    visit, now = maker.launch(session), utc_now()
    launch, token = redeem_ticket(session, visit.launch.id, create_ticket(visit.launch, now=now), now=now)
    assert find_launch(session, launch.id, token, now=now) is launch


def test_invalid_tickets_are_refused(session: Session, maker: TokenMaker, launched: acceptance.AcceptedLaunch):
    now, other = utc_now(), maker.launch(session, resource_link={"id": "2"}).launch
    ticket = create_ticket(launched.launch, now=now)
    for number, written, later in (
        (other.id, ticket, now),
        (launched.launch.id, ticket + "x", now),
        (launched.launch.id, "", now),
        (launched.launch.id, launched.token, now),
        (launched.launch.id, ticket, now + timedelta(minutes=11)),
    ):
        assert redeem_ticket(session, number, written, now=later) is None
    _remove(launched.launch)
    session.flush()
    assert redeem_ticket(session, launched.launch.id, ticket, now=now) is None


def test_expired_launches_are_deleted(session: Session, maker: TokenMaker, launched: acceptance.AcceptedLaunch):
    maker.launch(session, sub="user-18", resource_link={"id": "2"})
    ordinary = UserSession(token_hash="0" * 64, account_id=launched.launch.session.account_id)
    session.add(ordinary)
    session.flush()
    count = {model: select(func.count()).select_from(model) for model in (Launch, UserSession, UsedNonce)}

    def left() -> list[int]:
        return [session.scalar(query) or 0 for query in count.values()]

    assert left() == [2, 2, 2]
    delete_expired(session, utc_now() + 2 * HOUR)
    assert left() == [2, 2, 0]
    delete_expired(session, utc_now() + LAUNCH_LIFETIME + KEPT_AFTER_END - HOUR)
    assert left() == [2, 2, 0]
    delete_expired(session, utc_now() + LAUNCH_LIFETIME + KEPT_AFTER_END + HOUR)
    assert left() == [0, 1, 0]


def test_old_and_excess_refusals_are_deleted(session: Session, monkeypatch: pytest.MonkeyPatch):
    now = utc_now()
    session.add_all(Refusal(reason="state", seen_at=now - timedelta(days=days)) for days in (100, 1, 1, 0, 0))
    session.flush()
    reasons = select(func.count()).select_from(Refusal)
    delete_expired(session, now)
    assert session.scalar(reasons) == 4
    monkeypatch.setattr(launch_sessions, "MOST_REFUSALS", 2)
    delete_expired(session, now)
    assert session.scalar(reasons) == 2


def test_nonce_belongs_to_platform(session: Session, maker: TokenMaker):
    other = TokenMaker()
    other.register(session)
    ends = utc_now() + HOUR
    used = [use_nonce(session, each.platform.id, "n", ends_at=ends) for each in (maker, maker, other)]
    assert used == [True, False, True]


def test_deletion_is_periodic():
    assert {"sweep_launches", "keep_platform_keys"} <= jobs.PERIODIC.keys()


def test_secrets_are_stored_as_hashes(session: Session, engine: Engine, maker: TokenMaker):
    """Neither the cookie's token, the browser's secret nor the nonce goes into a row."""
    kept: list[str] = []
    event.listen(engine, "before_cursor_execute", note := lambda *given: kept.append(repr(given[3])))
    try:
        begun = maker.login(session)
        accepted = maker.accept(session, begun, token := maker.answer(begun))
    finally:
        event.remove(engine, "before_cursor_execute", note)
    nonce = maker.claims(begun)["nonce"]
    for secret in (accepted.token, begun.secret, nonce, token):
        assert not any(secret in values for values in kept)
