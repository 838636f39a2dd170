"""Works by HTTP: errors at their fields without loss of input; the desk without scripts; the editor of tasks."""

import io
from dataclasses import replace
from decimal import Decimal

import pillow_heif
import pytest
from PIL import Image

from assessment.attestation import reviews, tasks, works
from assessment.attestation.reviews import Mark
from lms import composition
from lms.core.auth.policy import Actor
from lms.core.clock import utc_now
from tests.factories import attestation, make
from tests.support import bombs
from tests.support.browsing import log_in

PNG = b"\x89PNG\r\n\x1a\n" + bytes(64)
TEXT = "Что я видела на уроке: «Дыхание растений»"


@pytest.fixture
def world(session):
    site = make.site(session)
    version = make.programme(session, site)
    task = attestation.task(session, version)
    enrolment = make.enrolment(session, make.cohort(session, version))
    leaders = [make.member(session, "leader", site=site) for _each in range(2)]
    return task, enrolment, leaders


@pytest.fixture
def address(world):
    task, enrolment, _leaders = world
    return f"/course/{enrolment.id}/tasks/{task.id}"


@pytest.fixture
def trainee(client, session, world):
    return log_in(client, session, world[1].person.account)


def upload(name: str, content: bytes):
    return (io.BytesIO(content), name)


def test_hands_in_draft_with_file(trainee, session, world, address):
    task, enrolment, _leaders = world
    assert trainee.post(f"{address}/draft", data={"text": TEXT}).json["saved_at"]
    sent = trainee.post(address, data={"text": TEXT, "files": [upload("Карта урока.png", PNG)], "save": "1"})
    assert sent.status_code == 303
    page = trainee.get(address).text
    assert "Карта урока.png" in page
    assert TEXT in page
    assert trainee.post(address, data={"text": TEXT, "hand_in": "1"}).status_code == 303
    assert works.existing(session, task, enrolment).state == "handed_in"
    assert trainee.post(f"{address}/draft", data={"text": "ещё"}).status_code == 409


def test_refused_file_kind_keeps_text_and_other_files(trainee, session, world, address):
    task, enrolment, _leaders = world
    files = [upload("Фото.png", PNG), upload("setup.exe", b"MZ" + bytes(200))]
    answer = trainee.post(address, data={"text": TEXT, "files": files, "hand_in": "1"})
    assert answer.status_code == 422
    assert 'id="files-err"' in answer.text
    assert TEXT in answer.text
    assert "Фото.png" in answer.text
    submission = works.existing(session, task, enrolment)
    session.refresh(submission)
    assert (submission.state, submission.draft_text) == ("draft", TEXT)
    assert [kept.file.name for kept in works.draft_files(session, submission)] == ["Фото.png"]


@pytest.mark.parametrize("name", ["Отчёт.hta", "run.bat", "script.js", "web.url", "макрос.vbs"])
def test_text_called_as_a_program_is_refused_with_what_is_taken(trainee, address, name):
    answer = trainee.post(address, data={"text": TEXT, "files": [upload(name, b"alert(1)")], "save": "1"})
    assert answer.status_code == 422
    assert "Принимаются файлы pdf, docx," in answer.text


def test_russian_text_is_served_with_its_charset(trainee, session, world, address):
    task, enrolment, _leaders = world
    files = [upload("заметки.txt", TEXT.encode("cp1251"))]
    trainee.post(address, data={"text": "", "files": files, "save": "1"})
    submission = works.existing(session, task, enrolment)
    [kept] = works.draft_files(session, submission)
    answer = trainee.get(f"/works/{submission.id}/files/{kept.id}?show=1")
    assert answer.headers["Content-Type"] == "text/plain; charset=windows-1251"
    assert answer.get_data().decode("cp1251") == TEXT
    answer.close()


def test_too_large_file_shows_error_at_field(trainee, session, world, address):
    here = composition.parts()
    small = here.settings.model_copy(update={"upload_limit_bytes": 1024})
    composition._current[:] = [replace(here, settings=small)]
    large = upload("Запись урока.png", PNG + bytes(4096))
    answer = trainee.post(address, data={"text": TEXT, "files": [large], "save": "1"})
    assert answer.status_code == 422
    assert 'id="files-err"' in answer.text
    assert TEXT in answer.text


