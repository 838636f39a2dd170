"""Nobody grades or confirms what they did themselves: a leader who joined the own group is a trainee there."""

from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select

from assessment.attempts import operations as attempts
from assessment.attestation import reviews, works
from assessment.attestation.reviews import Mark
from assessment.grading_queue import WORK, count_waiting, neighbours, waiting_items
from assessment.models.self_checks import Attempt
from courses.actors import actor_of
from courses.models.groups import TopicProgress
from courses.progress.operations import mark_topic, unmark_topic
from lms.core.clock import utc_now
from lms.core.errors import DomainError
from tests.factories import attestation, make
from tests.support.browsing import log_in
from tests.support.checks import make_check

NOW = utc_now()
ESSAY = "::Эссе::Опишите один эпизод урока. {}"


class World:
    """A leader who is a trainee of the own group, with a work, an essay and a colleague."""

    def __init__(self, session) -> None:
        self.version = make.programme(session)
        site = self.version.programme.site
        self.leader, self.colleague = (make.member(session, "leader", site=site) for _ in range(2))
        cohort = make.cohort(session, self.version)
        self.enrolment = make.enrolment(session, cohort, account=self.leader)
        self.other = make.enrolment(session, cohort)
        self.task = attestation.task(session, self.version)
        self.submission = attestation.handed_in(session, self.task, self.enrolment)
        self.check = make_check(session, self.version, ESSAY)
        self.attempt = attempts.begin(session, self.check, self.enrolment, now=NOW)
        self.attempt.state, self.attempt.handed_in_at = "needs_person", NOW
        session.flush()
        self.own, self.sites = actor_of(session, self.leader), [site.id]
        self.colleagues = actor_of(session, self.colleague)


@pytest.fixture
def world(session) -> World:
    return World(session)


def test_own_work_is_refused_by_the_operations(session, world):
    version = works.latest_version(session, world.submission)
    marks = {criterion.id: Mark(criterion.max_points) for criterion in world.task.criteria}
    values: dict[str, Any] = {"marks": marks, "comment": "", "revision": 0}
    with pytest.raises(DomainError) as refused:
        reviews.grade(
            session, world.submission, actor=world.own, version_id=version.id, decision="accepted", now=NOW, **values
        )
    assert refused.value.code == "own_work_not_graded"
    review = reviews.save_review(session, version, actor=world.colleagues, **values)
    with pytest.raises(DomainError):
        reviews.decide(session, review, actor=world.own, decision="accepted", now=NOW)
    reviews.decide(session, review, actor=world.colleagues, decision="accepted", now=NOW)
    assert world.submission.state == "accepted"


def test_own_essay_is_refused_by_the_operation(session, world):
    (question_id, _mark), *_rest = world.attempt.items
    values = {"question_id": question_id, "points": Decimal(1), "comment": ""}
    with pytest.raises(DomainError) as refused:
        attempts.give_points(session, world.attempt, actor=world.own, **values)
    assert refused.value.code == "own_work_not_graded"
    attempts.give_points(session, world.attempt, actor=world.colleagues, **values)


@pytest.mark.parametrize("change", [mark_topic, unmark_topic])
def test_own_topic_is_neither_confirmed_nor_taken_back(session, world, change):
    lineage = make.topics(session, world.version)[0].lineage
    with pytest.raises(DomainError) as refused:
        change(session, actor=world.own, enrolment=world.enrolment, topic_lineage=lineage, now=NOW)
    assert refused.value.code == "own_work_not_graded"


def test_queues_and_counts_leave_out_own_works_and_essays(session, world):
    second = attestation.handed_in(session, world.task, world.other)
    own = waiting_items(session, world.sites, 10, grader=world.own)
    assert [one.key for one in own] == [(WORK, second.id)]
    counts = [count_waiting(session, world.sites, one) for one in (world.own, world.colleagues)]
    assert counts == [1, 3]
    assert neighbours(session, (WORK, second.id), world.sites, world.own).count == 1


def test_pages_hide_own_works_and_refuse_their_desks(client, session, world):
    log_in(client, session, world.leader)
    for address in ("/grading", "/essays", "/"):
        page = client.get(address).text
        assert f"/grading/{world.submission.id}" not in page
        assert f"/essays/{world.attempt.id}" not in page
    assert client.get(f"/grading/{world.submission.id}").status_code == 403
    assert client.get(f"/essays/{world.attempt.id}").status_code == 403
    data = {"decision": "accepted"}
    assert client.post(f"/grading/{world.submission.id}", data=data).status_code == 403
    assert session.get_one(Attempt, world.attempt.id).state == "needs_person"


def test_grid_confirms_others_and_says_that_the_own_row_is_not(client, session, world):
    log_in(client, session, world.leader)
    keys = [world.enrolment.id, world.other.id]
    lineage = make.topics(session, world.version)[0].lineage
    data = {"topic": str(lineage), "shown": keys, "done": keys}
    page = client.post(f"/groups/{world.enrolment.cohort_id}/mark", data=data, follow_redirects=True)
    assert "Свою работу проверить или зачесть нельзя" in page.text
    assert session.scalars(select(TopicProgress.enrolment_id)).all() == [world.other.id]
    client.post(f"/groups/{world.enrolment.cohort_id}/mark", data=data | {"done": []})
    assert session.scalar(select(func.count()).select_from(TopicProgress)) == 0
