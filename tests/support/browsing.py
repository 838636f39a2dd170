"""Helpers for tests that go through the Flask client."""

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from lms.core.clock import utc_now
from lms.core.people.models import Account
from lms.core.people.sessions import open_session
from lms.http.login import COOKIE


def opened_token(session: Session, account: Account) -> str:
    """Opens a log-in session as the log-in page would. Returns its token, the cookie's value."""
    token = open_session(session, account, user_agent="tests", ip_address="127.0.0.1", now=utc_now())
    session.commit()
    return token


def log_in(client: FlaskClient, session: Session, account: Account) -> FlaskClient:
    """Returns the client, logged in as this account with a session of its own."""
    client.set_cookie(COOKIE, opened_token(session, account))
    return client
