"""Helpers for tests that go through the Flask client."""

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from lms.core.clock import utc_now
from lms.core.people.models import Account
from lms.core.people.sessions import open_session
from lms.http.login import COOKIE


def log_in(client: FlaskClient, session: Session, account: Account) -> FlaskClient:
    """The client as this account: a session of log-in is opened as the log-in page would, its cookie set."""
    token = open_session(session, account, user_agent="tests", ip_address="127.0.0.1", now=utc_now())
    session.commit()
    client.set_cookie(COOKIE, token)
    return client
