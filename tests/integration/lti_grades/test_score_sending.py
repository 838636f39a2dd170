"""Sending of scores to a strict platform: order, refusals, outages, tokens, newer results."""

import json
import time
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from sqlalchemy import select, update

from courses.actors import actor_of
from courses.models.groups import Cohort
from lms.core.auth.policy import SYSTEM
from lms.core.clock import utc_now
from lms.lti.content.content_items import courses_showing, put_away
from lms.lti.grades import line_items, operations, outages, sending
from lms.lti.grades.job_names import RECOMPUTE_SCORES, SEND_SCORE, enqueue_platform_job
from lms.lti.models.launches import Context, Link, Participant
from lms.lti.models.platforms import Platform
from lms.lti.models.services import LineItem, Outage, Score, ScoreTry
from tests.factories import make


def test_result_reaches_gradebook(place):
    enrolment = place.trainee()
    theirs, _ours = place.link(points=100)
    place.give_hours(enrolment, Decimal("4.5"))
    place.work()
    told = place.platform.score_of(theirs, place.people[enrolment])
    assert told["scoreGiven"] == 4.5
    assert told["activityProgress"] == "InProgress"
    assert told["gradingProgress"] == "FullyGraded"
    assert "4,5" in told["comment"]
    moment = datetime.fromisoformat(told["timestamp"])
    assert told["timestamp"].endswith("Z")
    assert moment.tzinfo == UTC
    score = place.score()
    assert (score.state, score.error, score.tries) == ("sent", None, 0)
    assert score.sent == told
    assert place.outcomes() == ["sent"]
    assert place.waiting() == []
    assert place.platform.complaints == []


def test_sends_latest_value_only(place):
    enrolment = place.trainee()
    theirs, _ours = place.link(points=100)
    for hours in (1, 2, 3):
        place.give_hours(enrolment, hours)
        place.work() if hours == 1 else place.sessions  # the second waits for the third
    place.work()
    place.give_hours(enrolment, 2)
    place.work()
    came = place.platform.course.scores[theirs.line_item, place.people[enrolment].subject]
    assert [one["scoreGiven"] for one in came] == [1, 3, 2]
    stamps = [datetime.fromisoformat(one["timestamp"]) for one in came]
    assert all(later - earlier >= timedelta(seconds=1) for earlier, later in pairwise(stamps))
    place.give_hours(enrolment, 2)
    place.work()
    assert len(came) == 3  # the same once more says nothing new


def test_sends_nothing_without_activity(place):
    place.trainee()
    place.link(points=100)
    place.work()
    assert place.scores() == []


def test_sends_results_from_before_first_launch(place):
    enrolment = place.trainee()
    place.give_hours(enrolment, 2)
    place.work()
    assert place.scores() == []
    theirs, _ours = place.link()
    place.work()
    place.work()
    assert (
        place.platform_result(place.platform.course.links[-1], enrolment) is None
    )  # the column is not the link's claim
    assert place.score().state == "sent"
    assert theirs.id


def test_instructor_has_no_score(place):
    enrolment = place.trainee()
    with place.sessions.begin() as session:
        session.execute(update(Participant).values(platform_role="instructor"))
    place.link(points=100)
    place.give_hours(enrolment, 2)
    place.work()
    assert place.scores() == []


def send_all_again(place) -> int:
    with place.sessions.begin() as session:
        scores = operations.unsent_scores(session, place.cohort_id)
        return operations.send_again(session, actor=SYSTEM, scores=scores, now=utc_now())


def test_refused_score_keeps_error_and_is_sent_again(place):
    enrolment = place.trainee()
    theirs, _ours = place.link(points=100)
    place.platform.fail("scores", status=422, body='{"error_description": "Не записан на курс"}')
    place.give_hours(enrolment, 2)
    place.work()
    score = place.score()
    assert (score.state, score.error.message) == ("refused", "Не записан на курс")
    assert place.waiting() == []
    with place.sessions.begin() as session:
        assert (
            operations.send_again(
                session, actor=SYSTEM, scores=operations.unsent_scores(session, place.cohort_id), now=utc_now()
            )
            == 1
        )
    place.work()
    assert place.score().state == "sent"
    assert place.platform_result(theirs, enrolment) == (2, 36) or place.platform_result(theirs, enrolment)[0] == 2
    assert place.outcomes() == ["refused", "sent"]
    with place.sessions() as session:
        first = session.scalars(select(ScoreTry).order_by(ScoreTry.id)).first()
        assert (first.status, first.detail.message) == (422, "Не записан на курс")
        assert operations.unsent_scores(session, place.cohort_id) == []


