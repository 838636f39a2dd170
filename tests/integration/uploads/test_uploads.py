"""Uploaded files that a worker reads: waiting, the result, several programmes, refusals, a killed worker, deletion."""

import io
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import docx
import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session, sessionmaker

from courses.models.programmes import ImportDraft
from courses.uploads import operations
from courses.uploads.jobs import KEPT_FOR, forget_uploads
from courses.uploads.operations import READ_UPLOAD, result_of, start_reading
from lms.core.auth.policy import Actor
from lms.core.clock import utc_now
from lms.core.db import make_engine, make_sessions
from lms.core.files import port
from lms.core.files.models import Blob, StoredFile
from lms.core.files.store import FolderStore
from lms.core.jobs.run_models import JobRun
from lms.core.jobs.running import run_pending
from lms.registry.models import Site
from tests.factories import make
from tests.support import programme_documents as documents
from tests.support.browsing import log_in
from tests.support.uploads import outcome, read_uploads


@pytest.fixture
def site(session: Session) -> Site:
    return make.site(session)


@pytest.fixture
def leader(client: FlaskClient, session: Session, site: Site) -> FlaskClient:
    return log_in(client, session, make.member(session, "leader", site=site))


def upload(browser: FlaskClient, site: Site, stream: io.BytesIO | None = None, name: str = "программа.docx") -> Any:
    return browser.post("/programmes/import", data={"file": (stream or documents.word(), name), "site": site.id})


def count(session: Session, model: type) -> int:
    return session.scalar(select(func.count()).select_from(model)) or 0


def two_programmes() -> io.BytesIO:
    document = docx.Document()
    for title, hours in (("Наставник", "8"), ("Цифровая школа", "12")):
        for line in ("МБОУ «Школа № 5»", "ПРОГРАММА СТАЖИРОВКИ", f"«{title}»", f"Объём: {hours} часов", "2026"):
            document.add_paragraph(line)
        table = document.add_table(rows=0, cols=3)
        for cells in (("Тема", "Всего часов", "Лекции"), ("Урок", hours, hours), ("Итого", hours, hours)):
            for cell, text in zip(table.add_row().cells, cells, strict=True):
                cell.text = text
    stream = io.BytesIO()
    document.save(stream)
    return io.BytesIO(stream.getvalue())


class TestPages:
    def test_upload_answers_before_the_file_is_read(self, leader, session, site):
        answer = upload(leader, site)
        assert answer.status_code == 303
        waiting = leader.get(answer.headers["Location"])
        assert waiting.status_code == 200
        assert "data-poll" in waiting.text
        assert "«программа.docx» читается…" in waiting.text
        assert '<a class="tap" href="">' in waiting.text
        assert count(session, ImportDraft) == 0
        fragment = leader.get(answer.headers["Location"] + "/state", headers={"HX-Request": "true"})
        assert "data-poll" in fragment.text
        assert "<html" not in fragment.text
        read_uploads(session)
        led = leader.get(answer.headers["Location"] + "/state")
        assert (led.status_code, led.headers["Location"]) == (303, answer.headers["Location"])
        assert "/programmes/imports/" in leader.get(led.headers["Location"]).headers["Location"]

    def test_refusal_appears_at_the_form(self, leader, session, site):
        shown = outcome(leader, session, upload(leader, site, io.BytesIO(b"just text")))
        assert 'id="file-err"' in shown.text
        assert count(session, ImportDraft) == 0

    def test_refusal_of_another_person_is_not_shown(self, leader, session, site):
        upload(leader, site, io.BytesIO(b"just text"))
        read_uploads(session)
        run = session.scalars(select(JobRun)).one()
        run.owner_id = make.member(session, "leader", site=site).id
        session.commit()
        assert 'id="file-err"' not in leader.get(f"/programmes?upload={run.id}").text
        assert leader.get(f"/uploads/{run.id}").status_code == 404

    def test_several_programmes_are_offered_for_choice(self, leader, session, site):
        chosen = outcome(leader, session, upload(leader, site, two_programmes()))
        assert "Какая нужна?" in chosen.text
        drafts = session.scalars(select(ImportDraft).order_by(ImportDraft.id)).all()
        assert [f'href="/programmes/imports/{draft.id}"' in chosen.text for draft in drafts] == [True, True]
        assert "Цифровая школа" in leader.get(f"/programmes/imports/{drafts[1].id}").text

    def test_failed_run_is_shown_at_the_form(self, leader, session, site):
        upload(leader, site)
        run = session.scalars(select(JobRun)).one()
        run.state = "failed"
        session.commit()
        assert "на нашей стороне" in leader.get(f"/programmes?upload={run.id}").text.replace("\xa0", " ")


