"""Every reader shows the due date of the view ``due_date``."""

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete

from assessment.attestation import due_dates
from assessment.models.attestation import AttestationTask, TaskDue
from courses.groups.grid import GridFilter as GridChoice
from courses.groups.grid_queries import group_grid
from courses.groups.queries import overdue
from courses.models.groups import TopicDeadline
from courses.progress.queries import course_view
from lms.core.clock import utc_now
from lms.lti.content.choices import choices_of
from tests.factories import make

DAYS = st.none() | st.integers(-20, 20).map(lambda days: make.TODAY + timedelta(days=days))


@pytest.fixture
def task_with_topic(session):
    version = make.programme(session, make.site(session))
    topic = make.topics(session, version)[0]
    task = AttestationTask(version_id=version.id, kind="current", title="Протокол", topic_lineage=topic.lineage)
    session.add(task)
    session.flush()
    enrolment = make.enrolment(session, make.cohort(session, version))
    enrolment.enrolled_on = make.TODAY - timedelta(days=60)
    return task, enrolment


def set_dates(session, task, enrolment, days: tuple[date | None, ...]) -> None:
    session.execute(delete(TaskDue).where(TaskDue.cohort_id == enrolment.cohort_id))
    session.execute(delete(TopicDeadline).where(TopicDeadline.cohort_id == enrolment.cohort_id))
    for key, day in zip((enrolment.id, None), days[:2], strict=True):
        if day:
            session.add(TaskDue(cohort_id=enrolment.cohort_id, task_id=task.id, enrolment_id=key, due_on=day))
    for key, day in zip((enrolment.id, None), days[2:], strict=True):
        if day:
            values = {"topic_lineage": task.topic_lineage, "enrolment_id": key, "due_on": day}
            session.add(TopicDeadline(cohort_id=enrolment.cohort_id, **values))
    session.flush()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(days=st.tuples(DAYS, DAYS, DAYS, DAYS))
def test_readers_show_one_date_by_one_rule(session, task_with_topic, days):
    task, enrolment = task_with_topic
    set_dates(session, task, enrolment, days)
    own_task, group_task, own_topic, group_topic = days
    due_task, due_topic = own_task or group_task or own_topic or group_topic, own_topic or group_topic
    now = utc_now()

    course = course_view(session, enrolment, now)
    topic = course.topic(task.topic_lineage)
    assert topic is not None
    assert topic.due_on == due_topic
    assert [one.due_on for one in topic.elements if one.kind == "task"] == [due_task]

    assert due_dates.due_on(session, task, enrolment) == due_task

    grid = group_grid(session, enrolment.cohort, GridChoice(), now)
    (row,) = grid.rows
    (place,) = [spot for spot, column in enumerate(grid.columns) if column.lineage == task.topic_lineage]
    assert row.cells[place].due_on == due_topic
    assert grid.columns[place].due_on == group_topic

    late = [one.due_on for one in overdue(session, [enrolment.cohort.site_id], now)]
    assert late == ([due_topic] if due_topic and due_topic < course.today else [])

    content = choices_of(session, enrolment.cohort)
    (branch,) = [each for each in content.sections[0].topics if each.topic.topic_lineage == task.topic_lineage]
    assert branch.topic.due_on == group_topic
    assert [part.due_on for part in branch.inside if part.task_id == task.id] == [group_task or group_topic]