@pytest.mark.parametrize("status", [400, 403])
def test_refused_score_is_not_retried(place, status):
    enrolment = place.trainee()
    place.link(points=100)
    place.platform.fail("scores", status=status, body="<html>nonsense</html>", content_type="text/html")
    place.give_hours(enrolment, 2)
    place.work()
    assert place.score().state == "refused"
    assert str(status) in place.score().error.message
    assert "<" not in place.score().error.message


def test_unknown_user_keeps_line_item_ready(place):
    known, unknown = place.trainee(), place.trainee()
    place.platform.course.people.remove(place.people[unknown])
    theirs, ours = place.link(points=100)
    for enrolment in (unknown, known):
        place.give_hours(enrolment, 2)
    place.work()
    assert sorted(score.state for score in place.scores()) == ["refused", "sent"]
    assert place.item(ours).state == "ready"
    assert place.platform_result(theirs, known)[0] == 2


def test_missing_line_item_collects_nothing_until_its_activity_is_opened(place):
    enrolment = place.trainee()
    _theirs, ours = place.link()
    place.work()
    place.platform.course.line_items.clear()
    place.give_hours(enrolment, 2)
    place.work()
    assert place.score().state == "refused"
    assert place.item(ours).state == "gone"
    tried = place.outcomes()
    for hours in (3, 4):
        place.give_hours(enrolment, hours)
        place.work()
    send_all_again(place)
    place.work()
    assert place.outcomes() == tried
    with place.sessions.begin() as session:
        line_items.ensure_line_item(session, session.get_one(Link, ours), now=utc_now())
    place.work()
    assert (place.item(ours).state, place.score().state) == ("ready", "sent")
    assert place.score().sent["scoreGiven"] == 4


def test_dead_activity_is_put_away(place):
    place.trainee()
    _theirs, ours = place.link()
    place.change(LineItem, place.item(ours).id, state="gone")
    with place.sessions.begin() as session:
        group = session.get_one(Cohort, place.cohort_id)
        [shown] = courses_showing(session, group)[0].shown
        assert shown.is_dead
        leader = actor_of(session, make.member(session, "leader", site=group.site))
        put_away(session, actor=leader, placement=shown.placement, now=utc_now())
        assert courses_showing(session, session.get_one(Cohort, place.cohort_id)) == []
    place.work()
    assert place.waiting() == []


def test_expired_access_token_is_replaced_once(place):
    enrolment = place.trainee()
    place.link(points=100)
    place.give_hours(enrolment, 1)
    place.work()
    place.platform.expire_tokens()
    place.give_hours(enrolment, 2)
    place.work()
    assert place.score().state == "sent"
    assert [one.status for one in place.platform.received_at("scores")] == [200, 401, 200]
    assert len(place.platform.received_at("token")) == 2
    assert place.platform.complaints == []


def test_one_access_token_serves_many_scores(place):
    enrolments = [place.trainee() for _ in range(12)]
    place.link(points=100)
    for enrolment in enrolments:
        place.give_hours(enrolment, 1)
    place.work()
    assert [score.state for score in place.scores()] == ["sent"] * 12
    assert len(place.platform.received_at("token")) == 1


def test_refused_access_token_is_retried(place):
    enrolment = place.trainee()
    place.link(points=100)
    place.platform.fail("token", status=400, body='{"error": "invalid_client"}', times=1)
    place.give_hours(enrolment, 1)
    place.work()
    score = place.score()
    assert (score.state, score.tries) == ("waiting", 1)
    assert "invalid_client" in score.error.message
    place.later()
    place.work()
    assert place.score().state == "sent"