class TestFiles:
    def test_file_is_deleted_after_it_was_read(self, leader, session, site):
        upload(leader, site)
        sha256 = session.scalars(select(StoredFile)).one().sha256
        assert port.store().exists(sha256)
        read_uploads(session)
        assert (count(session, StoredFile), count(session, Blob)) == (0, 0)
        assert not port.store().exists(sha256)

    def test_bytes_that_another_file_has_are_kept(self, leader, session, site):
        content = documents.word().getvalue()
        upload(leader, site, io.BytesIO(content))
        upload(leader, site, io.BytesIO(content))
        first, second = session.scalars(select(StoredFile).order_by(StoredFile.id)).all()
        assert first.sha256 == second.sha256
        operations.forget_upload(session, session.scalars(select(JobRun).order_by(JobRun.id)).first())
        assert port.store().exists(second.sha256)

    def test_files_of_runs_that_never_ended_are_deleted(self, leader, session, site):
        upload(leader, site)
        forget_uploads(session, utc_now() + KEPT_FOR - timedelta(hours=1))
        assert count(session, StoredFile) == 1
        forget_uploads(session, utc_now() + KEPT_FOR + timedelta(hours=1))
        assert count(session, StoredFile) == 0
        assert session.scalars(select(JobRun)).one().state == "cancelled"


@pytest.fixture
def own_engine(make_database: Callable[[], str]) -> Iterator[Engine]:
    engine = make_engine(make_database())
    yield engine
    engine.dispose()


WORKER = """
import os, signal, sys
from pathlib import Path
from courses.jobs import KINDS, UPLOAD_READERS
from courses.uploads import operations
from lms.core.db import make_engine, make_sessions
from lms.core.files import port
from lms.core.files.store import FolderStore
from lms.core.jobs import kinds
from lms.core.jobs.running import run_pending
port.configure(FolderStore(Path(sys.argv[2])))
kinds.declare(KINDS[0])
def read_and_die(session, upload, content, actor):
    drafts = UPLOAD_READERS["programme"](session, upload, content, actor)
    session.flush()
    os.kill(os.getpid(), signal.SIGKILL)
operations.register_reader("programme", read_and_die)
run_pending(make_sessions(make_engine(sys.argv[1])), operations.READ_UPLOAD)
"""


def test_killed_worker_loses_nothing(own_engine: Engine, tmp_path: Path):
    sessions: sessionmaker[Session] = make_sessions(own_engine)
    before = port.store()
    port.configure(FolderStore(tmp_path))
    try:
        with sessions.begin() as session:
            site = make.site(session)
            account = make.member(session, "leader", site=site)
            run_id = start_reading(
                session,
                actor=Actor(account.id, account.person_id),
                what="programme",
                site_id=site.id,
                stream=documents.word(),
                file_name="программа.docx",
                now=utc_now(),
            ).id
        url = own_engine.url.render_as_string(hide_password=False)
        ended = subprocess.run([sys.executable, "-c", WORKER, url, str(tmp_path)], check=False, cwd=Path.cwd())
        assert ended.returncode == -signal.SIGKILL
        with sessions() as session:
            assert count(session, ImportDraft) == 0
            assert result_of(session.get_one(JobRun, run_id)) is None
        run_pending(sessions, READ_UPLOAD)
        with sessions() as session:
            run = session.get_one(JobRun, run_id)
            assert (run.state, run.steps_done) == ("done", 2)
            assert count(session, ImportDraft) == 1
    finally:
        port.configure(before)
