"""Works that a launch shows to staff, and the welcome page for teachers."""

import re

import pytest

from courses.models.groups import Enrolment
from lms.core.clock import day_in, utc_now
from tests.factories import attestation, make, platforms
from tests.factories.launches import course_of, placed
from tests.support.platform.course import INSTRUCTOR, Somebody
from tests.support.platform.strict import registered

TEACHER = Somebody("t-1", given="Анна", family="Новая", roles=(INSTRUCTOR,))


@pytest.fixture
def group(session):
    return make.cohort(session)


def trainee_of(session, group, task, context=None) -> Enrolment:
    """Creates a trainee with a work that waits, known to the platform's course if one is given."""
    enrolment = make.enrolment(session, group)
    attestation.handed_in(session, task, enrolment)
    if context is not None:
        platforms.participant(session, context, enrolment.person.account)
    return enrolment


def test_queue_of_a_launch_has_the_works_of_its_task_and_course(client, session, platform, group):
    task, other = (attestation.task(session, group.version, title=title) for title in ("Первое", "Второе"))
    row = registered(session, platform, site_id=group.site_id, instructors_teach=True)
    link = placed(session, row, platform, group, kind="task", task_id=task.id)
    context = course_of(session, row, platform)
    mine = trainee_of(session, group, task, context)
    foreign = trainee_of(session, group, task)
    trainee_of(session, group, other, context)
    session.commit()
    page = client.get(platform.launch(client, TEACHER, link).location, follow_redirects=True)
    assert page.request.path.endswith("/grading")
    assert mine.person.surname in page.text
    assert foreign.person.surname not in page.text
    assert "Второе" not in page.text
    assert "1\xa0работа" in page.text or "1 работа" in page.text


def test_leader_sees_the_whole_group_in_the_queue_of_a_launch(client, session, platform, group):
    task = attestation.task(session, group.version)
    row = registered(session, platform, site_id=group.site_id)
    link = placed(session, row, platform, group, kind="task", task_id=task.id)
    leader = make.member(session, "leader", site=group.site)
    platforms.identity(session, leader, row, TEACHER.subject)
    by_order = trainee_of(session, group, task)
    elsewhere = trainee_of(session, make.cohort(session, group.version), task)
    session.commit()
    page = client.get(platform.launch(client, TEACHER, link).location, follow_redirects=True)
    assert by_order.person.surname in page.text
    assert elsewhere.person.surname not in page.text


def test_welcome_of_a_teacher_begins_with_the_own_account(client, session, platform, group):
    row = registered(session, platform, site_id=group.site_id, instructors_teach=True)
    link = placed(session, row, platform, group)
    session.commit()
    nameless = Somebody("t-2", roles=(INSTRUCTOR,), email="t@school.example")
    page = client.get(platform.launch(client, nameless, link).location, follow_redirects=True)
    assert page.request.path.endswith("/welcome")
    assert "сертификат" not in page.text
    assert page.text.index('id="own"') < page.text.index('id="new"')
    learner = Somebody("l-2", email="l@school.example")
    page = client.get(platform.launch(client, learner, link).location, follow_redirects=True)
    assert "сертификат" in page.text
    assert page.text.index('id="new"') < page.text.index('id="own"')
    assert re.search(r'href="#own"', page.text)


def test_trainee_who_comes_by_a_launch_is_on_no_earlier_order(client, session, platform, group):
    today = day_in(group.site.time_zone, utc_now())
    group.order_number, group.order_date = "7-у", group.starts_on
    row = registered(session, platform, site_id=group.site_id)
    link = placed(session, row, platform, group)
    session.commit()
    client.get(platform.launch(client, platform.course.learner, link).location)
    session.expire_all()
    enrolment = session.query(Enrolment).filter(Enrolment.cohort_id == group.id).one()
    assert group.starts_on < today
    assert (enrolment.order_number, enrolment.order_date, enrolment.enrolled_on) == (None, None, today)
    assert enrolment.last_seen_at is not None, "a launch is a visit"
