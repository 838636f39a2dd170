"""Competency ratings: trainees fill in their own; the site's staff see the growth."""

from typing import Any

from tests.rules.access import GRADERS, LEADERS, Access
from tests.rules.access.world import World

READERS = GRADERS | {"trainee"}


def mine(world: World) -> dict[str, Any]:
    return {"enrolment_id": world.enrolment.id}


def sheet(world: World) -> dict[str, Any]:
    return {"enrolment_id": world.enrolment.id, "moment": "before"}


MATRIX = {
    "ratings.show": Access(allowed=READERS, values=mine, shows=lambda w: w.version.title, launch="open"),
    "ratings.before": Access(allowed=READERS, values=mine, shows=lambda w: w.version.title, launch="open"),
    "ratings.after": Access(allowed=READERS, values=mine, shows=lambda w: w.version.title, launch="open"),
    "ratings.save": Access(allowed={"trainee"}, values=sheet, launch="open"),
    "ratings.hand_in": Access(allowed={"trainee"}, values=sheet, launch="open"),
    "ratings.reopen": Access(allowed=LEADERS, values=sheet, launch="open"),
    "ratings.group": Access(
        allowed=GRADERS, values=lambda w: {"cohort_id": w.cohort.id}, shows=lambda w: w.cohort.title, launch="open"
    ),
}
