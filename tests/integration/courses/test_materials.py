"""Operations on materials: checks, order, revisions, repeated requests."""

import io
import threading

import pytest
from sqlalchemy import Engine, func, select

from courses.actors import actor_of
from courses.events import RequirementsChanged
from courses.materials import operations, queries
from courses.materials.operations import MaterialDraft
from courses.models.materials import Material, MaterialRevision
from courses.models.programmes import Programme
from lms.core.audit import AuditEntry
from lms.core.clock import utc_now
from lms.core.db import make_sessions
from lms.core.errors import DomainError, Invalid, NotFound
from tests.factories import make
from tests.support.events import published_events

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 20


@pytest.fixture
def desk(session):
    """A version, its first topic and its leader."""
    version = make.programme(session)
    leader = actor_of(session, make.member(session, "leader", site=version.programme.site))
    topic = make.topics(session, version)[0]

    class Desk:
        programme = version.programme
        lineage = topic.lineage
        actor = leader

        def add(self, **values):
            draft = MaterialDraft(**({"kind": "page", "title": "Этапы урока", "body": "Текст"} | values))
            return operations.add_material(
                session, actor=leader, programme=self.programme, topic_lineage=self.lineage, draft=draft, now=utc_now()
            )

        def order(self):
            return [one.title for one in queries.materials_of(session, self.programme.id, self.lineage)]

    return Desk()


def test_saving_page_stores_safe_html(session, desk):
    made = desk.add(title="  Этапы \n урока ", body="# Вызов\n\n**слово**<script>alert(1)</script>")
    assert made.title == "Этапы урока"
    assert made.body_html == "<h2>Вызов</h2>\n<p><strong>слово</strong></p>"
    assert made.body.startswith("# Вызов")
    entry = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert (entry.action, entry.object_id, entry.site_id) == ("material.add", made.id, desk.programme.site_id)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"title": "  "}, "title"),
        ({"title": "х" * 501}, "title"),
        ({"body": " "}, "body"),
        ({"body": "х" * 200_001}, "body"),
        ({"minutes": 0}, "minutes"),
        ({"minutes": 6001}, "minutes"),
        ({"kind": "sound"}, "kind"),
        ({"completion": "passed"}, "completion"),
        ({"kind": "file"}, "file"),
        ({"kind": "link"}, "url"),
        ({"kind": "link", "url": "javascript:alert(1)"}, "url"),
        ({"kind": "link", "url": "https://"}, "url"),
        ({"kind": "link", "url": "https://example.org/a b"}, "url"),
        ({"kind": "link", "url": "https://[x"}, "url"),
        ({"kind": "link", "url": "https://example.org/" + "a" * 2000}, "url"),
        ({"kind": "video"}, "url"),
    ],
)
def test_invalid_value_is_refused_at_its_field(desk, values, field):
    with pytest.raises(Invalid) as told:
        desk.add(**values)
    assert told.value.field == field


def test_video_needs_either_address_or_file(session, desk):
    file = make.stored_file(session, name="урок.mp4", media_type="video/mp4")
    assert desk.add(kind="video", title="Один", url="https://rutube.ru/video/1").url
    assert desk.add(kind="video", title="Два", file=file).file_id == file.id
    with pytest.raises(Invalid):
        desk.add(kind="video", title="Три", url="https://rutube.ru/video/1", file=file)


def test_adding_twice_stores_one_material(session, desk):
    assert desk.add().id == desk.add().id
    assert desk.order() == ["Этапы урока"]
    desk.add(title="Другая")
    assert desk.add().title == "Этапы урока"
    assert len(desk.order()) == 3


def test_topic_of_another_programme_is_not_found(session, desk):
    desk.lineage = make.topics(session, make.programme(session))[0].lineage
    with pytest.raises(NotFound):
        desk.add()


def test_topic_refuses_material_above_hundred(session, desk, monkeypatch):
    monkeypatch.setattr(operations, "MOST_IN_TOPIC", 2)
    desk.add(title="1")
    desk.add(title="2")
    with pytest.raises(Invalid):
        desk.add(title="3")


def change(session, desk, material, revision, **values):
    draft = MaterialDraft(**({"kind": material.kind, "title": material.title, "body": material.body} | values))
    return operations.change_material(
        session, actor=desk.actor, material=material, draft=draft, revision=revision, now=utc_now()
    )


