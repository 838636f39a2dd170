"""Materials: leaders and teachers edit them; files and pictures are open to all who may read the page."""

from typing import Any

from courses.models.materials import MaterialRevision, PageImage
from tests.factories import make
from tests.rules.access import SITE_STAFF, Access
from tests.rules.access.course import AHEAD, READERS, page, paper
from tests.rules.access.world import World


def revision(world: World) -> MaterialRevision:
    """Creates an earlier revision of the page."""

    def making(w: World) -> MaterialRevision:
        made = MaterialRevision(material_id=page(w).id, number=1, title="Первый набросок", body="Черновой текст")
        w.session.add(made)
        page(w).revision = 2
        return made

    made = world.at("revision", making)
    assert isinstance(made, MaterialRevision)
    return made


def image(world: World) -> PageImage:
    """Creates a picture of the programme's pages."""

    def making(w: World) -> PageImage:
        file = make.stored_file(w.session, b"\x89PNG\r\n\x1a\n", name="схема.png", media_type="image/png")
        made = PageImage(programme_id=w.version.programme_id, file_id=file.id)
        w.session.add(made)
        w.session.flush()
        make.material(w.session, w.version, body=f"![Схема](/images/{made.id})")
        return made

    made = world.at("image", making)
    assert isinstance(made, PageImage)
    return made


def topic(world: World, **more: Any) -> dict[str, Any]:
    return {"version_id": world.version.id, "lineage": world.topic.lineage, **more}


def one(world: World, **more: Any) -> dict[str, Any]:
    return {"version_id": world.version.id, "material_id": page(world).id, **more}


MATRIX = {
    "materials.overview": Access(
        allowed=SITE_STAFF,
        values=lambda w: {"version_id": w.version.id},
        shows=lambda w: w.version.title,
        launch="open",
    ),
    "materials.topic": Access(allowed=SITE_STAFF, values=topic, shows=lambda w: w.topic.title, launch="open"),
    "materials.create": Access(
        allowed=SITE_STAFF, values=lambda w: topic(w, kind="page"), shows=lambda w: w.topic.title, launch="open"
    ),
    "materials.edit": Access(allowed=SITE_STAFF, values=one, shows=lambda w: page(w).title, launch="open"),
    "materials.preview": Access(
        allowed=SITE_STAFF,
        values=lambda w: {"version_id": w.version.id},
        data=lambda w: {"body": "**так**"},
        launch="open",
    ),
    "materials.revision": Access(
        allowed=SITE_STAFF,
        values=lambda w: one(w, number=revision(w).number),
        shows=lambda w: revision(w).title,
        launch="open",
    ),
    "materials.move": Access(allowed=SITE_STAFF, values=one, data=lambda w: {"by": "up"}, launch="open"),
    "materials.remove": Access(allowed=SITE_STAFF, values=one, launch="open"),
    "materials.restore": Access(allowed=SITE_STAFF, values=one, launch="open"),
    "materials.file": Access(allowed=AHEAD, values=lambda w: {"material_id": paper(w).id}, launch="open"),
    "materials.image": Access(allowed=READERS | AHEAD, values=lambda w: {"image_id": image(w).id}, launch="open"),
}