def test_outage_of_an_hour_loses_no_score(place, monkeypatch):
    """Twenty scores and a platform that answers 503: few requests, no attempt is lost, every score arrives."""
    enrolments = [place.trainee() for _ in range(20)]
    theirs, _ours = place.link(points=100)
    place.platform.fail("scores", status=503, times=1000)
    for enrolment in enrolments:
        place.give_hours(enrolment, 3)
    begin, minutes = utc_now(), 0.0
    pauses = []
    while minutes < 60:
        monkeypatch.setattr(sending, "utc_now", lambda: begin + timedelta(minutes=minutes))  # noqa: B023
        place.work()
        with place.sessions.begin() as session:
            outage = session.scalars(select(Outage)).one()
            pauses.append(outage.until - (begin + timedelta(minutes=minutes)))
            minutes = (outage.until - begin).total_seconds() / 60 + 0.01
            session.execute(update(sending_jobs()).values(run_after=begin - timedelta(hours=1)))
    assert pauses[0] == timedelta(seconds=15)
    assert pauses == sorted(pauses)
    assert pauses[-1] == outages.LONGEST_PAUSE
    assert len(place.platform.received_at("scores")) == len(pauses) < 15
    assert {score.state for score in place.scores()} == {"waiting"}
    place.platform.failures.clear()
    monkeypatch.setattr(sending, "utc_now", lambda: begin + timedelta(minutes=minutes))
    place.work()
    assert {score.state for score in place.scores()} == {"sent"}
    assert {place.platform_result(theirs, enrolment)[0] for enrolment in enrolments} == {3}
    with place.sessions() as session:
        assert session.scalars(select(Outage)).all() == []


def sending_jobs():
    from lms.core.jobs.models import Job

    return Job


def test_score_given_up_after_a_day_is_resumed(place, monkeypatch):
    first, second = place.trainee(), place.trainee()
    theirs, _ours = place.link(points=100)
    place.platform.fail("scores", status=503, times=2)
    place.give_hours(first, 3)
    place.work()
    place.later()
    with place.sessions.begin() as session:
        session.execute(update(Score).values(wanted_at=utc_now() - timedelta(hours=25)))
    place.work()
    score = place.score()
    assert score.state == "refused"
    assert score.tries == 2
    assert place.waiting() == []
    place.later()
    place.give_hours(second, 4)
    place.work()
    assert {score.state for score in place.scores()} == {"sent"}
    assert place.platform_result(theirs, first)[0] == 3
    assert place.platform_result(theirs, second)[0] == 4


def test_retry_after_is_respected(place):
    enrolment = place.trainee()
    place.link(points=100)
    place.platform.fail("scores", status=429, headers={"Retry-After": "600"})
    place.give_hours(enrolment, 3)
    began = utc_now()
    place.work()
    with place.sessions() as session:
        until = session.scalars(select(Outage.until)).one()
        score = session.scalars(select(Score)).one()
    assert timedelta(seconds=595) < until - began < timedelta(seconds=610)
    assert score.next_try_at == until


def test_score_with_lost_answer_is_sent_again(place):
    """As after a worker was killed before its commit: the platform has the score, but we have no record."""
    enrolment = place.trainee()
    theirs, _ours = place.link(points=100)
    place.give_hours(enrolment, 3)
    place.work()
    with place.sessions.begin() as session:
        session.execute(update(Score).values(state="waiting", sent=None, sent_at=None))
        score_id = session.scalars(select(Score.id)).one()
        enqueue_platform_job(session, SEND_SCORE, score_id, utc_now())
    place.work()
    assert place.score().state == "sent"
    assert len(place.platform.course.scores[theirs.line_item, place.people[enrolment].subject]) == 1
    assert [one.status for one in place.platform.received_at("scores")] == [200, 409]


def test_later_result_of_platform_is_kept(place):
    enrolment = place.trainee()
    theirs, _ours = place.link(points=100)
    person = place.people[enrolment]
    place.give_hours(enrolment, 3)
    place.work()
    by_hand = {"userId": person.subject, "scoreGiven": 30, "scoreMaximum": 36, "activityProgress": "Completed"}
    by_hand |= {"gradingProgress": "FullyGraded", "timestamp": (utc_now() + timedelta(minutes=5)).isoformat()}
    place.platform.course.scores[theirs.line_item, person.subject].append(by_hand)
    place.give_hours(enrolment, 4)
    place.work()
    assert place.score().state == "refused"
    assert place.platform.score_of(theirs, person) == by_hand


