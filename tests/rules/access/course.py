"""A trainee's course, and its preview for staff and authority."""

from typing import Any

from courses.models.materials import Material
from tests.factories import make
from tests.rules.access import COUNCIL, LOGGED_IN, SITE_STAFF, Access
from tests.rules.access.world import World

READERS = SITE_STAFF | {"trainee"}
AHEAD = SITE_STAFF | COUNCIL


def page(world: World) -> Material:
    """Creates a page in the version's first topic."""
    made = world.at("page", lambda w: make.material(w.session, w.version, completion="confirmed", title="Глаз и слово"))
    assert isinstance(made, Material)
    return made


def paper(world: World) -> Material:
    """Creates a file in the version's first topic."""

    def making(w: World) -> Material:
        return make.material(w.session, w.version, kind="file", file=make.stored_file(w.session), title="Бланк")

    made = world.at("paper", making)
    assert isinstance(made, Material)
    return made


def link(world: World) -> Material:
    """Creates a link in the version's first topic."""

    def making(w: World) -> Material:
        return make.material(w.session, w.version, kind="link", url="https://example.org/bank", title="Банк заданий")

    made = world.at("link", making)
    assert isinstance(made, Material)
    return made


def mine(world: World, **more: Any) -> dict[str, Any]:
    return {"enrolment_id": world.enrolment.id, **more}


def ahead(world: World, **more: Any) -> dict[str, Any]:
    return {"version_id": world.version.id, **more}


def title(world: World) -> str:
    return world.version.title


MATRIX = {
    "course.index": Access(allowed=LOGGED_IN, launch="open"),
    "course.show": Access(allowed=READERS, values=mine, shows=title, launch="open"),
    "course.topic": Access(
        allowed=READERS, values=lambda w: mine(w, lineage=w.topic.lineage), shows=lambda w: w.topic.title, launch="open"
    ),
    "course.material": Access(
        allowed=READERS, values=lambda w: mine(w, material_id=page(w).id), shows=lambda w: page(w).title, launch="open"
    ),
    "course.file": Access(allowed=READERS, values=lambda w: mine(w, material_id=paper(w).id), launch="open"),
    "course.follow": Access(allowed=READERS, values=lambda w: mine(w, material_id=link(w).id), launch="open"),
    "course.confirm": Access(allowed={"trainee"}, values=lambda w: mine(w, material_id=page(w).id), launch="open"),
    "course.mark": Access(allowed=SITE_STAFF, values=lambda w: mine(w, lineage=w.topic.lineage), launch="open"),
    "course.preview": Access(allowed=AHEAD, values=ahead, shows=title, launch="open"),
    "course.preview_topic": Access(
        allowed=AHEAD, values=lambda w: ahead(w, lineage=w.topic.lineage), shows=lambda w: w.topic.title, launch="open"
    ),
    "course.preview_material": Access(
        allowed=AHEAD, values=lambda w: ahead(w, material_id=page(w).id), shows=lambda w: page(w).title, launch="open"
    ),
}
