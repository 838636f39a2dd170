"""The council: authority and organisation read, methodologists and secretaries of the authority decide."""

from typing import Any

from tests.rules.access import COUNCIL, HOST, Access


def version(world: Any) -> dict[str, int]:
    return {"version_id": world.version.id}


DECIDE = {"methodologist", "secretary"}
MATRIX = {
    "council.queue": Access(allowed=COUNCIL | HOST | {"other_methodologist"}),
    "council.show": Access(allowed=COUNCIL | HOST, values=version, shows=lambda w: w.version.title),
    "council.consider": Access(allowed=DECIDE, values=version),
    "council.approve": Access(allowed=DECIDE, values=version),
    "council.send_back": Access(allowed=DECIDE, values=version),
}