def test_hand_in_of_empty_work_shows_error(trainee, address):
    answer = trainee.post(address, data={"text": " ", "hand_in": "1"})
    assert (answer.status_code, 'id="text-err"' in answer.text) == (422, True)


# The desk


def marks(task, *values: str) -> dict[str, str]:
    return {f"points-{row.id}": value for row, value in zip(task.criteria, values, strict=True)}


def posted(session, submission, **more: str) -> dict[str, str]:
    version = works.latest_version(session, submission)
    return {"version_id": str(version.id), "revision": "0", "comment": "Читаю дальше", **more}


def test_points_that_are_no_number_stay_in_form(client, session, world):
    task, enrolment, [leader, _other] = world
    with attestation.unfrozen(session):
        task.criteria[0].max_points = Decimal("12.5")
    submission = attestation.handed_in(session, task, enrolment)
    log_in(client, session, leader)
    data = posted(session, submission, **marks(task, "пять", "4", "2"), decision="accepted")
    answer = client.post(f"/grading/{submission.id}", data=data)
    assert answer.status_code == 422
    assert 'value="пять"' in answer.text
    assert "Читаю дальше" in answer.text


def test_refused_acceptance_shows_reasons_and_keeps_points(client, session, world):
    task, enrolment, [leader, _other] = world
    submission = attestation.handed_in(session, task, enrolment)
    log_in(client, session, leader)
    data = posted(session, submission, **marks(task, "5", "5", "0"), decision="accepted")
    answer = client.post(f"/grading/{submission.id}", data=data)
    assert answer.status_code == 409
    assert "Ниже минимума" in answer.text
    review = works.latest_version(session, submission).review
    assert [mark.points for mark in review.marks] == [5, 5, 0]


def test_second_graders_points_stay_in_form(client, session, world):
    """Checks that typed points stay on the page after the other grader saved, and after they decided."""
    task, enrolment, [first, second] = world
    submission = attestation.handed_in(session, task, enrolment)
    version, actor = works.latest_version(session, submission), Actor(first.id, first.person_id)
    theirs = {row.id: Mark(Decimal(3)) for row in task.criteria}
    review = reviews.save_review(session, version, actor=actor, marks=theirs, comment="", revision=0)
    log_in(client, session, second)
    comments = {f"comment-{task.criteria[0].id}": "Нет рефлексии"}
    data = posted(session, submission, **marks(task, "1", "1", "2"), **comments)
    told = client.post(f"/grading/{submission.id}", data=data | {"decision": "returned"})
    assert told.status_code == 409
    assert first.person.short_name in told.text
    assert "Нет рефлексии" in told.text
    assert client.post(f"/grading/{submission.id}/draft", data=data).json["taken"]
    session.expire_all()
    reviews.decide(session, review, actor=actor, decision="accepted", now=utc_now())
    session.commit()
    decided = client.post(f"/grading/{submission.id}", data=data | {"decision": "returned"})
    assert decided.status_code == 409
    assert "Нет рефлексии" in decided.text
    assert "Ваши баллы" in decided.text


def test_decision_redirects_to_next_work(client, session, world):
    task, enrolment, [leader, _other] = world
    one = attestation.handed_in(session, task, enrolment)
    two = attestation.handed_in(session, task, make.enrolment(session, enrolment.cohort))
    log_in(client, session, leader)
    data = posted(session, one, **marks(task, "5", "5", "3"), decision="accepted")
    assert client.post(f"/grading/{one.id}", data=data).headers["Location"].endswith(f"/grading/{two.id}")
    data = posted(session, two, decision="returned", comment="Добавьте вывод")
    assert client.post(f"/grading/{two.id}", data=data).headers["Location"].endswith("/grading")


