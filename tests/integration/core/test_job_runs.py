"""Long runs: progress by steps, pause, cancellation, failure, and a worker that is killed in a step."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import Engine, func, select, update
from sqlalchemy.orm import Session, sessionmaker

from lms.core import audit
from lms.core.audit import AuditEntry
from lms.core.auth.policy import SYSTEM, Actor
from lms.core.db import make_engine, make_sessions
from lms.core.jobs import kinds, runs
from lms.core.jobs.models import Job
from lms.core.jobs.run_models import JobRun
from lms.core.jobs.running import retry, run_pending
from tests.factories import make

KIND = "tests.run"
TOTAL = 5


@pytest.fixture
def engine_of_run(make_database: Callable[[], str]) -> Iterator[Engine]:
    engine = make_engine(make_database())
    yield engine
    engine.dispose()


@pytest.fixture
def own_sessions(engine_of_run: Engine) -> sessionmaker[Session]:
    return make_sessions(engine_of_run)


def count_one(session: Session, run: JobRun) -> bool:
    """Writes one row a step; its effect can be counted."""
    number = run.position.get("next", 0)
    audit.record(session, SYSTEM, "tests.step", run, number=number)
    runs.advance(run, by=1, position={"next": number + 1})
    return run.steps_done < TOTAL


def count_one_and_die(session: Session, run: JobRun) -> bool:
    more = count_one(session, run)
    session.flush()
    if run.steps_done == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return more


def declare(step: runs.Step, **options: Any) -> None:
    kinds.declare(runs.run_kind(KIND, "default", step, **options))


def started(sessions: sessionmaker[Session], actor: Actor = SYSTEM) -> int:
    with sessions.begin() as session:
        return runs.start(session, KIND, actor=actor, parameters={"of": "tests"}, steps_total=TOTAL).id


def state_of(sessions: sessionmaker[Session], run_id: int) -> tuple[str, int]:
    with sessions() as session:
        run = session.get_one(JobRun, run_id)
        return run.state, run.steps_done


def effects(sessions: sessionmaker[Session]) -> list[int]:
    with sessions() as session:
        rows = select(AuditEntry.detail).where(AuditEntry.action == "tests.step").order_by(AuditEntry.id)
        return [detail["number"] for detail in session.scalars(rows)]


def asked(sessions: sessionmaker[Session], run_id: int, request: Callable[..., None]) -> None:
    with sessions.begin() as session:
        request(session, session.get_one(JobRun, run_id), actor=SYSTEM)


def test_run_does_every_step_once(own_sessions):
    declare(count_one)
    run_id = started(own_sessions)
    assert state_of(own_sessions, run_id) == ("waiting", 0)
    assert run_pending(own_sessions, KIND) == TOTAL
    assert state_of(own_sessions, run_id) == ("done", TOTAL)
    assert effects(own_sessions) == list(range(TOTAL))
    assert run_pending(own_sessions, KIND) == 0


def test_each_step_commits_its_progress(own_sessions):
    declare(count_one)
    run_id = started(own_sessions)
    assert run_pending(own_sessions, KIND, at_most=2) == 2
    assert state_of(own_sessions, run_id) == ("running", 2)


def test_paused_run_waits_and_resumes_at_its_position(own_sessions):
    declare(count_one)
    run_id = started(own_sessions)
    run_pending(own_sessions, KIND, at_most=2)
    asked(own_sessions, run_id, runs.request_pause)
    run_pending(own_sessions, KIND)
    assert state_of(own_sessions, run_id) == ("paused", 2)
    assert run_pending(own_sessions, KIND) == 0
    asked(own_sessions, run_id, runs.request_resume)
    run_pending(own_sessions, KIND)
    assert state_of(own_sessions, run_id) == ("done", TOTAL)
    assert effects(own_sessions) == list(range(TOTAL))


@pytest.mark.parametrize("paused", [False, True])
def test_cancelled_run_keeps_what_was_done_and_does_no_more(own_sessions, paused):
    declare(count_one)
    run_id = started(own_sessions)
    run_pending(own_sessions, KIND, at_most=2)
    if paused:
        asked(own_sessions, run_id, runs.request_pause)
        run_pending(own_sessions, KIND)
    asked(own_sessions, run_id, runs.request_cancel)
    run_pending(own_sessions, KIND)
    assert state_of(own_sessions, run_id) == ("cancelled", 2)
    asked(own_sessions, run_id, runs.request_resume)
    assert run_pending(own_sessions, KIND) == 0
    with own_sessions() as session:
        assert session.scalars(select(Job.state)).one() == "done"


def test_run_fails_after_last_attempt_and_continues_after_retry(own_sessions):
    def fail(session: Session, run: JobRun) -> bool:
        if run.steps_done == 1:
            raise RuntimeError("no paper")
        return count_one(session, run)

    declare(fail, tries=2, pause=0.0)
    run_id = started(own_sessions)
    run_pending(own_sessions, KIND)
    assert state_of(own_sessions, run_id) == ("failed", 1)
    with own_sessions.begin() as session:
        assert "no paper" in (session.get_one(JobRun, run_id).error or "")
        retry(session, session.scalars(select(Job)).one(), now=session.scalar(select(func.now())))
    declare(count_one)
    run_pending(own_sessions, KIND)
    assert state_of(own_sessions, run_id) == ("done", TOTAL)
    assert effects(own_sessions) == list(range(TOTAL))


def test_run_continues_after_its_worker_was_killed(own_sessions, engine_of_run):
    declare(count_one)
    run_id = started(own_sessions)
    killed = subprocess.run(
        [sys.executable, "-m", "tests.integration.core.test_job_runs", engine_of_run.url.render_as_string(False)],
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL
    assert state_of(own_sessions, run_id) == ("running", 2)
    run_pending(own_sessions, KIND)
    assert state_of(own_sessions, run_id) == ("done", TOTAL)
    assert effects(own_sessions) == list(range(TOTAL))


def test_run_that_kills_every_worker_fails(own_sessions):
    declare(count_one, tries=2)
    run_id = started(own_sessions)
    with own_sessions.begin() as session:
        job_id = session.scalars(select(Job.id)).one()
        for _ in range(2):
            session.execute(Job.__table__.metadata.tables["job_start"].insert().values(job_id=job_id))
        session.execute(update(Job).values(last_error=None))
    run_pending(own_sessions, KIND)
    assert state_of(own_sessions, run_id) == ("failed", 0)


def test_lists_runs_of_owner_alone(own_sessions):
    declare(count_one)
    with own_sessions.begin() as session:
        mine, other = make.account(session), make.account(session)
    run_id = started(own_sessions, Actor(mine.id, mine.person_id))
    started(own_sessions, Actor(other.id, other.person_id))
    with own_sessions() as session:
        assert [run.id for run in runs.runs_of(session, mine.id)] == [run_id]


if __name__ == "__main__":
    import lms.metadata  # noqa: F401

    declare(count_one_and_die)
    run_pending(make_sessions(make_engine(sys.argv[1])), KIND)
