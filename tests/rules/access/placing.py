"""Placements: inside a launch only (an ordinary log-in finds nothing there); what is shown where is the staff's."""

from lms.lti.models.launches import ContentItem
from tests.factories import platforms
from tests.rules.access import Access
from tests.rules.access.world import World

NOBODY: frozenset[str] = frozenset()
STAFF = {"leader", "teacher"}


def shown(world: World) -> ContentItem:
    """What a platform's course shows of the group."""

    def place(at: World) -> ContentItem:
        context = platforms.context(at.session, title="Загадочный курс")
        return platforms.placement(at.session, context, at.cohort)

    return world.at("placement", place)


def group(world: World) -> dict[str, object]:
    shown(world)
    return {"cohort_id": world.cohort.id}


MATRIX = {
    "placing.choose": Access(allowed=NOBODY, launch="open"),
    "placing.place": Access(allowed=NOBODY, launch="open"),
    "placing.cancel": Access(allowed=NOBODY, launch="open"),
    "placing.start": Access(allowed=NOBODY, launch="open"),
    "placing.of_group": Access(allowed=STAFF, values=group, shows=lambda _w: "Загадочный курс", launch="open"),
    "placing.remove": Access(allowed=STAFF, values=lambda w: {"placement_id": shown(w).id}, launch="open"),
}
