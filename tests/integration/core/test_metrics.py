"""Metrics for Prometheus: the token that opens them, requests and statements, and values that the database has."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families
from pydantic import SecretStr
from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker

from lms import composition
from lms.app import create_app
from lms.composition import Parts
from lms.core.clock import utc_now
from lms.core.db import make_engine, make_sessions
from lms.core.jobs.models import Job
from lms.core.logs import configure_logging
from lms.core.mail.models import Message
from lms.core.settings import Settings
from lms.http.metrics import ProcessClock
from lms.lti.models.services import Outage
from tests.factories import platforms
from tests.support.counting import count_queries

TOKEN = "0123456789abcdef0123456789abcdef"
BEARER = {"Authorization": f"Bearer {TOKEN}"}


@pytest.fixture
def measured(app: Flask, settings: Settings, sessions: sessionmaker[Session]) -> Iterator[FlaskClient]:
    """A client of an application that is measured, on the test's own transaction."""
    made = create_app(settings.model_copy(update={"metrics_token": SecretStr(TOKEN)}))
    made.config.update(TESTING=True, WTF_CSRF_ENABLED=False, PROPAGATE_EXCEPTIONS=False)
    of_itself = composition.parts()
    composition._current[:] = [replace(of_itself, sessions=sessions)]
    yield made.test_client()
    of_itself.engine.dispose()


def samples(client: FlaskClient) -> dict[tuple[str, ...], float]:
    """Returns the values that Prometheus reads, by name and labels."""
    answer = client.get("/metrics", headers=BEARER)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def test_page_is_missing_without_the_setting(client: FlaskClient):
    assert client.get("/metrics", headers=BEARER).status_code == 404


@pytest.mark.parametrize("given", [None, "", TOKEN, "Bearer", f"Bearer {TOKEN[:-1]}", f"Basic {TOKEN}", "Bearer ключ"])
def test_metrics_are_refused_without_the_token(measured: FlaskClient, capsys, given: str | None):
    configure_logging("json")
    answer = measured.get("/metrics", headers={"Authorization": given} if given is not None else {})
    configure_logging("console")
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")
    assert "lms_" not in answer.text
    (line,) = [json.loads(line) for line in capsys.readouterr().err.splitlines() if line.startswith("{")]
    assert (line["event"], line["address"]) == ("metrics_refused", "127.0.0.1")
    assert TOKEN[:-1] not in json.dumps(line)


def test_metrics_are_not_found_inside_a_launch(measured: FlaskClient):
    assert measured.get("/in/1/metrics", headers=BEARER).status_code in (401, 403, 404)
    assert "lms_" not in measured.get("/in/1/metrics", headers=BEARER).text


def test_metrics_are_not_kept_by_proxies(measured: FlaskClient):
    assert measured.get("/metrics", headers=BEARER).headers["Cache-Control"] == "no-store"


def test_requests_are_counted_by_endpoint_method_and_status(measured: FlaskClient):
    for _ in range(3):
        measured.get("/healthz")
    measured.get("/no/such/page")
    measured.open("/healthz", method="BREW")
    found = samples(measured)
    assert found["lms_request_seconds_count", "health.healthz", "GET", "2xx"] == 3
    assert found["lms_request_seconds_count", "none", "GET", "4xx"] == 1
    assert found["lms_request_seconds_count", "none", "other", "4xx"] == 1
    assert found["lms_request_seconds_sum", "health.healthz", "GET", "2xx"] > 0
    assert found["lms_request_cpu_seconds_total", "health.healthz"] > 0
    assert found["lms_web_cpu_seconds_total",] > 0


def test_failed_request_is_counted(measured: FlaskClient, monkeypatch):
    def failing() -> None:
        raise RuntimeError

    monkeypatch.setitem(measured.application.view_functions, "health.healthz", failing)
    assert measured.get("/healthz").status_code == 500
    assert samples(measured)["lms_request_seconds_count", "health.healthz", "GET", "5xx"] == 1


def test_statements_of_requests_are_counted_and_none_is_added(
    measured: FlaskClient, client: FlaskClient, engine: Engine
):
    with count_queries(engine) as ordinary:
        client.get("/readyz")
    with count_queries(engine) as sent:
        measured.get("/readyz")
    found = samples(measured)
    assert sent == ordinary
    assert found["lms_database_statements_total", "health.readyz"] >= len(sent) > 0
    assert found["lms_database_seconds_total", "health.readyz"] > 0


def test_jobs_are_counted_by_kind(measured: FlaskClient, session: Session):
    now = utc_now()
    states = [("waiting", -90), ("waiting", -30), ("waiting", 3600), ("dead", -90), ("done", -90)]
    session.add_all(
        Job(
            kind="mail.send", subject_id=key, unique_key=f"t{key}", state=state, run_after=now + timedelta(seconds=wait)
        )
        for key, (state, wait) in enumerate(states)
    )
    session.commit()
    found = samples(measured)
    assert found["lms_jobs_waiting", "mail.send"] == 2
    assert found["lms_jobs_postponed", "mail.send"] == 1
    assert found["lms_jobs_failed", "mail.send"] == 1
    assert 85 <= found["lms_jobs_oldest_seconds", "mail.send"] < 3600
    assert found["lms_jobs_waiting", "certificates.typeset"] == 0


def test_unsent_letters_are_counted(measured: FlaskClient, session: Session):
    before, now = samples(measured), utc_now()
    for error, sent, age in ((None, None, 50), (None, None, 500), ("550", None, 5000), (None, now, 5000)):
        letter = Message(recipient="a@school.ru", subject="S", body="B", sent_at=sent, error=error)
        letter.created_at = now - timedelta(seconds=age)
        session.add(letter)
    session.commit()
    found = samples(measured)
    assert found["lms_mail_waiting",] - before["lms_mail_waiting",] == 2
    assert found["lms_mail_failed",] - before["lms_mail_failed",] == 1
    assert 490 <= found["lms_mail_oldest_seconds",] < 4000


def test_platforms_without_an_answer_are_counted(measured: FlaskClient, session: Session):
    assert samples(measured)["lms_platforms_silent",] == 0
    platform = platforms.platform(session)
    now = utc_now()
    session.add(Outage(platform_id=platform.id, since=now - timedelta(hours=2), until=now, error=None))
    session.commit()
    found = samples(measured)
    assert found["lms_platforms_silent",] == 1
    assert 7190 <= found["lms_platforms_silent_seconds",] < 9000


def test_metrics_of_processes_are_answered_while_the_database_is_away(measured: FlaskClient):
    assert samples(measured)["lms_database_up",] == 1
    engine = make_engine("postgresql://nobody@127.0.0.1:1/nothing")
    composition._current[:] = [Parts(composition.parts().settings, engine, make_sessions(engine))]
    found = samples(measured)
    engine.dispose()
    assert found["lms_database_up",] == 0
    assert found["lms_disk_free_bytes",] > 0
    assert found["lms_request_seconds_count", "health.metrics", "GET", "2xx"] == 1
    assert not [name for name, *_labels in found if name.startswith(("lms_jobs", "lms_mail", "lms_platforms"))]


def test_clock_of_a_process_tells_each_second_once():
    clock = ProcessClock()
    first = clock.advance()
    assert first > 0
    assert clock.advance() < first
