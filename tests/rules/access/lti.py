"""Endpoints that platforms call; pages of launches are not found outside a launch."""

import uuid

from lms.core.clock import utc_now
from lms.lti.trust.tool_keys import signing_key
from tests.factories import platforms
from tests.rules.access import EVERYBODY, Access
from tests.rules.access.world import World


def _login(world: World) -> dict[str, str]:
    platform = world.at("lti_platform", lambda world: platforms.platform(world.session))
    return {
        "iss": platform.issuer,
        "client_id": platform.client_id,
        "login_hint": "7",
        "target_link_uri": "http://localhost/lti/launch",
    }


def _keys(world: World) -> dict[str, str]:
    world.at("lti_key", lambda world: signing_key(world.session, now=utc_now()))
    return {}


MATRIX = {
    "lti.login": Access(allowed=EVERYBODY, values=_login),
    "lti.check": Access(allowed=EVERYBODY, values=_login),
    "lti.launch": Access(allowed=EVERYBODY, methods=("GET",)),
    "lti.enter": Access(allowed=frozenset(), launch="entry"),
    "lti.keys": Access(allowed=EVERYBODY, values=_keys),
    "lti.open": Access(allowed=EVERYBODY, values=lambda _world: {"key": uuid.UUID(int=7)}),
}
