"""A slow statement is logged with its text, duration and the request or job that sent it, and without its values."""

import json
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session, sessionmaker

from lms.core import statements
from lms.core.jobs import kinds
from lms.core.jobs.kinds import JobKind
from lms.core.jobs.queueing import enqueue
from lms.core.jobs.running import run_pending
from lms.core.logs import configure_logging
from lms.core.people import one_time_links
from lms.core.settings import Settings
from worker import tasks

Read = Callable[[], list[dict[str, object]]]

SLOW = text("SELECT pg_sleep(0.06),\n   CAST(:name AS text)")
QUICK = text("SELECT CAST(:name AS text)")
NAME = "Гаврилова"


@pytest.fixture
def lines(app: Flask, settings: Settings, capsys: pytest.CaptureFixture[str]) -> Iterator[Read]:
    """Reads the lines about slow statements (from 50 ms on), as machines read them."""
    configure_logging("json")
    statements.configure(50)
    yield lambda: [
        line
        for text in capsys.readouterr().err.splitlines()
        if text.startswith("{") and (line := json.loads(text))["event"] == "slow_statement" and "SELECT" in text
    ]
    statements.configure(settings.slow_statement_ms)
    configure_logging("console")


def run(session: Session) -> None:
    session.execute(QUICK, {"name": NAME})
    session.execute(SLOW, {"name": NAME})


def test_slow_statement_of_request_is_logged_once_without_values(lines: Read, client, monkeypatch):
    monkeypatch.setattr(one_time_links, "look_up", lambda session, *_args, **_more: run(session))
    answer = client.get("/link/Zm9vYmFy")
    sleeping = [line for line in lines() if "pg_sleep" in str(line["statement"])]
    assert len(sleeping) == 1
    (line,) = sleeping
    assert line["statement"] == "SELECT pg_sleep(0.06), CAST(%(name)s AS text)"
    assert line["milliseconds"] >= 60
    assert (line["source"], line["failed"]) == ("accounts.link", False)
    assert line["request_id"] == answer.headers["X-Request-ID"]
    assert NAME not in json.dumps(line, ensure_ascii=False)


def test_slow_statement_of_job_is_logged_with_kind_and_request(lines: Read, sessions: sessionmaker[Session]):
    kinds.declare(JobKind("tests.slow", "default", lambda session, _subject: run(session)))
    with sessions() as session:
        session.info["request_id"] = "abc123"
        enqueue(session, "tests.slow", 1)
        session.commit()
    run_pending(sessions, "tests.slow")
    (line,) = [line for line in lines() if "pg_sleep" in str(line["statement"])]
    assert (line["source"], line["request_id"]) == ("tests.slow", ["abc123"])


def test_slow_statement_of_periodic_work_has_its_name_and_no_former_request(
    lines: Read, sessions: sessionmaker[Session], monkeypatch
):
    kinds.declare(JobKind("tests.before", "default", lambda _session, _subject: None))
    with sessions() as session:
        session.info["request_id"] = "abc123"
        enqueue(session, "tests.before", 1)
        session.commit()
    run_pending(sessions, "tests.before")
    monkeypatch.setitem(tasks.PERIODIC, "tests.periodic", (60.0, lambda session, _now: run(session)))
    tasks.periodic("tests.periodic")
    (line,) = [line for line in lines() if "pg_sleep" in str(line["statement"])]
    assert line["source"] == "tests.periodic"
    assert "request_id" not in line


def test_slow_statement_that_fails_is_logged(lines: Read, session: Session):
    failing = text("SELECT 1 / (length(CAST(pg_sleep(0.06) AS text)) * length(:name))")
    with pytest.raises(DBAPIError), session.begin_nested():
        session.execute(failing, {"name": NAME})
    (line,) = [line for line in lines() if "pg_sleep" in str(line["statement"])]
    assert line["failed"] is True
    assert NAME not in json.dumps(line, ensure_ascii=False)


def test_zero_logs_no_statement(lines: Read, session: Session):
    statements.configure(0)
    run(session)
    assert lines() == []


def test_statements_of_a_request_are_counted(session: Session):
    usage = statements.begin("tests.page")
    run(session)
    assert usage.count >= 2
    assert usage.seconds >= 0.06
