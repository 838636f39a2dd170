"""Second factor: set-up, log-in by password, link and card, recovery codes, the demand on administrators."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from html import unescape

import pyotp
import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

from lms import composition
from lms.core.auth.policy import SYSTEM, Actor
from lms.core.clock import utc_now
from lms.core.crypto.key_ring import Key, KeyRing
from lms.core.errors import Invalid
from lms.core.people import one_time_links, operations, personal_data, second_factor
from lms.core.people.models import SecondFactor, UserSession
from tests.factories import make
from tests.support.browsing import log_in

SECRET = "три зелёных кота"
NEW = "четыре рыжих кота"


@pytest.fixture
def account(session):
    made = make.account(session, username="nina")
    operations.set_password(session, actor=None, account=made, password=SECRET, now=utc_now())
    session.commit()
    return made


@pytest.fixture
def demanding(app) -> Iterator[None]:
    """Settings as outside the demo: administrators need a second factor."""
    parts = composition.parts()
    strict = parts.settings.model_copy(update={"demo": False})
    composition._current[:] = [replace(parts, settings=strict)]
    yield


def turned_on(session, account, *, before: timedelta = timedelta(minutes=5)) -> tuple[str, list[str]]:
    """Turns the second factor on some minutes ago; returns the secret and the recovery codes."""
    secret, moment = second_factor.new_secret(), utc_now() - before
    own = Actor(account.id, account.person_id)
    code = pyotp.TOTP(secret).at(moment)
    codes = second_factor.turn_on(session, actor=own, account=account, secret=secret, code=code, now=moment)
    session.commit()
    return secret, list(codes)


def sign_in(client: FlaskClient):
    return client.post("/log-in", data={"login": "nina", "password": SECRET, "next": "/certificates"})


def test_setting_up_shows_key_and_recovery_codes(client, session, account):
    log_in(client, session, account)
    page = client.get("/account/second-factor").text
    key = re.search(r'<code class="anywhere">([A-Z2-7 ]+)</code>', page).group(1).replace(" ", "")
    sealed = unescape(re.search(r'name="sealed" type="hidden" value="([^"]+)"', page).group(1))
    form = {"sealed": sealed, "current_password": SECRET, "code": pyotp.TOTP(key).now()}
    for wrong in ({"code": "000000"}, {"current_password": "не тот"}, {"sealed": sealed + "x"}):
        assert client.post("/account/second-factor", data=form | wrong).status_code == 422
        assert not second_factor.is_on(session, account.id)
    answer = client.post("/account/second-factor", data=form)
    assert answer.status_code == 200
    assert len(set(re.findall(r"<code>([2-9A-Z]{5}-[2-9A-Z]{5})</code>", answer.text))) == 10
    assert second_factor.is_on(session, account.id)
    (kept,) = session.scalars(select(SecondFactor))
    assert key.encode() not in kept.secret


def test_secret_of_another_account_is_refused(app, session, account):
    other = app.test_client()
    log_in(other, session, make.account(session))
    page = other.get("/account/second-factor").text
    key = re.search(r'<code class="anywhere">([A-Z2-7 ]+)</code>', page).group(1).replace(" ", "")
    sealed = unescape(re.search(r'name="sealed" type="hidden" value="([^"]+)"', page).group(1))
    client = log_in(app.test_client(), session, account)
    form = {"sealed": sealed, "current_password": SECRET, "code": pyotp.TOTP(key).now()}
    assert client.post("/account/second-factor", data=form).status_code == 422


def test_password_alone_opens_nothing(client, session, account):
    secret, _codes = turned_on(session, account)
    answer = sign_in(client)
    assert (answer.status_code, answer.location) == (302, "/log-in/code")
    assert client.get("/account").status_code == 302
    assert client.post("/log-in/code", data={"code": "000000"}).status_code == 422
    answer = client.post("/log-in/code", data={"code": pyotp.TOTP(secret).now()})
    assert (answer.status_code, answer.location) == (302, "/certificates")
    assert client.get("/account").status_code == 200
    assert client.get("/log-in/code").status_code == 410, "the step is over"


def test_code_page_needs_password_first(client, session, account):
    secret, _codes = turned_on(session, account)
    answer = client.post("/log-in/code", data={"code": pyotp.TOTP(secret).now()})
    assert answer.status_code == 410
    assert client.get("/account").status_code == 302


@pytest.mark.parametrize("way", ["link", "card"])
def test_links_and_cards_ask_for_code_too(client, session, account, way):
    secret, _codes = turned_on(session, account)
    purpose = "reset" if way == "link" else "card"
    token = one_time_links.issue(session, account=account, purpose=purpose, actor=SYSTEM, now=utc_now())
    session.commit()
    page = f"/link/{token}"
    if way == "card":
        page = client.post("/log-in/card", data={"username": "nina", "code": token}).location
    assert client.post(page, data={"password": NEW, "repeat": NEW}).location == "/log-in/code"
    assert client.get("/account").status_code == 302
    assert client.post("/log-in/code", data={"code": pyotp.TOTP(secret).now()}).location == "/"


def test_code_of_app_works_once_and_within_a_minute(session, account):
    secret, _codes = turned_on(session, account)
    now = utc_now()
    code = pyotp.TOTP(secret).at(now)
    for late in (timedelta(minutes=-2), timedelta(minutes=2)):
        with pytest.raises(Invalid):
            second_factor.check(session, account=account, code=code, now=now + late)
    second_factor.check(session, account=account, code=f"{code[:3]} {code[3:]}", now=now + timedelta(seconds=20))
    with pytest.raises(Invalid):
        second_factor.check(session, account=account, code=code, now=now + timedelta(seconds=20))


def test_recovery_code_works_once(client, session, account):
    _secret, codes = turned_on(session, account)
    for status in (302, 422):
        sign_in(client)
        assert client.post("/log-in/code", data={"code": codes[3].lower().replace("-", " ")}).status_code == status
        client.post("/log-out")
    assert second_factor.codes_left(session, account.id) == 9


def test_administrator_is_led_to_set_up(client, session, account, demanding):
    account.is_administrator = True
    log_in(client, session, account)
    for path in ("/admin", "/", "/registry"):
        assert client.get(path).location == "/account/second-factor"
    assert client.post("/admin/cards", data={"person": account.person_id}).location == "/account/second-factor"
    assert client.get("/account").status_code == 200
    page = client.get("/account/second-factor")
    assert "Администраторы видят данные всех" in page.text
    turned_on(session, account)
    assert client.get("/admin").status_code == 200
    assert client.post("/account/second-factor/off").status_code == 403
    assert second_factor.is_on(session, account.id)


def test_others_and_demo_need_no_second_factor(app, session, account, demanding):
    client = log_in(app.test_client(), session, account)
    assert client.get("/certificates").status_code == 200
    account.is_administrator = True
    session.commit()
    parts = composition.parts()
    for changed in ({"demo": True}, {"second_factor": "optional"}):
        composition._current[:] = [replace(parts, settings=parts.settings.model_copy(update=changed))]
        assert client.get("/admin").status_code == 200


def test_owner_turns_second_factor_off_with_password(client, session, account):
    turned_on(session, account)
    log_in(client, session, account)
    session.execute(update(UserSession).values(confirmed_at=utc_now() - timedelta(minutes=11)))
    session.commit()
    asked = client.post("/account/second-factor/off")
    assert asked.status_code == 403
    assert 'name="password_again"' in asked.text
    assert second_factor.is_on(session, account.id)
    assert client.post("/account/second-factor/off", data={"password_again": SECRET}).status_code == 302
    assert not second_factor.is_on(session, account.id)


def test_administrator_turns_second_factor_of_another_off(client, session, account):
    turned_on(session, account)
    administrator = log_in(client, session, make.account(session, is_administrator=True))
    assert "Отключить второй фактор" in administrator.get(f"/admin/people/{account.person_id}").text
    assert administrator.post(f"/admin/accounts/{account.id}/second-factor/off").status_code == 302
    assert not second_factor.is_on(session, account.id)


def test_rotation_of_keys_keeps_second_factors(session, account):
    secret, _codes = turned_on(session, account)
    before = personal_data.ring()
    personal_data.configure(KeyRing([Key("new", b"n" * 32), *before.keys]))
    assert second_factor.renew_key(session) == 0
    personal_data.configure(KeyRing([Key("new", b"n" * 32)]))
    now = utc_now()
    second_factor.check(session, account=account, code=pyotp.TOTP(secret).at(now), now=now)
    personal_data.configure(KeyRing([Key("other", b"o" * 32)]))
    assert second_factor.renew_key(session) == 1
    personal_data.configure(before)