def test_return_without_a_word_is_refused_at_the_conclusion_and_keeps_points(client, session, world):
    task, enrolment, [leader, _other] = world
    submission = attestation.handed_in(session, task, enrolment)
    log_in(client, session, leader)
    data = posted(session, submission, **marks(task, "5", "2", "1"), comment=" ", decision="returned")
    refused = client.post(f"/grading/{submission.id}", data=data)
    assert refused.status_code == 422
    assert 'aria-describedby="conclusion-error"' in refused.text
    assert "без замечания работа не возвращается" in refused.text
    session.expire_all()
    assert submission.state == "handed_in"
    assert [mark.points for mark in works.latest_version(session, submission).review.marks] == [5, 2, 1]
    data = posted(
        session, submission, **{f"comment-{task.criteria[2].id}": "Нет вывода"}, comment="", decision="returned"
    )
    assert client.post(f"/grading/{submission.id}", data=data | {"revision": "1"}).status_code == 303


def test_desk_shows_changes_between_versions(client, session, world):
    task, enrolment, [leader, _other] = world
    submission = attestation.handed_in(session, task, enrolment, "Опыт с колбой")
    actor = Actor(leader.id, leader.person_id)
    first = works.latest_version(session, submission)
    review = reviews.save_review(session, first, actor=actor, marks={}, comment="Уточните", revision=0)
    reviews.decide(session, review, actor=actor, decision="returned", now=utc_now())
    works.attach(session, submission, make.stored_file(session), now=utc_now())
    works.hand_in(session, submission, actor=actor, text="Опыт с пробиркой", now=utc_now())
    log_in(client, session, leader)
    page = client.get(f"/grading/{submission.id}?changes=1").text
    assert "<del>" in page
    assert "колбой" in page
    assert "пробиркой</ins>" in page
    assert "Бланк анализа урока.pdf" in page


# The editor


def test_desk_says_that_a_word_file_cannot_be_shown(client, session, world):
    """A table cut in a merged cell is shown; a file over the limits is answered with words, not with an error."""
    task, enrolment, leaders = world
    cut = bombs.word(bombs.table(bombs.cell("", "<w:vMerge/>") + bombs.cell("Этап урока")))
    files = [upload("Таблица.docx", cut), upload("Бомба.docx", bombs.BOMBS["300,000 empty paragraphs"]())]
    log_in(client, session, enrolment.person.account)
    client.post(f"/course/{enrolment.id}/tasks/{task.id}", data={"text": TEXT, "files": files, "hand_in": "1"})
    log_in(client, session, leaders[0])
    desk = client.get(f"/grading/{works.existing(session, task, enrolment).id}")
    assert desk.status_code == 200
    assert "<td>Этап урока</td>" in desk.text
    assert "Не удалось показать файл здесь." in desk.text


@pytest.fixture
def author(client, session, world):
    return log_in(client, session, world[2][0])


@pytest.fixture
def draft(session, world):
    return make.programme(session, world[1].cohort.site, state="draft")


ROWS = {
    "criterion_name": ["Полнота", "", "Вывод"],
    "criterion_indicator": ["все этапы", "", ""],
    "criterion_most": ["5", "", "2,5"],
    "criterion_least": ["1", "", ""],
}


def test_leader_creates_and_changes_task(author, session, draft):
    address = f"/programmes/{draft.id}/tasks"
    sent = {"title": "Фрагмент", "kind": "current", "topic": "", "pass_mark": "4", "required": "y", **ROWS}
    assert author.post(f"{address}/new", data=sent).status_code == 303
    [task] = tasks.tasks_of(session, draft.id)
    assert [(row.name, row.max_points) for row in task.criteria] == [("Полнота", 5), ("Вывод", Decimal("2.5"))]
    page = author.get(f"{address}/{task.id}").text
    assert 'value="2,5"' in page
    without = {**sent, "title": "Фрагмент урока", "row": "remove-0"}
    kept = author.post(f"{address}/{task.id}", data=without)
    assert (kept.status_code, "Полнота" in kept.text, "Вывод" in kept.text) == (200, False, True)
    assert "Фрагмент урока" in kept.text
    assert author.post(f"{address}/{task.id}/remove").status_code == 303
    assert not tasks.tasks_of(session, draft.id)


def test_task_errors_are_shown_at_cells(author, draft):
    rows = {**ROWS, "criterion_most": ["много", "", "2,3"], "criterion_least": ["7", "", "9"]}
    sent = {"title": "", "kind": "current", "topic": "", "pass_mark": "сто", **rows}
    answer = author.post(f"/programmes/{draft.id}/tasks/new", data=sent)
    assert answer.status_code == 422
    for place in ("criteria-0-most-err", "criteria-1-most-err", "criteria-1-least-err", "title-err", "pass_mark-err"):
        assert f'id="{place}"' in answer.text
    assert 'value="много"' in answer.text
    assert 'value="сто"' in answer.text


