"""Throttled pages of accounts, with requests that commit and roll back as real ones do."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pyotp
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, update
from sqlalchemy.orm import Session

from lms import composition
from lms.core.auth.policy import Actor
from lms.core.clock import utc_now
from lms.core.db import make_sessions
from lms.core.logs import configure_logging
from lms.core.people import login, second_factor
from lms.core.people.models import UserSession
from lms.http.known_browsers import COOKIE as BROWSER_COOKIE
from tests.factories import make
from tests.integration.accounts.test_accounts_pages import NEW, SECRET, account_with_password, issued, sign_in


@pytest.fixture
def session(own_engine: Engine) -> Iterator[Session]:
    with make_sessions(own_engine)() as opened:
        yield opened


@pytest.fixture
def app(_app: Flask, session: Session) -> Iterator[Flask]:
    before = composition._current[:]
    composition._current[:] = [replace(before[0], sessions=make_sessions(session.get_bind()))]
    yield _app
    composition._current[:] = before


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def test_guesses_at_used_link_are_throttled(app, session):
    token = issued(session, make.account(session))
    owner, stranger = app.test_client(), app.test_client()
    assert owner.post(f"/link/{token}", data={"password": NEW, "repeat": NEW}).status_code == 302
    for number in range(login.BY_PAIR.tries):
        guess = f"угаданный пароль {number}"
        assert stranger.post(f"/link/{token}", data={"password": guess, "repeat": guess}).status_code == 410
    assert stranger.post(f"/link/{token}", data={"password": NEW, "repeat": NEW}).status_code == 410
    assert stranger.get("/account").status_code == 302


def test_unknown_links_are_counted_by_address(client, session):
    form = {"password": NEW, "repeat": NEW}
    for _ in range(login.BY_ADDRESS.tries):
        assert client.post("/link/nothing", data=form).status_code == 410
    token = issued(session, make.account(session))
    assert client.post(f"/link/{token}", data=form).status_code == 422
    assert "Слишком много" in client.post(f"/link/{token}", data=form).text


def test_browser_of_owner_is_not_locked_by_others_at_the_address(app, session):
    account_with_password(session, username="nina")
    owner, stranger, elsewhere = app.test_client(), app.test_client(), app.test_client()
    assert sign_in(owner, "nina").status_code == 302
    owner.post("/log-out")
    for _ in range(login.BY_PAIR.tries + 1):
        assert sign_in(stranger, "nina", "не тот пароль").status_code == 422
    assert sign_in(stranger, "nina").status_code == 422
    assert sign_in(owner, "nina").status_code == 302
    answer = elsewhere.post(
        "/log-in", data={"login": "nina", "password": SECRET}, environ_overrides={"REMOTE_ADDR": "203.0.113.9"}
    )
    assert answer.status_code == 302


def test_forged_browser_cookie_is_not_known(app, session):
    account = account_with_password(session, username="nina")
    stranger = app.test_client()
    stranger.set_cookie(BROWSER_COOKIE, f'["b1",[{account.id}]].c2lnbmF0dXJl')
    for _ in range(login.BY_PAIR.tries):
        sign_in(stranger, "nina", "не тот пароль")
    assert sign_in(stranger, "nina").status_code == 422


def test_guesses_of_current_password_are_throttled(client, session):
    account_with_password(session, username="nina")
    sign_in(client, "nina")
    for _ in range(login.BY_OWNER.tries):
        client.post("/account/password", data={"current": "не тот", "new": NEW, "repeat": NEW})
    answer = client.post("/account/password", data={"current": SECRET, "new": NEW, "repeat": NEW})
    assert answer.status_code == 422
    assert "Слишком много" in answer.text


def test_guesses_at_password_again_are_throttled_and_logged(client, session, capsys):
    account = account_with_password(session, username="nina")
    sign_in(client, "nina")
    session.execute(update(UserSession).values(confirmed_at=utc_now() - timedelta(minutes=11)))
    session.commit()
    capsys.readouterr()
    configure_logging("json")
    for _ in range(login.BY_OWNER.tries):
        client.post("/account/sessions/end-others", data={"password_again": "не тот"})
    answer = client.post("/account/sessions/end-others", data={"password_again": SECRET})
    configure_logging("console")
    assert answer.status_code == 422
    assert "Слишком много" in answer.text
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines() if line.startswith("{")]
    assert [one["event"] for one in lines].count("current_password_wrong") == login.BY_OWNER.tries
    (throttled,) = [one for one in lines if one["event"] == "throttled"]
    assert (throttled["account"], throttled["limit"], throttled["address"]) == (account.id, "current", "127.0.0.1")


def test_guesses_of_code_are_throttled(client, session):
    account = account_with_password(session, username="nina")
    secret, moment = second_factor.new_secret(), utc_now() - timedelta(minutes=5)
    code = pyotp.TOTP(secret).at(moment)
    own = Actor(account.id, account.person_id)
    second_factor.turn_on(session, actor=own, account=account, secret=secret, code=code, now=moment)
    session.commit()
    sign_in(client, "nina")
    for number in range(second_factor.BY_CODE.tries):
        assert client.post("/log-in/code", data={"code": f"{number:06}x"}).status_code == 422
    answer = client.post("/log-in/code", data={"code": pyotp.TOTP(secret).now()})
    assert answer.status_code == 422
    assert "Слишком много" in answer.text
