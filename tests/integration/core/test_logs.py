"""A request's id follows into the work that it calls for."""

import json
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session, sessionmaker

from lms.core.jobs import kinds
from lms.core.jobs.kinds import JobKind
from lms.core.jobs.queueing import enqueue
from lms.core.jobs.running import run_pending
from lms.core.logs import configure_logging

Read = Callable[[], list[dict[str, object]]]


@pytest.fixture
def lines(app: Flask, capsys: pytest.CaptureFixture[str]) -> Iterator[Read]:
    """Reads what was logged so far, as machines read it."""
    configure_logging("json")
    yield lambda: [json.loads(line) for line in capsys.readouterr().err.splitlines() if line.startswith("{")]
    configure_logging("console")


def test_request_id_is_in_log_line_and_answer(lines: Read, client: FlaskClient):
    answer = client.get("/verify")
    line = next(one for one in lines() if one["event"] == "request")
    assert answer.headers["X-Request-ID"] == line["request_id"] != ""
    assert (line["path"], line["status"]) == ("/verify", 200)


def test_rejects_forged_request_id(client: FlaskClient):
    assert client.get("/verify", headers={"X-Request-ID": "a b"}).headers["X-Request-ID"] != "a b"


def test_worker_log_lines_carry_request_id(lines: Read, sessions: sessionmaker[Session]):
    kinds.declare(JobKind("tests.log", "default", lambda _session, _subject: None))
    with sessions() as session:
        session.info["request_id"] = "abc123"
        enqueue(session, "tests.log", 1)
        session.commit()
    run_pending(sessions, "tests.log")
    done = next(one for one in lines() if one["event"] == "jobs_done")
    assert (done["kind"], done["request_id"], done["count"]) == ("tests.log", ["abc123"], 1)