def test_final_task_shows_part_four(author, session, draft):
    address = f"/programmes/{draft.id}/tasks"
    sent = {"title": "Защита", "kind": "final", "topic": str(make.topics(session, draft)[3].lineage), "pass_mark": ""}
    assert author.post(f"{address}/new", data=sent).status_code == 303
    [task] = tasks.tasks_of(session, draft.id)
    assert [row.name for row in task.criteria] == ["Критерий 1", "Критерий 2"]
    assert "части 4" in author.get(f"{address}/{task.id}").text


def test_approved_task_allows_changes_of_instructions_only(author, session, world):
    task, _enrolment, _leaders = world
    address = f"/programmes/{task.version_id}/tasks"
    page = author.get(f"{address}/{task.id}").text
    assert "Версия утверждена" in page
    assert "criterion_name" not in page
    sent = author.post(f"{address}/{task.id}", data={"instructions": "**Два** этапа", "title": "Другое"})
    session.refresh(task)
    assert (sent.status_code, task.instructions, task.title) == (303, "**Два** этапа", "Протокол наблюдения")
    assert author.post(f"{address}/{task.id}/remove").status_code == 303
    assert author.get(f"{address}/new").status_code == 303
    assert tasks.tasks_of(session, task.version_id) == [task]


def test_script_adds_one_file_and_learns_why_another_is_refused(trainee, session, world, address):
    task, enrolment, _leaders = world
    sent = trainee.post(f"{address}/files", data={"file": upload("Карта урока.png", PNG)})
    assert (sent.status_code, sent.json) == (200, {"name": "Карта урока.png"})
    refused = trainee.post(f"{address}/files", data={"file": upload("Отчёт.hta", b"<hta:application>")})
    assert refused.status_code == 422
    assert "pdf" in refused.json["message"]
    assert trainee.post(f"{address}/files", data={}).json["message"] == "Файл пустой."
    files = works.draft_files(session, works.existing(session, task, enrolment))
    assert [attached.file.name for attached in files] == ["Карта урока.png"]


def test_form_takes_several_files_of_the_largest_size_at_once(trainee, session, world, address, app):
    task, enrolment, _leaders = world
    app.config["MAX_CONTENT_LENGTH"] = 100_000
    photos = [upload(f"{number}.png", PNG + bytes([number]) * 90_000) for number in range(4)]
    try:
        assert trainee.post(address, data={"text": TEXT, "files": photos, "save": "1"}).status_code == 303
        other = {"text": TEXT, "file": upload("5.png", PNG + bytes(200_000))}
        assert trainee.post(f"{address}/draft", data=other).status_code == 413
    finally:
        app.config["MAX_CONTENT_LENGTH"] = 51 * 1024**2
    assert len(works.draft_files(session, works.existing(session, task, enrolment))) == 4


def test_photo_of_a_phone_is_shown_to_the_leader_as_jpeg(client, session, world):
    task, enrolment, leaders = world
    pillow_heif.register_heif_opener()
    photo = io.BytesIO()
    Image.new("RGB", (3000, 1500), "red").save(photo, "HEIF")
    log_in(client, session, enrolment.person.account)
    broken = upload("IMG_0002.HEIC", photo.getvalue()[:200])
    files = [upload("IMG_0001.HEIC", photo.getvalue()), broken]
    client.post(f"/course/{enrolment.id}/tasks/{task.id}", data={"text": TEXT, "files": files, "hand_in": "1"})
    log_in(client, session, leaders[0])
    work = works.existing(session, task, enrolment)
    shown, damaged = (f"/works/{work.id}/files/{one.id}?show=1" for one in works.latest_version(session, work).files)
    assert f'<img src="{shown}"' in client.get(f"/grading/{work.id}").text
    answer = client.get(shown)
    assert answer.mimetype == "image/jpeg"
    assert Image.open(io.BytesIO(answer.data)).size == (2000, 1000)
    assert client.get(damaged).status_code == 422
