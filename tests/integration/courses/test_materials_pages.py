"""Pages of materials: forms, order, pictures."""

import io
import re

import pytest
from sqlalchemy import select

from courses.models.materials import Material, PageImage
from courses.models.programmes import ProgrammeVersion
from lms.core.files.models import StoredFile
from tests.factories import make
from tests.support.browsing import log_in

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 20
PDF = b"%PDF-1.7 " + b"0" * 50


@pytest.fixture
def enrolment(session):
    return make.enrolment(session)


@pytest.fixture
def version(enrolment):
    return enrolment.cohort.version


@pytest.fixture
def leader(client, session, version):
    return log_in(client, session, make.member(session, "leader", site=version.programme.site))


@pytest.fixture
def at(session, version):
    """Returns the address of the first topic's materials."""
    topic = make.topics(session, version)[0]
    session.commit()
    return f"/programmes/{version.id}/topics/{topic.lineage}/materials"


def only(session) -> Material:
    session.expire_all()
    return session.scalars(select(Material)).one()


def words(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def hidden(page: str, name: str) -> str:
    found = re.search(rf'<input[^>]*name="{name}"[^>]*>', page)
    return re.search(r'value="([^"]*)"', found[0])[1]


def test_page_is_written_changed_and_its_revision_shown(session, leader, at, version):
    answer = leader.post(
        f"{at}/page",
        data={"title": "Этапы", "body": "Первый", "minutes": "12", "required": "y", "completion": "opened"},
    )
    made = only(session)
    assert answer.headers["Location"] == f"{at}#material-{made.id}"
    assert (made.title, made.minutes, made.required, made.body_html) == ("Этапы", 12, True, "<p>Первый</p>")
    assert "12 минут чтения" in words(leader.get(at).text)

    edit = f"/programmes/{version.id}/materials/{made.id}"
    form = leader.get(edit).text
    assert ">Первый</textarea>" in form.replace("\r\n", "")
    data = {"title": "Этапы", "body": "Второй", "minutes": "", "completion": "confirmed"}
    data["revision"] = hidden(form, "revision")
    assert leader.post(edit, data=data).status_code == 303
    made = only(session)
    assert (made.revision, made.required, made.completion, made.minutes) == (2, False, "confirmed", None)
    assert "Редакция 1" in words(leader.get(edit).text)
    assert "Первый" in leader.get(f"{edit}/revisions/1").text
    assert leader.get(f"{edit}/revisions/9").status_code == 404


def test_second_writer_keeps_typed_text_and_may_overwrite(session, leader, at, version):
    page = make.material(session, version, body="Первый")
    session.commit()
    edit = f"/programmes/{version.id}/materials/{page.id}"
    data = {"title": page.title, "required": "y", "completion": "opened"}
    leader.post(edit, data={**data, "body": "Чужой", "revision": "1"})
    answer = leader.post(edit, data={**data, "body": "Мой", "revision": "1"})
    assert answer.status_code == 422
    assert "изменил кто-то ещё" in words(answer.text)
    assert ">Мой</textarea>" in answer.text.replace("\r\n", "")
    again = leader.post(edit, data={**data, "body": "Мой", "revision": hidden(answer.text, "revision")})
    assert again.status_code == 303
    assert only(session).body == "Мой"


@pytest.mark.parametrize(
    ("kind", "data", "message"),
    [
        ("page", {"title": "", "body": "Текст"}, "Дайте материалу название"),
        ("page", {"title": "Этапы", "body": ""}, "Напишите текст страницы"),
        ("page", {"title": "Этапы", "body": "Т", "minutes": "много"}, "Сколько это займёт"),
        ("page", {"title": "Этапы", "body": "Т", "minutes": "9000"}, "Целое число минут"),
        ("link", {"title": "Банк", "url": "example.org"}, "Адрес начинается"),
        ("file", {"title": "Бланк"}, "Выберите файл"),
        ("video", {"title": "Урок"}, "либо адрес видео, либо файл"),
    ],
)
def test_invalid_form_shows_errors_and_keeps_typed_text(session, leader, at, kind, data, message):
    answer = leader.post(f"{at}/{kind}", data={"completion": "opened", **data})
    assert answer.status_code == 422
    assert message in words(answer.text)
    for value in filter(None, data.values()):
        assert value in answer.text
    assert session.scalar(select(Material)) is None


def test_uploaded_file_is_kept_while_form_has_errors(session, leader, at):
    upload = {"title": "", "completion": "opened", "file": (io.BytesIO(PDF), "Бланк анализа.pdf")}
    first = leader.post(f"{at}/file", data=upload)
    assert "Загружен: Бланк анализа.pdf" in words(first.text)
    kept = hidden(first.text, "kept_file")
    second = leader.post(f"{at}/file", data={"title": "Бланк", "completion": "opened", "kept_file": kept})
    assert second.status_code == 303
    assert only(session).file.name == "Бланк анализа.pdf"


def test_file_of_another_account_cannot_be_attached(session, leader, at):
    strange = make.stored_file(session, site_id=None)
    session.commit()
    answer = leader.post(f"{at}/file", data={"title": "Б", "completion": "opened", "kept_file": str(strange.id)})
    assert answer.status_code == 422
    assert session.scalar(select(Material)) is None


def test_file_of_wrong_type_is_refused_at_its_field(session, leader, at):
    for kind, content, name in (("file", b"MZ" + b"0" * 90, "бланк.pdf"), ("video", PDF, "урок.mp4")):
        upload = {"title": "Бланк", "completion": "opened", "file": (io.BytesIO(content), name)}
        answer = leader.post(f"{at}/{kind}", data=upload)
        assert answer.status_code == 422
        assert 'id="file-err"' in answer.text
        assert "Бланк" in answer.text
    assert session.scalar(select(StoredFile)) is None


def test_changed_material_keeps_file_without_new_upload(session, leader, at, version):
    paper = make.material(session, version, kind="file", file=make.stored_file(session, PDF))
    session.commit()
    edit = f"/programmes/{version.id}/materials/{paper.id}"
    data = {"title": "Иначе", "required": "y", "completion": "opened", "revision": "1"}
    assert leader.post(edit, data={**data, "kept_file": str(paper.file_id)}).status_code == 303
    assert only(session).file.name == "Бланк анализа урока.pdf"
    data |= {"revision": "2", "file": (io.BytesIO(PDF + b"1"), "Новый.pdf"), "kept_file": str(paper.file_id)}
    assert leader.post(edit, data=data).status_code == 303
    assert only(session).file.name == "Новый.pdf"


def test_picture_is_inserted_and_served_to_readers(app, session, leader, at, version, enrolment):
    data = {"title": "Этапы", "body": "Схема:", "add_image": "1", "image": (io.BytesIO(PNG), "Схема.png")}
    answer = leader.post(f"{at}/page", data=data)
    image = session.scalars(select(PageImage)).one()
    text = f"Схема:\n\n![Схема](/images/{image.id})"
    assert answer.status_code == 200
    assert text in answer.text.replace("\r\n", "\n")
    assert session.scalar(select(Material)) is None
    leader.post(f"{at}/page", data={"title": "Этапы", "body": text, "required": "y", "completion": "opened"})
    made = only(session)

    trainee = log_in(app.test_client(), session, enrolment.person.account)
    page = trainee.get(f"/course/{enrolment.id}/materials/{made.id}").text
    assert f'src="/images/{image.id}"' in page
    picture = trainee.get(f"/images/{image.id}", buffered=True)
    assert (picture.data, picture.mimetype) == (PNG, "image/png")
    stranger = log_in(app.test_client(), session, make.enrolment(session).person.account)
    assert stranger.get(f"/images/{image.id}").status_code == 404


def test_typed_text_is_previewed(leader, at, version):
    answer = leader.post(f"/programmes/{version.id}/materials/preview", data={"body": "**так** <script>x</script>"})
    assert "<strong>так</strong>" in answer.text
    assert "script" not in answer.text
    assert "<html" not in answer.text


def test_material_is_moved_removed_and_restored_by_pages(session, leader, at, version):
    first, second = make.material(session, version), make.material(session, version)
    session.commit()

    def order() -> list[int]:
        return [int(key) for key in re.findall(r'id="material-(\d+)"', leader.get(at).text)]

    deed = f"/programmes/{version.id}/materials/"
    leader.post(f"{deed}{second.id}/move", data={"by": "up"})
    assert order() == [second.id, first.id]
    leader.post(f"{deed}{second.id}/remove")
    assert order() == [first.id, second.id]
    assert "Удалённые: 1" in words(leader.get(at).text)
    leader.post(f"{deed}{second.id}/restore")
    assert "Удалённые" not in leader.get(at).text
    assert "обязательных: 2" in words(leader.get(f"/programmes/{version.id}/materials").text)


def test_material_of_another_programme_is_not_found(session, leader, at, version):
    strange = make.material(session, make.programme(session))
    session.commit()
    assert leader.get(f"/programmes/{version.id}/materials/{strange.id}").status_code == 404
    assert leader.get(f"/programmes/{version.id}/topics/{strange.topic_lineage}/materials").status_code == 404


def test_previews_of_a_draft_are_closed_to_the_authority(app, session):
    version = make.programme(session, state="draft")
    site = version.programme.site
    picture = PageImage(programme_id=version.programme_id, file_id=make.stored_file(session, PNG, name="a.png").id)
    session.add(picture)
    session.flush()
    page = make.material(session, version, body=f"![Схема](/images/{picture.id})")
    paper = make.material(session, version, kind="file", file=make.stored_file(session, PDF))
    paths = [
        f"/programmes/{version.id}/course",
        f"/programmes/{version.id}/course/topics/{page.topic_lineage}",
        f"/programmes/{version.id}/course/materials/{page.id}",
        f"/materials/{paper.id}/file",
        f"/images/{picture.id}",
    ]
    staff = log_in(app.test_client(), session, make.member(session, "teacher", site=site))
    office = log_in(app.test_client(), session, make.member(session, "methodologist", authority=site.authority))
    assert [staff.get(path, buffered=True).status_code for path in paths] == [200] * 5
    assert [office.get(path, buffered=True).status_code for path in paths] == [404] * 5
    version.state = "submitted"
    session.commit()
    assert [office.get(path, buffered=True).status_code for path in paths] == [200] * 5


def test_trainee_sees_no_picture_of_the_next_draft(app, session, enrolment):
    version = enrolment.cohort.version
    draft = ProgrammeVersion(
        programme=version.programme, number=2, state="draft", title="Следующая версия", workload=18
    )
    session.add(draft)
    session.flush()
    make._plan(session, draft)
    pictures = [PageImage(programme_id=version.programme_id, file_id=make.stored_file(session, PNG).id) for _ in "12"]
    session.add_all(pictures)
    session.flush()
    make.material(session, version, body=f"![Схема](/images/{pictures[0].id})")
    make.material(session, draft, body=f"![Схема](/images/{pictures[1].id})")
    trainee = log_in(app.test_client(), session, enrolment.person.account)
    assert [trainee.get(f"/images/{one.id}", buffered=True).status_code for one in pictures] == [200, 404]
