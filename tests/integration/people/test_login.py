from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from lms.core.auth.models import Throttle
from lms.core.auth.throttle import Limit, count_try, give_back, network_of
from lms.core.clock import utc_now
from lms.core.db import make_engine
from lms.core.errors import Invalid, Throttled
from lms.core.people import login, operations
from lms.core.people.login import KnownBrowser
from tests.factories import make

NOW = utc_now()
SECRET = "три зелёных кота"


@pytest.fixture
def committed(own_engine: Engine) -> Iterator[Session]:
    """A session in which a failed log-in rolls back, as a failed request does."""
    with Session(own_engine, expire_on_commit=False) as opened:
        yield opened


def account_with_password(session, **values):
    account = make.account(session, **values)
    operations.set_password(session, actor=None, account=account, password=SECRET, now=NOW)
    return account


def log_in(session, name, password=SECRET, address="10.0.0.1", now=NOW, browser=None):
    return login.authenticate(session, login=name, password=password, address=address, now=now, browser=browser)


def test_authenticates_by_user_name_and_email(session):
    account = account_with_password(session, username="nina", email="nina@school.ru")
    assert log_in(session, " Nina ") is account
    assert log_in(session, "NINA@school.ru") is account


def test_unknown_account_gets_same_message_as_wrong_password(session):
    account_with_password(session, username="nina")
    words = set()
    for name, password in (("nina", "не тот пароль"), ("nobody", SECRET), ("", "")):
        with pytest.raises(Invalid) as caught:
            log_in(session, name, password)
        words.add((caught.value.message, caught.value.field))
    assert len(words) == 1


def test_shared_email_requires_user_name(session):
    for name in ("nina", "vera"):
        account_with_password(session, username=name, email="school@example.org")
    with pytest.raises(Invalid, match="логину") as caught:
        log_in(session, "school@example.org")
    assert caught.value.field == "login"


def test_user_name_takes_precedence_over_email(session):
    first = account_with_password(session, username="a@b.ru")
    account_with_password(session, email="a@b.ru")
    assert log_in(session, "a@b.ru") is first


def test_rejects_closed_account(session):
    account_with_password(session, username="nina", is_active=False)
    with pytest.raises(Invalid):
        log_in(session, "nina")


def test_rejects_account_without_password(session):
    make.account(session, username="card-only")
    with pytest.raises(Invalid):
        log_in(session, "card-only", "")


def fail(session, name, times, address="10.0.0.1", **more):
    for _ in range(times):
        with pytest.raises(Invalid):
            log_in(session, name, "не тот пароль", address, **more)
        session.rollback()


def test_too_many_failures_block_name_at_address(committed):
    account_with_password(committed, username="nina")
    committed.commit()
    fail(committed, "nina", login.BY_PAIR.tries)
    with pytest.raises(Throttled, match="минут") as caught:
        log_in(committed, "nina", now=NOW + timedelta(minutes=5))
    assert caught.value.retry_after == 600
    assert caught.value.field == "login"
    assert log_in(committed, "nina", now=NOW + timedelta(minutes=15)).username == "nina"


def test_success_clears_counter(committed):
    account_with_password(committed, username="nina")
    committed.commit()
    for _ in range(3):
        fail(committed, "nina", login.BY_PAIR.tries - 1)
        assert log_in(committed, "nina").username == "nina"


def test_failures_of_stranger_do_not_lock_owner_out(committed):
    account = account_with_password(committed, username="nina")
    committed.commit()
    fail(committed, "nina", login.BY_PAIR.tries, address="203.0.113.9")
    with pytest.raises(Throttled):
        log_in(committed, "nina", address="203.0.113.9")
    assert log_in(committed, "nina", address="10.0.0.1") is account


def test_known_browser_has_its_own_counter(committed):
    account, other = (account_with_password(committed, username=name) for name in ("nina", "vera"))
    committed.commit()
    browser = KnownBrowser("b1", frozenset({account.id}))
    for name in ("nina", "vera"):
        fail(committed, name, login.BY_PAIR.tries)
    assert log_in(committed, "nina", browser=browser) is account
    with pytest.raises(Throttled):
        log_in(committed, "vera", browser=browser)
    fail(committed, "nina", login.BY_BROWSER.tries, browser=browser)
    with pytest.raises(Throttled):
        log_in(committed, "nina", browser=browser)
    assert log_in(committed, "nina", address="10.0.0.2") is account
    assert log_in(committed, "vera", address="10.0.0.2") is other


def test_guesses_from_many_addresses_are_bounded(committed):
    account_with_password(committed, username="nina")
    committed.commit()
    for number in range(login.BY_NAME.tries):
        fail(committed, "nina", 1, address=f"198.51.100.{number}")
    with pytest.raises(Throttled):
        log_in(committed, "nina", address="10.0.0.1")


def test_one_network_of_ipv6_counts_as_one_address(committed):
    account_with_password(committed, username="nina")
    committed.commit()
    for number in range(login.BY_PAIR.tries):
        fail(committed, "nina", 1, address=f"2001:db8:1:2::{number + 1:x}")
    with pytest.raises(Throttled):
        log_in(committed, "nina", address="2001:db8:1:2:ffff::1")
    assert log_in(committed, "nina", address="2001:db8:1:3::1").username == "nina"
    assert [network_of(each) for each in ("::ffff:10.0.0.1", "10.0.0.1", None)] == ["10.0.0.1", "10.0.0.1", "unknown"]


def test_many_names_from_one_address_block_address(committed):
    for number in range(login.BY_ADDRESS.tries):
        with pytest.raises(Invalid):
            log_in(committed, f"name{number}", "не тот пароль")
    with pytest.raises(Throttled):
        log_in(committed, "another")
    with pytest.raises(Invalid):
        log_in(committed, "another", address="10.0.0.2")


def test_request_that_counts_attempts_holds_one_connection(make_database: Callable[[], str]):
    """A pool of one: a second connection beside the request's own would be waited for in vain."""
    single = make_engine(make_database(), pool=1, max_overflow=0, pool_timeout=1)
    with Session(single, expire_on_commit=False) as session:
        account_with_password(session, username="nina")
        session.commit()
        assert session.scalar(select(1)) == 1  # the connection is held from here
        with pytest.raises(Invalid):
            log_in(session, "nina", "не тот пароль")
        session.rollback()
        assert log_in(session, "nina").username == "nina"
        owner = log_in(session, "nina")
        login.check_current(session, account=owner, password=SECRET, now=NOW, field="password")
        session.commit()
        assert session.scalars(select(Throttle.failures)).all() == [1, 1]  # of the name and of the address, one failure
    single.dispose()


def test_give_back_takes_attempt_off_count(session):
    limit = Limit(2, timedelta(minutes=1))
    for _ in range(5):
        count_try(session, "verify:10.0.0.1", limit, now=NOW, code="log_in_throttled")
        give_back(session, "verify:10.0.0.1")
    long_key = "x" * 300
    for _ in range(2):
        count_try(session, long_key, limit, now=NOW, code="log_in_throttled")
    with pytest.raises(Throttled):
        count_try(session, long_key, limit, now=NOW, code="log_in_throttled")
