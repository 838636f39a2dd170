"""Connections with platforms: administrators only; endpoints that platforms call are open to anybody."""

from lms.core.auth.policy import SYSTEM
from lms.core.clock import utc_now
from lms.lti.connections import operations, registration_links
from lms.lti.connections.platform_settings import PlatformSettings
from lms.lti.models.platforms import Platform, RegistrationAddress
from tests.rules.access import EVERYBODY, Access
from tests.rules.access.world import World

ONLY = frozenset({"administrator"})
NAME = "Moodle гимназии на холме"


def _platform(world: World) -> dict[str, int]:
    return {"platform_id": _connected(world).id}


def _connected(world: World) -> Platform:
    def made(world: World) -> Platform:
        given = PlatformSettings(family="moodle", issuer="https://moodle.test", client_id="access", name=NAME)
        return operations.add(world.session, actor=SYSTEM, given=given, deployment_id="1", now=utc_now())

    platform: Platform = world.at("platform", made)
    return platform


def _deployment(world: World) -> dict[str, int | str]:
    platform = _connected(world)
    return {"platform_id": platform.id, "deployment_id": platform.deployments[0].id, "deed": "accept"}


def _made(world: World) -> tuple[RegistrationAddress, str]:
    def made(world: World) -> tuple[RegistrationAddress, str]:
        return registration_links.create_link(world.session, actor=SYSTEM, now=utc_now())

    found: tuple[RegistrationAddress, str] = world.at("registration address", made)
    return found


def _address(world: World) -> dict[str, int]:
    return {"address_id": _made(world)[0].id}


def _name(_world: World) -> str:
    return NAME


MATRIX = {
    "platforms.index": Access(allowed=ONLY),
    "platforms.new": Access(allowed=ONLY),
    "platforms.by_hand": Access(allowed=ONLY, values=lambda _world: {"family": "moodle"}),
    "platforms.make_address": Access(allowed=ONLY, data=lambda _world: {"site_id": "0"}),
    "platforms.make_address_anew": Access(allowed=ONLY, values=_platform),
    "platforms.address": Access(allowed=ONLY, values=_address),
    "platforms.take_back": Access(allowed=ONLY, values=_address),
    "platforms.connected": Access(allowed=ONLY, values=_platform, shows=_name),
    "platforms.check": Access(allowed=ONLY, values=_platform),
    "platforms.edit": Access(allowed=ONLY, values=_platform, shows=_name),
    "platforms.remove": Access(allowed=ONLY, values=_platform, shows=_name),
    "platforms.anew": Access(allowed=ONLY, values=_platform, shows=_name),
    "platforms.add_deployment": Access(allowed=ONLY, values=_platform, data=lambda _world: {"deployment_id": "2"}),
    "platforms.deployment": Access(allowed=ONLY, values=_deployment),
    "platforms.own_keys": Access(allowed=ONLY),
    "platforms.rotate": Access(allowed=ONLY, values=lambda _world: {"deed": "rotate"}),
    "platforms.refused": Access(allowed=ONLY),
    "platforms.register": Access(allowed=EVERYBODY, values=lambda world: {"token": _made(world)[1]}),
    "platforms.canvas": Access(allowed=EVERYBODY),
    "platforms.tool_icon": Access(allowed=EVERYBODY),
}
