"""Pages that are only looked at change nothing: no work is begun, refilled or claimed, no attempt handed in."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from assessment.attempts import operations
from assessment.attestation import reviews, works
from assessment.models.attestation import Submission
from lms.core.auth.policy import SYSTEM, Actor
from lms.core.clock import utc_now
from lms.core.revisions import revision_of
from tests.factories import attestation, make
from tests.support.browsing import log_in
from tests.support.checks import make_check


@pytest.fixture
def world(session):
    site = make.site(session)
    version = make.programme(session, site)
    task = attestation.task(session, version)
    enrolment = make.enrolment(session, make.cohort(session, version))
    leader = make.member(session, "leader", site=site)
    session.commit()
    return task, enrolment, leader


def returned(session, task, enrolment, leader) -> Submission:
    """Returns a work with a text and a file that was returned for revision."""
    submission = works.submission_of(session, task, enrolment)
    works.attach(session, submission, make.stored_file(session), now=utc_now())
    works.hand_in(session, submission, actor=SYSTEM, text="Первая", now=utc_now())
    actor, version = Actor(leader.id, leader.person_id), works.latest_version(session, submission)
    values = {"marks": {}, "comment": "Уточните", "revision": 0, "decision": "returned", "now": utc_now()}
    reviews.grade(session, submission, actor=actor, version_id=version.id, **values)
    session.commit()
    return submission


def test_task_page_begins_no_work(app, session, world):
    task, enrolment, leader = world
    for account in (enrolment.person.account, leader):
        browser = log_in(app.test_client(), session, account)
        assert browser.get(f"/course/{enrolment.id}/tasks/{task.id}").status_code == 200
        assert session.scalar(select(func.count()).select_from(Submission)) == 0
    works_page = log_in(app.test_client(), session, enrolment.person.account).get("/works").text.replace("\xa0", " ")
    assert "Не начата" in works_page


def test_returned_work_is_the_draft_of_the_next_version(client, session, world):
    task, enrolment, leader = world
    submission = returned(session, task, enrolment, leader)
    assert submission.draft_text == "Первая"
    [copied] = works.draft_files(session, submission)
    browser = log_in(client, session, enrolment.person.account)
    assert copied.file.name in browser.get(f"/course/{enrolment.id}/tasks/{task.id}").text


def test_emptied_draft_stays_empty(client, session, world):
    task, enrolment, leader = world
    submission = returned(session, task, enrolment, leader)
    browser = log_in(client, session, enrolment.person.account)
    address = f"/course/{enrolment.id}/tasks/{task.id}"
    [copied] = works.draft_files(session, submission)
    data = {"text": "", "seen-text": revision_of(submission.draft_text), "detach": str(copied.id)}
    assert browser.post(address, data=data).status_code == 303
    for _visit in range(2):
        page = browser.get(address).text
        assert f'name="detach" value="{copied.id}"' not in page
    session.expire_all()
    assert (submission.draft_text, works.draft_files(session, submission)) == ("", [])


def test_desk_claims_by_a_post_only(app, session, world):
    task, enrolment, leader = world
    second = make.member(session, "leader", site=enrolment.cohort.site)
    submission = attestation.handed_in(session, task, enrolment)
    first_grader = log_in(app.test_client(), session, leader)
    other_grader = log_in(app.test_client(), session, second)
    page = first_grader.get(f"/grading/{submission.id}").text
    session.expire_all()
    assert submission.claimed_by_id is None
    assert f'action="/grading/{submission.id}/claim"' in page
    assert first_grader.post(f"/grading/{submission.id}/claim").status_code == 303
    page = first_grader.get(f"/grading/{submission.id}").text
    assert "открыто только" in page
    told = other_grader.post(f"/grading/{submission.id}/claim", headers={"Accept": "application/json"})
    assert told.json == {"holder": leader.person.short_name}
    assert leader.person.short_name in other_grader.get(f"/grading/{submission.id}").text
    session.expire_all()
    assert submission.claimed_by_id == leader.id


def test_overdue_attempt_stays_under_way_until_the_clock_hands_it_in(app, session, world):
    _task, enrolment, leader = world
    check = make_check(session, enrolment.cohort.version, time_limit_minutes=20)
    attempt = operations.begin(session, check, enrolment, now=utc_now() - timedelta(hours=1))
    session.commit()
    trainee = log_in(app.test_client(), session, enrolment.person.account)
    grader = log_in(app.test_client(), session, leader)
    assert trainee.get(f"/attempts/{attempt.id}").location == f"/attempts/{attempt.id}/result"
    assert "data-poll" in trainee.get(f"/attempts/{attempt.id}/result").text
    assert grader.get(f"/essays/{attempt.id}").status_code == 303
    session.expire_all()
    assert attempt.state == "in_progress"
    operations.hand_in_overdue(session, utc_now())
    session.expire_all()
    assert (attempt.state, attempt.handed_in_at) == ("handed_in", attempt.deadline_at)


def test_beginning_again_hands_an_overdue_attempt_in(app, session, world):
    _task, enrolment, _leader = world
    check = make_check(session, enrolment.cohort.version, time_limit_minutes=20)
    first = operations.begin(session, check, enrolment, now=utc_now() - timedelta(hours=1))
    assert operations.begin(session, check, enrolment, now=utc_now()) is first
    assert first.state == "handed_in"
    assert operations.begin(session, check, enrolment, now=utc_now()).number == 2
