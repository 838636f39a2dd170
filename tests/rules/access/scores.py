"""Scores sent to gradebooks: trainees see their own, the site's staff those of the group."""

from typing import Any

from lms.core.clock import utc_now
from lms.core.sentences import stored_detail
from lms.lti.models.services import LineItem, Score
from tests.factories import platforms
from tests.rules.access import LOGGED_IN, SITE_STAFF, Access
from tests.rules.access.world import World


def score(world: World) -> Score:
    """Creates the trainee's refused score in a column of a platform's gradebook."""

    def made(at: World) -> Score:
        context = platforms.context(at.session, title="Загадочный журнал")
        shows = platforms.placement(at.session, context, at.cohort, graded=True)
        link = platforms.link(at.session, context, shows)
        who = platforms.participant(at.session, context, at.enrolment.person.account)
        item = LineItem(link_id=link.id, link=link, label="x", score_maximum=36, state="ready", url="https://x.example")
        row = Score(
            line_item=item,
            participant=who,
            wanted={"scoreGiven": 27, "scoreMaximum": 36, "activityProgress": "InProgress"},
            wanted_at=utc_now(),
            state="refused",
            error=stored_detail("Загадочный отказ"),
        )
        at.session.add_all([item, row])
        at.session.flush()
        return row

    return world.at("score", made)


def one(world: World) -> dict[str, Any]:
    return {"score_id": score(world).id}


def group(world: World) -> dict[str, Any]:
    score(world)
    return {"cohort_id": world.cohort.id}


MATRIX = {
    "scores.mine": Access(allowed=LOGGED_IN, launch="open"),
    "scores.of_group": Access(allowed=SITE_STAFF, values=group, shows=lambda _w: "Загадочный отказ", launch="open"),
    "scores.log": Access(
        allowed=SITE_STAFF | {"trainee"}, values=one, shows=lambda _w: "Загадочный отказ", launch="open"
    ),
    "scores.again": Access(allowed=SITE_STAFF, values=one, launch="open"),
    "scores.again_all": Access(allowed=SITE_STAFF, values=group, launch="open"),
}
