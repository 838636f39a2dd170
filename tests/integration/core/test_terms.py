"""Rows with personal data are deleted by the terms of the settings."""

from datetime import timedelta

from sqlalchemy import select

from lms import composition
from lms.core.clock import utc_now
from lms.core.mail.models import Message
from lms.core.people import sessions
from lms.core.people.models import UserSession
from tests.factories import make

DAY = timedelta(days=1)


def test_old_sessions_and_letters_are_deleted(app, session):
    now, account = utc_now(), make.account(session)
    terms = composition.parts().settings
    ends = {"ended long ago": terms.ended_session_days + 1, "ended": terms.ended_session_days - 1}
    for name, days in ends.items():
        sessions.open_session(session, account, user_agent=name, ip_address="", now=now - (days + 1) * DAY)
        row = session.scalars(select(UserSession).where(UserSession.user_agent == name)).one()
        row.ended_at = now - days * DAY
    unused = (terms.ended_session_days + terms.session_days + 1) * DAY
    for name, before in (("unused for long", unused), ("in use", timedelta())):
        sessions.open_session(session, account, user_agent=name, ip_address="", now=now - before)
    for days in (terms.message_days - 1, terms.message_days + 1):
        written = now - days * DAY
        session.add(Message(recipient="n@x.ru", subject=str(days), body="b", created_at=written))
    session.flush()
    _seconds, delete_old_rows = composition.PERIODIC["delete_old_rows"]
    delete_old_rows(session, now)
    assert set(session.scalars(select(UserSession.user_agent))) == {"ended", "in use"}
    assert session.scalars(select(Message.subject)).all() == [str(terms.message_days - 1)]
