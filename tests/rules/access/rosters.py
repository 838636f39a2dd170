"""Lists that come from platforms: for who leads the group's site."""

from lms.lti.models.services import Roster
from tests.factories import platforms
from tests.rules.access import Access
from tests.rules.access.world import World

LEADER = frozenset({"leader"})


def _roster(world: World) -> dict[str, int]:
    def made(world: World) -> Roster:
        context = platforms.context(
            world.session, roster_url="https://platform.example/members", title="Курс естествознания"
        )
        platforms.shown(world.session, world.cohort, context)
        roster = Roster(context_id=context.id, context=context, cohort_id=world.cohort.id, cohort=world.cohort)
        world.session.add(roster)
        world.session.flush()
        return roster

    return {"roster_id": world.at("platform list", made).id}


def _cohort(world: World) -> dict[str, int]:
    _roster(world)
    return {"cohort_id": world.cohort.id}


MATRIX = {
    "rosters.ask": Access(allowed=LEADER, values=_cohort, shows=lambda _world: "Курс естествознания", launch="open"),
    "rosters.show": Access(allowed=LEADER, values=_roster, shows=lambda _world: "Курс естествознания", launch="open"),
    "rosters.state": Access(allowed=LEADER, values=_roster, launch="open"),
    "rosters.again": Access(allowed=LEADER, values=_roster, launch="open"),
    "rosters.apply": Access(allowed=LEADER, values=_roster, launch="open"),
}
