"""Failures of a platform are kept with their parameters as they were sent, numbers and dates too."""

from datetime import date, datetime, timedelta
from decimal import Decimal

from sqlalchemy import select

from lms.core.clock import utc_now
from lms.core.sentences import ErrorDetail
from lms.lti.grades.outages import record_failure
from lms.lti.models.services import Outage
from tests.factories import platforms


def test_detail_of_an_outage_keeps_numbers_and_dates(session):
    row = platforms.platform(session)
    moment: datetime = utc_now()
    params = {"most": Decimal("18.50"), "day": date(2026, 6, 15), "at": moment, "tries": 3, "names": ["А", "Б"]}
    detail = ErrorDetail("gradebook_unreachable", "url", {"why": ErrorDetail("platform_status", params=params)})
    record_failure(session, row.id, detail, now=moment, wish=timedelta(minutes=1))
    session.expire_all()
    assert session.scalars(select(Outage.error)).one() == detail
