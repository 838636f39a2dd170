"""Due dates of tasks: the trainee's own, the group's, the topic's; late works are marked and accepted."""

from datetime import UTC, datetime, timedelta

import pytest

from assessment.attestation import due_dates, works
from assessment.models.attestation import AttestationTask
from courses.models.groups import TopicDeadline
from courses.progress.queries import course_items
from lms.core.auth.policy import SYSTEM
from lms.core.clock import utc_now
from lms.core.errors import Invalid
from tests.factories import make
from tests.support.browsing import log_in


@pytest.fixture
def work(session):
    site = make.site(session)
    version = make.programme(session, site)
    group = make.cohort(session, version)
    topic = make.topics(session, version)[0]
    task = AttestationTask(version_id=version.id, kind="current", title="Протокол", topic_lineage=topic.lineage)
    session.add(task)
    session.flush()
    return task, make.enrolment(session, group), make.member(session, "leader", site=site)


def test_own_date_overrides_group_date_overrides_topic_date(session, work):
    task, enrolment, _leader = work
    group, day = enrolment.cohort, make.TODAY
    assert due_dates.due_on(session, task, enrolment) is None
    session.add(TopicDeadline(cohort_id=group.id, topic_lineage=task.topic_lineage, due_on=day))
    session.flush()
    assert due_dates.due_on(session, task, enrolment) == day
    later = day + timedelta(days=3)
    assert due_dates.change_dates(session, actor=SYSTEM, cohort=group, due={task.id: later}) == 1
    assert due_dates.due_on(session, task, enrolment) == later
    last = group.ends_on + timedelta(days=10)
    due_dates.change_dates(session, actor=SYSTEM, cohort=group, due={task.id: last}, enrolment=enrolment)
    assert due_dates.due_on(session, task, enrolment) == last
    assert due_dates.due_on(session, task, make.enrolment(session, group)) == later
    assert [each.due_on for each in course_items(session, enrolment) if each.kind == "task"] == [last]
    assert due_dates.trainees_with_dates(session, group.id) == {enrolment.id: 1}
    due_dates.change_dates(session, actor=SYSTEM, cohort=group, due={task.id: None}, enrolment=enrolment)
    assert due_dates.due_on(session, task, enrolment) == later


def test_changing_date_twice_keeps_one_row(session, work):
    task, enrolment, _leader = work
    for days in (1, 2, 2):
        day = make.TODAY + timedelta(days=days)
        due_dates.change_dates(session, actor=SYSTEM, cohort=enrolment.cohort, due={task.id: day, 10**9: day})
    assert due_dates.dates_of(session, enrolment.cohort_id) == {task.id: make.TODAY + timedelta(days=2)}


def test_day_outside_group_raises_invalid_at_field(session, work):
    task, enrolment, _leader = work
    for day in (enrolment.cohort.starts_on - timedelta(days=1), enrolment.cohort.ends_on + timedelta(days=1)):
        with pytest.raises(Invalid) as told:
            due_dates.change_dates(session, actor=SYSTEM, cohort=enrolment.cohort, due={task.id: day})
        assert told.value.field == due_dates.field_of(task.id)


def test_days_late_count_in_time_zone_of_site():
    handed_in = datetime(2026, 12, 3, 18, 30, tzinfo=UTC)
    day = handed_in.date()
    assert due_dates.days_late(day, handed_in, "UTC") == 0
    assert due_dates.days_late(day, handed_in, "Asia/Novokuznetsk") == 1
    assert due_dates.days_late(None, handed_in, "UTC") == 0


def test_late_work_is_accepted_and_marked_for_trainee_and_grader(client, session, work):
    task, enrolment, leader = work
    enrolment.cohort.starts_on = make.TODAY - timedelta(days=20)
    long_ago = make.TODAY - timedelta(days=10)
    due_dates.change_dates(session, actor=SYSTEM, cohort=enrolment.cohort, due={task.id: long_ago})
    submission = works.submission_of(session, task, enrolment)
    works.hand_in(session, submission, actor=SYSTEM, text="Позже", now=utc_now())
    log_in(client, session, leader)
    assert "позже" in client.get("/grading").text
    assert "позже срока" in client.get(f"/grading/{submission.id}").text
    log_in(client, session, enrolment.person.account)
    assert "позже срока" in client.get(f"/course/{enrolment.id}/tasks/{task.id}").text


def test_leader_sets_dates_on_page(client, session, work):
    task, enrolment, leader = work
    log_in(client, session, leader)
    address, field = f"/groups/{enrolment.cohort_id}/task-dates", due_dates.field_of(task.id)
    wrong = client.post(address, data={field: "послезавтра"})
    assert wrong.status_code == 422
    assert "послезавтра" in wrong.text
    outside = client.post(address, data={field: (make.TODAY + timedelta(days=900)).isoformat()})
    assert (outside.status_code, "Группа учится" in outside.text) == (422, True)
    day = make.TODAY + timedelta(days=2)
    assert client.post(address, data={field: day.strftime("%d.%m.%Y")}).status_code == 303
    assert day.isoformat() in client.get(address).text
    own = f"/groups/trainees/{enrolment.id}/task-dates"
    assert client.post(own, data={field: (day + timedelta(days=1)).isoformat()}).status_code == 303
    assert due_dates.due_on(session, task, enrolment) == day + timedelta(days=1)
