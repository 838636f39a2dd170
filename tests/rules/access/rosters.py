"""Rosters of platforms: for leaders of the group's site."""

from lms.lti.models.services import Roster
from tests.factories import platforms
from tests.rules.access import LEADERS, Access
from tests.rules.access.world import World


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
    "rosters.ask": Access(allowed=LEADERS, values=_cohort, shows=lambda _world: "Курс естествознания", launch="open"),
    "rosters.show": Access(allowed=LEADERS, values=_roster, shows=lambda _world: "Курс естествознания", launch="open"),
    "rosters.changed_names": Access(allowed=LEADERS, values=_cohort, shows=lambda w: w.cohort.title, launch="open"),
    "rosters.decide_name": Access(
        allowed=LEADERS, values=lambda w: {**_cohort(w), "participant_id": 1, "deed": "leave"}, launch="open"
    ),
    "rosters.state": Access(allowed=LEADERS, values=_roster, launch="open"),
    "rosters.again": Access(allowed=LEADERS, values=_roster, launch="open"),
    "rosters.apply": Access(allowed=LEADERS, values=_roster, launch="open"),
}