def test_platform_clock_ahead_is_handled(place):
    """The platform takes our new result for older than our last one: it is sent with the current moment, and again
    later.
    """
    enrolment = place.trainee()
    theirs, _ours = place.link(points=100)
    person = place.people[enrolment]
    place.give_hours(enrolment, 3)
    place.work()
    came = place.platform.course.scores[theirs.line_item, person.subject]
    came[-1] = came[-1] | {"timestamp": (utc_now() + timedelta(seconds=3)).isoformat()}
    place.give_hours(enrolment, 4)
    place.work()
    assert place.score().state == "waiting"
    came[-1] = came[-1] | {"timestamp": (utc_now() - timedelta(seconds=3)).isoformat()}
    place.later()
    place.work()
    assert place.score().state == "sent"
    assert place.platform_result(theirs, enrolment)[0] == 4


def test_conflict_without_result_scope_is_retried(place):
    enrolment = place.trainee()
    theirs, _ours = place.link(points=100)
    with place.sessions.begin() as session:
        score_only = "https://purl.imsglobal.org/spec/lti-ags/scope/score"
        session.execute(update(Context).values(scopes=[score_only]))
    place.give_hours(enrolment, 3)
    place.work()
    with place.sessions.begin() as session:
        session.execute(update(Score).values(state="waiting", sent=None, sent_at=None))
        enqueue_platform_job(session, SEND_SCORE, session.scalars(select(Score.id)).one(), utc_now())
    place.work()
    assert place.score().state == "sent"
    assert place.platform_result(theirs, enrolment)[0] == 3


def test_value_changed_during_sending_is_sent_next(place, monkeypatch):
    """The trainee continues during the call to the platform: nothing waits, and both values arrive in order."""
    enrolment = place.trainee()
    theirs, _ours = place.link(points=100)
    place.give_hours(enrolment, 1)
    real = sending._post
    took = []

    def slow(session, one, message):
        if not took:
            began = time.monotonic()
            place.give_hours(enrolment, 2)
            from lms.core.jobs.running import run_pending

            run_pending(place.sessions, "assessment.evaluate")
            run_pending(place.sessions, RECOMPUTE_SCORES)
            took.append(time.monotonic() - began)
        return real(session, one, message)

    monkeypatch.setattr(sending, "_post", slow)
    place.work()
    place.work()
    came = place.platform.course.scores[theirs.line_item, place.people[enrolment].subject]
    assert [one["scoreGiven"] for one in came] == [1, 2]
    assert place.score().state == "sent"
    assert took[0] < 2


def test_two_workers_do_not_send_same_score(place):
    enrolment = place.trainee()
    place.link(points=100)
    place.give_hours(enrolment, 1)
    for kind in ("assessment.evaluate", RECOMPUTE_SCORES):
        from lms.core.jobs.running import run_pending

        run_pending(place.sessions, kind)
    with place.sessions() as holder:
        holder.execute(select(operations.func.pg_advisory_xact_lock(sending.SCORE_LOCK, place.score().id)))
        place.work()
        assert place.platform.received_at("scores") == []
    place.later()
    place.work()
    assert place.score().state == "sent"


def test_slow_platform_is_paused(place, monkeypatch):
    enrolments = [place.trainee() for _ in range(3)]
    place.link(points=100)
    monkeypatch.setattr(sending, "SLOW_SECONDS", 0.05)
    place.platform.fail("scores", status=None, delay=0.2)
    for enrolment in enrolments:
        place.give_hours(enrolment, 1)
    place.work()
    assert sorted(score.state for score in place.scores()) == ["sent", "waiting", "waiting"]
    time.sleep(0.25)
    place.later()
    place.work()
    assert {score.state for score in place.scores()} == {"sent"}


def test_removed_platform_receives_nothing(place):
    enrolment = place.trainee()
    place.link(points=100)
    with place.sessions.begin() as session:
        session.execute(update(Platform).values(removed_at=utc_now()))
    place.give_hours(enrolment, 1)
    place.work()
    assert place.platform.received == []
    assert place.waiting() == []


def test_message_has_score_media_type(place):
    enrolment = place.trainee()
    place.link(points=100)
    place.give_hours(enrolment, 1)
    place.work()
    (received,) = place.platform.received_at("scores")
    assert received.headers["Content-Type"] == "application/vnd.ims.lis.v1.score+json"
    assert received.query == {"type_id": "1"}
    assert json.loads(received.body)["userId"] == place.people[enrolment].subject
    with place.sessions() as session:
        assert session.scalars(select(LineItem.state)).one() == "ready"
