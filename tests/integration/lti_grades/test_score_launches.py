"""Line items and scores of real launches over HTTP."""

import pytest
from sqlalchemy import select

from courses.models.groups import Enrolment
from lms.core.jobs.models import Job
from lms.lti.grades.job_names import RECOMPUTE_SCORES, SYNC_LINE_ITEM
from lms.lti.models.services import LineItem
from tests.factories import make
from tests.factories.launches import placed
from tests.support.counting import count_queries
from tests.support.platform.strict import registered


@pytest.fixture
def group(session):
    return make.cohort(session)


def launched(client, platform, link):
    answer = platform.launch(client, platform.course.learner, link)
    assert answer.status_code == 303, answer.text


def jobs(session, kind):
    return session.scalars(select(Job.subject_id).where(Job.kind == kind, Job.state == "waiting")).all()


@pytest.mark.parametrize("points", [None, 36])
def test_first_launch_creates_line_item(client, session, platform, group, points):
    row = registered(session, platform, site_id=group.site_id)
    link = placed(session, row, platform, group, points=points, graded=True)
    session.commit()
    launched(client, platform, link)
    item = session.scalars(select(LineItem)).one()
    assert item.state == ("wanted" if points is None else "ready")
    assert item.url == (platform.line_item_url(link.line_item) if points else None)
    assert jobs(session, SYNC_LINE_ITEM) == ([item.id] if points is None else [])


def test_launch_sends_earlier_results(client, session, platform, group):
    row = registered(session, platform, site_id=group.site_id)
    link = placed(session, row, platform, group, points=36, graded=True)
    session.commit()
    launched(client, platform, link)
    enrolment = session.scalars(select(Enrolment)).one()
    session.query(Job).delete()
    session.commit()
    launched(client, platform, link)
    assert jobs(session, RECOMPUTE_SCORES) == [enrolment.id]


def test_ungraded_content_has_no_line_item(client, session, platform, group):
    row = registered(session, platform, site_id=group.site_id)
    link = placed(session, row, platform, group, points=36)
    session.commit()
    launched(client, platform, link)
    assert session.scalars(select(LineItem)).all() == []


def test_graded_launch_takes_at_most_ten_queries(client, session, platform, group, engine):
    row = registered(session, platform, site_id=group.site_id)
    link = placed(session, row, platform, group, points=36, graded=True)
    session.commit()
    for _ in range(2):
        launched(client, platform, link)
    form = platform.launch_form(client, platform.course.learner, link)
    session.commit()
    with count_queries(engine) as sent:
        answer = platform.post_launch(client, form)
    assert answer.status_code == 303
    assert len(sent) <= 10, "\n".join(sent)
