"""Content items: choosing is open inside a launch only; the site's staff lists and removes them."""

from lms.lti.models.launches import ContentItem
from tests.factories import platforms
from tests.rules.access import SITE_STAFF, Access
from tests.rules.access.world import World

NOBODY: frozenset[str] = frozenset()


def shown(world: World) -> ContentItem:
    """Creates a content item: a platform's course shows the group."""

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
    "placing.of_group": Access(allowed=SITE_STAFF, values=group, shows=lambda _w: "Загадочный курс", launch="open"),
    "placing.put_dead_away": Access(allowed=SITE_STAFF, values=lambda w: {"placement_id": shown(w).id}, launch="open"),
    "placing.remove": Access(allowed=SITE_STAFF, values=lambda w: {"placement_id": shown(w).id}, launch="open"),
}
