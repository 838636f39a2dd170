"""Durable jobs: written with their cause, done once, retried with growing pauses, failed in the end."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session, sessionmaker

from lms import composition
from lms.core.clock import utc_now
from lms.core.db import make_sessions
from lms.core.jobs import kinds
from lms.core.jobs.kinds import JobKind
from lms.core.jobs.models import Job, JobAttempt
from lms.core.jobs.queueing import enqueue, job_notifier, postpone
from lms.core.jobs.running import delete_finished, pause_after, retry, run_pending
from lms.core.jobs.watching import find_due

KIND = "tests.work"


@pytest.fixture
def own_sessions(own_engine: Engine) -> sessionmaker[Session]:
    return make_sessions(own_engine)


@pytest.fixture(autouse=True)
def _restore_parts() -> Iterator[None]:
    before = composition._current[:]
    yield
    composition._current[:] = before


@pytest.fixture
def notified() -> Iterator[list[str]]:
    sent: list[str] = []
    before, job_notifier.send = job_notifier.send, sent.append
    yield sent
    job_notifier.send = before


def declare(handle: Callable[[Session, int], None], **options: object) -> None:
    kinds.declare(JobKind(KIND, "default", handle, **options))  # type: ignore[arg-type]


def job(session: Session) -> Job:
    return session.scalars(select(Job)).one()


def test_enqueue_notifies_after_commit_only(own_sessions, notified):
    with own_sessions() as session:
        enqueue(session, KIND, 1)
        with session.begin_nested():
            enqueue(session, KIND, 2)
        assert notified == []
        session.commit()
    assert notified == [KIND]


def test_enqueue_notifies_nobody_after_rollback(own_sessions, notified):
    with own_sessions() as session:
        enqueue(session, KIND, 1)
        session.rollback()
        session.commit()
    assert notified == []


def test_enqueuing_waiting_job_again_writes_one_row(own_sessions):
    done: list[int] = []
    declare(lambda _session, subject: done.append(subject))
    for _ in range(3):
        with own_sessions.begin() as session:
            enqueue(session, KIND, 7)
    assert run_pending(own_sessions, KIND) == 1
    assert done == [7]
    with own_sessions.begin() as session:
        enqueue(session, KIND, 7)
    assert run_pending(own_sessions, KIND) == 1


@pytest.mark.parametrize("limit", [{"at_most": 1}, {"seconds": 0.0}])
def test_run_that_ends_early_notifies_of_the_rest(own_sessions, notified, limit):
    done: list[int] = []
    declare(lambda _session, subject: done.append(subject))
    with own_sessions.begin() as session:
        for subject in (1, 2):
            enqueue(session, KIND, subject)
    notified.clear()
    assert run_pending(own_sessions, KIND, **limit) == 1
    assert (done, notified) == ([1], [KIND])
    run_pending(own_sessions, KIND)
    assert (done, notified) == ([1, 2], [KIND])


def test_failing_job_rolls_back_and_fails_after_last_attempt(own_sessions):
    def fail(session: Session, _subject: int) -> None:
        enqueue(session, KIND, 99)
        raise RuntimeError("no ink")

    declare(fail, tries=2, pause=0.0)
    with own_sessions.begin() as session:
        enqueue(session, KIND, 1)
    run_pending(own_sessions, KIND)
    with own_sessions.begin() as session:
        assert job(session).state == "dead"
        assert "no ink" in (job(session).last_error or "")
        declare(lambda _session, _subject: None)
        retry(session, job(session), now=utc_now())
    assert run_pending(own_sessions, KIND) == 1
    with own_sessions() as session:
        assert job(session).state == "done"


def test_failing_job_does_not_stop_its_batch(own_sessions):
    done: list[int] = []

    def many(_session: Session, subjects: object) -> None:
        for subject in subjects:  # type: ignore[attr-defined]
            if subject == 2:
                raise RuntimeError("two")
            done.append(subject)

    declare(lambda session, subject: many(session, [subject]), handle_many=many, batch=10)
    with own_sessions.begin() as session:
        for subject in (1, 2, 3):
            enqueue(session, KIND, subject)
    run_pending(own_sessions, KIND)
    with own_sessions() as session:
        states = {row.subject_id: row.state for row in session.execute(select(Job.subject_id, Job.state))}
    assert states == {1: "done", 2: "waiting", 3: "done"}


def test_locked_job_is_skipped(own_sessions):
    declare(lambda _session, _subject: None)
    with own_sessions.begin() as session:
        enqueue(session, KIND, 1)
    with own_sessions() as holder:
        holder.scalars(select(Job).with_for_update(key_share=True)).one()
        assert run_pending(own_sessions, KIND) == 0
    assert run_pending(own_sessions, KIND) == 1


def test_pause_after_failures_grows_to_an_hour():
    kind = JobKind(KIND, "default", lambda _session, _subject: None, pause=2)
    assert [pause_after(kind, tries).total_seconds() for tries in (1, 2, 3, 9)] == [2, 8, 32, 3600]


def test_kinds_with_due_jobs_are_found_and_no_others(own_sessions):
    declare(lambda _session, _subject: None)
    with own_sessions.begin() as session:
        enqueue(session, KIND, 1, run_after=utc_now() + timedelta(hours=1))
        assert find_due(session, {}).kinds == []
        enqueue(session, KIND, 1)
        assert find_due(session, {}).kinds == [KIND]


def test_delete_finished_deletes_old_jobs_with_attempts(own_sessions, settings):
    declare(lambda _session, _subject: None)
    with own_sessions.begin() as session:
        for subject in (1, 2, 3):
            enqueue(session, KIND, subject)
    run_pending(own_sessions, KIND)
    now, term = utc_now(), timedelta(days=settings.finished_job_days)
    with own_sessions.begin() as session:
        enqueue(session, KIND, 4)
        ages = {1: term * 2, 2: term + timedelta(hours=1), 3: term - timedelta(hours=1)}
        for subject, age in ages.items():
            session.execute(update(Job).where(Job.subject_id == subject).values(finished_at=now - age))
    composition._current[:] = [composition.Parts(settings, own_sessions.kw["bind"], own_sessions)]
    seconds, work = composition.PERIODIC["delete_finished_jobs"]
    assert seconds <= 24 * 3600
    with own_sessions.begin() as session:
        work(session, now)
    with own_sessions() as session:
        left = {row.subject_id: row.id for row in session.scalars(select(Job))}
        assert left.keys() == {3, 4}
        assert session.scalars(select(JobAttempt.job_id)).all() == [left[3]]


def test_delete_finished_deletes_at_most_given_number(own_sessions):
    declare(lambda _session, _subject: None)
    with own_sessions.begin() as session:
        for subject in (1, 2, 3):
            enqueue(session, KIND, subject)
    run_pending(own_sessions, KIND)
    with own_sessions.begin() as session:
        assert delete_finished(session, before=utc_now(), at_most=2) == 2
        assert session.scalars(select(Job.subject_id)).all() == [3]


def test_postponed_job_waits_without_counted_attempt(own_sessions):
    later = utc_now() + timedelta(hours=1)

    def many(session: Session, subjects: object) -> None:
        postpone(session, 2, later)
        enqueue(session, "tests.other", 5)

    kinds.declare(JobKind("tests.other", "default", lambda _session, _subject: None))
    declare(lambda session, subject: many(session, [subject]), handle_many=many, batch=10, tries=1)
    with own_sessions.begin() as session:
        for subject in (1, 2, 3):
            enqueue(session, KIND, subject)
    assert run_pending(own_sessions, KIND) == 3
    with own_sessions() as session:
        rows = {(row.kind, row.subject_id): row for row in session.scalars(select(Job))}
        assert {key: row.state for key, row in rows.items()} == {
            (KIND, 1): "done",
            (KIND, 2): "waiting",
            (KIND, 3): "done",
            ("tests.other", 5): "waiting",
        }
        assert rows[KIND, 2].run_after == later
        counted = select(JobAttempt.job_id)
        assert set(session.scalars(counted)) == {rows[KIND, 1].id, rows[KIND, 3].id}
