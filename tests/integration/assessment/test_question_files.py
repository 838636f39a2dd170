"""Pictures and sounds of imported questions: taken from the file, asked for, shown to those who study the programme."""

import base64
import io

import pytest
from sqlalchemy import select

from assessment.models.self_checks import Question, SelfCheck
from courses.models.programmes import ImportDraft
from tests.factories import make
from tests.support.browsing import log_in
from tests.support.checks import make_check
from tests.support.uploads import outcome

PNG = b"\x89PNG\r\n\x1a\n" + bytes(64)
MP3 = b"ID3" + bytes(64)
GIFT = (
    '::Схема::[html]Что здесь? <img src\\="data:image/png;base64,'
    + base64.b64encode(PNG).decode().replace("=", "\\=")
    + '"> {=куб ~шар}\n\n::Звук::[html]Слышно? <audio src\\="@@PLUGINFILE@@/дождь.mp3"></audio> {=дождь ~ветер}\n\n'
    '::Где::{=[html]<img src\\="@@PLUGINFILE@@/куб.png"> ~[html]<img src\\="@@PLUGINFILE@@/шар.png">}\n'
).encode()


@pytest.fixture
def version(session):
    made = make.programme(session)
    session.commit()
    return made


@pytest.fixture
def check(session, version) -> SelfCheck:
    return make_check(session, version)


@pytest.fixture
def author(client, session, version):
    return log_in(client, session, make.member(session, "leader", site=version.programme.site))


@pytest.fixture
def preview(author, session, version, check) -> str:
    """Address of the preview of the uploaded file."""
    address = f"/programmes/{version.id}/self-checks/{check.id}"
    sent = author.post(f"{address}/upload", data={"file": (io.BytesIO(GIFT), "вопросы.gift")})
    assert outcome(author, session, sent).status_code == 303
    return f"{address}/imports/{session.scalars(select(ImportDraft.id)).one()}"


def stored(session, version) -> str:
    questions = session.scalars(
        select(Question).where(Question.programme_id == version.programme_id).order_by(Question.id)
    )
    return " ".join(str(one.content) for one in questions)


def test_missing_files_are_asked_for_and_put_in_place(author, session, version, preview):
    page = author.get(preview).text
    assert all(name in page for name in ("дождь.mp3", "куб.png", "шар.png")) and "1.png" not in page
    some = {"take": ["0", "1", "2"], "files": [(io.BytesIO(MP3), "дождь.mp3"), (io.BytesIO(PNG), "куб.png")]}
    refused = author.post(preview, data=some)
    assert refused.status_code == 422
    assert "Этих файлов ещё не хватает: шар.png." in refused.text
    rest = {"take": ["0", "1", "2"], "files": [(io.BytesIO(PNG + b"2"), "шар.png")]}
    assert author.post(preview, data=rest).status_code == 303
    texts = stored(session, version)
    assert "PLUGINFILE" not in texts and "base64" not in texts
    assert texts.count("/images/") == 4


def test_foreign_and_wrong_files_are_not_taken(author, session, preview):
    page = author.post(preview, data={"take": ["1"], "files": [(io.BytesIO(b"<svg>"), "дождь.mp3")]})
    assert page.status_code == 422
    assert "Файлы такого вида сюда не принимаются: дождь.mp3" in page.text
    author.post(preview, data={"take": ["1"], "files": [(io.BytesIO(PNG), "другой.png")]})
    assert len(session.scalars(select(ImportDraft)).one().content["files"]) == 1  # the one in the file itself


def test_questions_can_be_added_without_missing_files(author, session, version, preview):
    assert author.post(preview, data={"take": ["1"], "without": "y"}).status_code == 303
    assert "[дождь.mp3]" in stored(session, version)


def test_files_of_questions_are_shown_to_those_who_study_the_programme(client, author, session, version, preview):
    enrolment = make.enrolment(session, make.cohort(session, version))
    author.post(preview, data={"take": ["0"]})
    key = session.scalars(select(ImportDraft)).one().content["files"]["1.png"]
    for reader in (None, enrolment.person.account):
        if reader:
            log_in(client, session, reader)
        with client.get(f"/images/{key}") as shown:
            assert (shown.status_code, shown.mimetype, shown.data) == (200, "image/png", PNG)
    log_in(client, session, make.enrolment(session).person.account)
    assert client.get(f"/images/{key}").status_code == 404