def test_changing_material_keeps_revision(session, desk):
    made = desk.add(body="Первый")
    change(session, desk, made, 1, body="Второй")
    change(session, desk, made, 2, body="Третий", title="Новое имя")
    assert (made.revision, made.body_html) == (3, "<p>Третий</p>")
    lines = queries.revisions_of(session, made.id)
    assert [(line.revision.number, line.revision.body) for line in lines] == [(2, "Второй"), (1, "Первый")]
    assert lines[0].replaced_by
    assert change(session, desk, made, 1, body="Третий", title="Новое имя").revision == 3


def test_stale_revision_is_refused(session, desk):
    made = desk.add(body="Первый")
    change(session, desk, made, 1, body="Второй")
    with pytest.raises(DomainError) as told:
        change(session, desk, made, 1, body="Чужой")
    assert told.value.field == "revision"
    assert made.body == "Второй"
    assert session.scalar(select(func.count()).select_from(MaterialRevision)) == 1


def test_material_is_moved_removed_and_restored(session, desk):
    first, second, third = (desk.add(title=name) for name in ("а", "б", "в"))
    operations.step_material(session, actor=desk.actor, material=third, by=-1)
    assert desk.order() == ["а", "в", "б"]
    operations.step_material(session, actor=desk.actor, material=first, by=-1)
    operations.move_material(session, actor=desk.actor, material=first, to=99)
    assert desk.order() == ["в", "б", "а"]
    operations.remove_material(session, actor=desk.actor, material=second, now=utc_now())
    operations.remove_material(session, actor=desk.actor, material=second, now=utc_now())
    operations.step_material(session, actor=desk.actor, material=second, by=1)
    assert desk.order() == ["в", "а"]
    assert queries.removed_of(session, desk.programme.id, desk.lineage) == [second]
    operations.restore_material(session, actor=desk.actor, material=second)
    assert desk.order() == ["в", "а", "б"]


def test_only_changes_of_what_is_asked_are_published_as_such(session, desk):
    with published_events(RequirementsChanged) as found:
        page = desk.add(title="1")
        optional = desk.add(title="2", required=False)
        change(session, desk, optional, 1, body="Другой текст", required=False)
        assert found == [RequirementsChanged(desk.programme.id)]
        change(session, desk, page, 1, body="Другой текст")
        operations.remove_material(session, actor=desk.actor, material=optional, now=utc_now())
        operations.restore_material(session, actor=desk.actor, material=optional)
        assert len(found) == 1
        change(session, desk, page, 2, required=False)
        change(session, desk, page, 3)
        change(session, desk, page, 4, completion="confirmed")
        operations.remove_material(session, actor=desk.actor, material=page, now=utc_now())
        operations.restore_material(session, actor=desk.actor, material=page)
    assert len(found) == 6


def test_picture_type_is_detected_by_content(session, desk):
    def send(content, name):
        return operations.add_image(
            session,
            actor=desk.actor,
            programme=desk.programme,
            stream=io.BytesIO(content),
            name=name,
            now=utc_now(),
        )

    image = send(PNG, "Схема [урока].png")
    assert operations.image_markdown(image, "/images/1") == "![Схема урока](/images/1)"
    for content, name in (
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "x.png"),
        (b"MZ....", "x.png"),
        (b"", "x.png"),
    ):
        with pytest.raises(Invalid) as told:
            send(content, name)
        assert told.value.field == "image"


def test_counts_per_topic_are_returned(session, desk):
    desk.add(minutes=10)
    desk.add(title="Ещё", required=False)
    counts = queries.counts_by_topic(session, desk.programme.id)
    assert counts == {desk.lineage: queries.TopicMaterials(2, 1, 10)}


def test_concurrent_additions_get_different_positions(own_engine: Engine):
    sessions = make_sessions(own_engine)
    with sessions.begin() as session:
        version = make.programme(session)
        leader = actor_of(session, make.member(session, "leader", site=version.programme.site))
        lineage, programme_id = make.topics(session, version)[0].lineage, version.programme_id
    gate = threading.Barrier(6)

    def add(number: int) -> None:
        with sessions.begin() as session:
            programme = session.get(Programme, programme_id)
            gate.wait(10)
            draft = MaterialDraft(kind="page", title=f"Страница {number % 5}", body="Текст")
            operations.add_material(
                session, actor=leader, programme=programme, topic_lineage=lineage, draft=draft, now=utc_now()
            )

    threads = [threading.Thread(target=add, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    with sessions() as session:
        positions = session.scalars(select(Material.position).order_by(Material.position)).all()
    assert list(positions) == list(range(len(positions)))
    assert len(positions) in (5, 6)
