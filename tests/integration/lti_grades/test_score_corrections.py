"""Corrected results reach the platform: a taken back acceptance, a key that was corrected."""

from dataclasses import replace

from sqlalchemy import select

from assessment.attempts import operations as attempts
from assessment.attempts import regrading
from assessment.attestation import releasing, reviews, works
from assessment.attestation.reviews import Mark
from assessment.models.attestation import AttestationTask, Submission
from assessment.models.self_checks import SelfCheck, SelfCheckItem
from assessment.questions.model import Question
from assessment.self_checks import operations as self_checks
from courses.actors import actor_of
from courses.models.groups import Cohort, Enrolment
from lms.core.clock import utc_now
from lms.core.jobs.running import run_pending
from lms.core.people.models import Account
from tests.factories import attestation, make
from tests.support.checks import make_check


def leader_of(place) -> int:
    with place.sessions.begin() as session:
        return make.member(session, "leader", site=session.get_one(Cohort, place.cohort_id).site).id


def test_taken_back_acceptance_takes_the_points_back(place):
    with place.sessions.begin() as session:
        task_id = attestation.task(session, session.get_one(Cohort, place.cohort_id).version).id
    link, _ours = place.link(points=100, kind="task", task_id=task_id)
    trainee, leader_id = place.trainee(), leader_of(place)
    with place.sessions.begin() as session:
        task, enrolment = session.get_one(AttestationTask, task_id), session.get_one(Enrolment, trainee)
        leader = actor_of(session, session.get_one(Account, leader_id))
        version = works.latest_version(session, attestation.handed_in(session, task, enrolment))
        marks = {one.id: Mark(one.max_points) for one in task.criteria}
        review = reviews.save_review(session, version, actor=leader, marks=marks, comment="", revision=0)
        reviews.decide(session, review, actor=leader, decision="accepted", now=utc_now())
    place.work()
    assert place.platform_result(link, trainee) == (13, 13)
    with place.sessions.begin() as session:
        leader = actor_of(session, session.get_one(Account, leader_id))
        work = session.scalars(select(Submission)).one()
        releasing.take_back(session, work, actor=leader, reason="Не та версия", now=utc_now())
    place.work()
    assert place.platform_result(link, trainee) in (None, (None, None))
    assert place.score().wanted["gradingProgress"] == "PendingManual"


def test_corrected_key_sends_the_new_result(place):
    with place.sessions.begin() as session:
        check = make_check(session, session.get_one(Cohort, place.cohort_id).version, "::С::Пишут на уроке. {FALSE}")
        check_id = check.id
    link, _ours = place.link(points=100, kind="self_check", self_check_id=check_id)
    trainee, leader_id = place.trainee(), leader_of(place)
    with place.sessions.begin() as session:
        check, enrolment = session.get_one(SelfCheck, check_id), session.get_one(Enrolment, trainee)
        attempt = attempts.begin(session, check, enrolment, now=utc_now())
        attempts.save(session, attempt, {str(attempt.items[0][0]): {"value": True}}, now=utc_now())
        attempts.hand_in(session, attempt, now=utc_now())
    run_pending(place.sessions, attempts.GRADE)
    place.work()
    assert place.platform_result(link, trainee) == (0, 100)
    with place.sessions.begin() as session:
        leader, check = actor_of(session, session.get_one(Account, leader_id)), session.get_one(SelfCheck, check_id)
        item = session.scalars(select(SelfCheckItem)).one()
        question = Question.from_json(item.question.content)
        turned = replace(question, payload=question.payload | {"right": True})
        values = {"actor": leader, "check": check, "site_id": check_site(session, place)}
        self_checks.revise_question(session, item=item, question=turned, **values)
        regrading.start(session, lower=False, **values)
    run_pending(place.sessions, regrading.REGRADE_CHECK)
    place.work()
    assert place.platform_result(link, trainee) == (100, 100)


def check_site(session, place) -> int:
    return session.get_one(Cohort, place.cohort_id).site_id
