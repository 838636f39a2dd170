"""Sensitive deeds ask for the password again, unless it was shown some minutes ago."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import update

from lms.core.clock import utc_now
from lms.core.people import operations, sessions
from lms.core.people.models import UserSession
from lms.http.password_again import MARK
from tests.factories import make
from tests.support.browsing import log_in

SECRET = "три зелёных кота"
SENSITIVE = {
    "accounts.end_session",
    "accounts.end_other_sessions",
    "accounts.disconnect",
    "admin.save_person",
    "admin.set_active",
    "admin.set_administrator",
    "admin.turn_off_second_factor",
    "admin.cards",
    "admin.end_sessions",
    "registry.new_member",
    "registry.end_member",
    "second_factor.codes",
    "second_factor.turn_off",
}
"""Deeds that ask; e-mail, password and set-up of a second factor have a field for the password on their own form."""


@pytest.fixture
def account(session):
    made = make.account(session, username="nina")
    operations.set_password(session, actor=None, account=made, password=SECRET, now=utc_now())
    session.commit()
    return made


def grow_old(session) -> None:
    """Lets the password have been shown eleven minutes ago in every session."""
    session.execute(update(UserSession).values(confirmed_at=utc_now() - timedelta(minutes=11)))
    session.commit()


def test_sensitive_deeds_ask(app: Flask):
    asking = {endpoint for endpoint, view in app.view_functions.items() if getattr(view, MARK, False)}
    assert asking == SENSITIVE


def test_password_is_asked_and_the_deed_done_after_it(client, session, account):
    log_in(client, session, account)
    log_in(client.application.test_client(), session, account)
    grow_old(session)
    asked = client.post("/account/sessions/end-others", data={"kept": "это"})
    assert asked.status_code == 403
    assert '<input type="hidden" name="kept" value="это">' in asked.text
    assert len(sessions.list_sessions(session, account.id, now=utc_now())) == 2
    wrong = client.post("/account/sessions/end-others", data={"password_again": "не тот"})
    assert wrong.status_code == 422
    assert 'id="password_again-err"' in wrong.text
    assert len(sessions.list_sessions(session, account.id, now=utc_now())) == 2
    assert client.post("/account/sessions/end-others", data={"password_again": SECRET}).status_code == 302
    assert len(sessions.list_sessions(session, account.id, now=utc_now())) == 1
    assert client.post("/account/sessions/end-others").status_code == 302, "asked once in ten minutes"


def test_log_in_counts_as_shown(client, session, account):
    client.post("/log-in", data={"login": "nina", "password": SECRET})
    assert client.post("/account/sessions/end-others").status_code == 302


def test_account_without_password_is_not_asked(client, session):
    log_in(client, session, make.account(session))
    grow_old(session)
    assert client.post("/account/sessions/end-others").status_code == 302


def test_role_is_given_after_password(client, session):
    administrator = make.account(session, is_administrator=True)
    operations.set_password(session, actor=None, account=administrator, password=SECRET, now=utc_now())
    other = make.account(session)
    log_in(client, session, administrator)
    grow_old(session)
    path = f"/admin/accounts/{other.id}/administrator/give"
    assert client.post(path).status_code == 403
    session.refresh(other)
    assert not other.is_administrator
    assert client.post(path, data={"password_again": SECRET}).status_code == 302
    session.refresh(other)
    assert other.is_administrator
