"""A database that is away and a full disk: a page of 503 that keeps what was typed; logging fails no request."""

import html
import io
import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from sqlalchemy import select

from assessment.attestation import works
from lms import composition
from lms.composition import Parts
from lms.core import disk
from lms.core.clock import utc_now
from lms.core.db import make_engine, make_sessions
from lms.core.files import port
from lms.core.files.store import FolderStore
from lms.core.logs import configure_logging
from lms.core.mail.models import Message
from lms.core.notifications.queries import notices_of
from tests.factories import attestation, make
from tests.support.browsing import log_in

TYPED = 'Первая строка\r\n«вторая» "> & третья'
FULL = Path("/dev/full")
"""A file of the system that has never room."""


@pytest.fixture
def database_away(app) -> Iterator[None]:
    """Lets the application use an address at which nobody listens."""
    before = composition._current[:]
    engine = make_engine("postgresql://nobody@127.0.0.1:1/nothing")
    composition._current[:] = [Parts(before[0].settings, engine, make_sessions(engine))]
    yield
    composition._current[:] = before
    engine.dispose()


@pytest.fixture
def full_log(app) -> Iterator[None]:
    stream = FULL.open("w", buffering=1)
    configure_logging(stream=stream)
    yield
    configure_logging()
    with suppress(OSError):
        stream.close()


class FullStore(FolderStore):
    """A folder on a full disk."""

    def put(self, stream, sha256, size) -> None:
        with FULL.open("wb", buffering=0) as part:
            part.write(stream.read())

    def check(self) -> None:
        self.put(io.BytesIO(b"x"), "", 1)


@pytest.fixture
def full_store(app, tmp_path) -> Iterator[None]:
    before = port._current[:]
    port.configure(FullStore(tmp_path))
    yield
    port._current[:] = before


def test_page_without_database_says_when_to_come_back(client, database_away):
    answer = client.get("/verify/0000-0000", headers={"Accept-Language": "ru"})
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "30"
    assert "Сервис сейчас не отвечает" in answer.text
    assert client.get("/readyz").json["database"] != "ok"


def test_form_that_found_no_database_can_be_sent_again(client, database_away):
    answer = client.post("/join?next=%2F", data={"key": "abcd-efgh", "note": TYPED, "csrf_token": "t"})
    assert answer.status_code == 503
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="(.*?)">', answer.text, re.DOTALL))
    assert {name: html.unescape(value) for name, value in fields.items()} == {
        "key": "abcd-efgh",
        "note": TYPED,
        "csrf_token": "t",
    }
    assert 'action="/join?next=%2F"' in answer.text


def test_form_with_password_is_not_written_into_the_page(client, database_away):
    answer = client.post("/log-in", data={"username": "anna", "password": "три слова подряд"})
    assert answer.status_code == 503
    assert "три слова" not in answer.text


def test_scripts_get_status_and_words_without_database(client, database_away):
    answer = client.post("/join", data={"key": "abcd-efgh"}, headers={"HX-Request": "true"})
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "30")
    assert "<html" not in answer.text


def test_log_without_room_fails_no_request(client, session, full_log):
    enrolment = make.enrolment(session)
    task = attestation.task(session, enrolment.cohort.version)
    log_in(client, session, enrolment.person.account)
    sent = client.post(f"/course/{enrolment.id}/tasks/{task.id}", data={"text": "Работа", "hand_in": "1"})
    assert sent.status_code == 303
    assert works.existing(session, task, enrolment).state == "handed_in"


def test_upload_without_room_is_answered_with_503_and_keeps_text(client, session, full_store):
    enrolment = make.enrolment(session)
    task = attestation.task(session, enrolment.cohort.version)
    log_in(client, session, enrolment.person.account)
    data = {"text": "Мой текст", "save": "1", "files": (io.BytesIO("слово".encode()), "план.txt")}
    sent = client.post(f"/course/{enrolment.id}/tasks/{task.id}", data=data)
    assert sent.status_code == 503
    assert "Мой текст" in sent.text


def test_readiness_names_full_disk_and_full_storage(client, monkeypatch, full_store):
    monkeypatch.setattr(disk, "LEAST_FREE_BYTES", 2**62)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert re.fullmatch(r"only \d+ MB are free", answer.json["disk"])
    assert answer.json["storage"] == "OSError"
    assert answer.json["database"] == "ok"


def test_administrators_get_one_notice_a_day_from_ninety_per_cent(session):
    administrator = make.account(session, is_administrator=True, email="admin@school.example")
    now = utc_now()
    assert disk.tell_administrators(session, disk.Space(1000, 101), now) == 0
    assert disk.tell_administrators(session, disk.Space(1000, 100), now) >= 1
    session.flush()
    assert disk.tell_administrators(session, disk.Space(1000, 1), now) == 0
    (notice,) = notices_of(session, administrator.person_id)
    assert (notice.kind, notice.detail["free_bytes"]) == (disk.NOTICE, 100)
    letter = session.scalars(select(Message).where(Message.person_id == administrator.person_id)).one()
    assert "90 %" in letter.body
    assert disk.tell_administrators(session, disk.Space(1000, 1), now + disk.REMINDED_AFTER) >= 1
