"""The page of notices, letters and their choice."""

from lms.core.notifications.unsubscribing import path_for
from tests.rules.access import EVERYBODY, LOGGED_IN, Access
from tests.rules.access.world import World


def _token(world: World) -> dict[str, str]:
    return {"token": path_for(world.people["trainee"].person_id, "work_accepted").rpartition("/")[2]}


MATRIX = {
    "notices.index": Access(allowed=LOGGED_IN, launch="open"),
    "notices.read_all": Access(allowed=LOGGED_IN, launch="open"),
    "notices.read_one": Access(allowed=LOGGED_IN, launch="open", values=lambda _world: {"notice_id": 1}),
    "notices.choose": Access(allowed=LOGGED_IN),
    "notices.unsubscribe": Access(allowed=EVERYBODY, values=_token),
}
