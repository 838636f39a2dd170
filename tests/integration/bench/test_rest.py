"""The benchmark goes on when the worker has nothing to do, whatever is planned for later."""

from datetime import timedelta

from sqlalchemy.orm import Session

from lms.bench.jobs import nothing_to_do
from lms.core.clock import utc_now
from lms.core.jobs.models import Job


def test_jobs_for_tomorrow_are_not_waited_for(session: Session):
    assert nothing_to_do(session)
    later = utc_now() + timedelta(days=1)
    session.add(Job(kind="notices.digest", subject_id=1, unique_key="later", state="waiting", run_after=later))
    session.flush()
    assert nothing_to_do(session)
    session.add(Job(kind="assessment.evaluate", subject_id=1, unique_key="now", state="waiting"))
    session.flush()
    assert not nothing_to_do(session)
