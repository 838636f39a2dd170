"""Logging in, the own account, consent."""

from lms.core.auth.policy import SYSTEM
from lms.core.clock import utc_now
from lms.core.people import one_time_links
from tests.rules.access import EVERYBODY, LOGGED_IN, Access
from tests.rules.access.world import World


def _token(world: World) -> str:
    def made(world: World) -> str:
        return one_time_links.issue(
            world.session, account=world.people["trainee"], purpose="invitation", actor=SYSTEM, now=utc_now()
        )

    return str(world.at("invitation", made))


def _confirmation(world: World) -> str:
    def made(world: World) -> str:
        account = world.people["trainee"]
        return one_time_links.issue(world.session, account=account, purpose="email", actor=SYSTEM, now=utc_now())

    return str(world.at("confirmation", made))


def _session(world: World) -> dict[str, int]:
    return {"session_id": 1}


MATRIX = {
    "accounts.log_in": Access(allowed=EVERYBODY),
    "accounts.log_out": Access(allowed=EVERYBODY),
    "accounts.card": Access(allowed=EVERYBODY),
    "accounts.link": Access(allowed=EVERYBODY, values=lambda world: {"token": _token(world)}),
    "accounts.card_password": Access(allowed=EVERYBODY),
    "accounts.forgotten": Access(allowed=EVERYBODY),
    "accounts.account": Access(allowed=LOGGED_IN),
    "second_factor.step": Access(allowed=EVERYBODY),
    "second_factor.set_up": Access(allowed=LOGGED_IN),
    "second_factor.codes": Access(allowed=LOGGED_IN),
    "second_factor.turn_off": Access(allowed=LOGGED_IN),
    "accounts.save_account": Access(allowed=LOGGED_IN),
    "accounts.confirm_email": Access(allowed={"trainee"}, values=lambda world: {"token": _confirmation(world)}),
    "accounts.send_confirmation": Access(allowed=LOGGED_IN),
    "accounts.save_password": Access(allowed=LOGGED_IN),
    "accounts.end_session": Access(allowed=LOGGED_IN, values=_session),
    "accounts.end_other_sessions": Access(allowed=LOGGED_IN),
    "accounts.disconnect": Access(allowed=LOGGED_IN, values=lambda _world: {"identity_id": 1}),
    "accounts.consent_step": Access(allowed=LOGGED_IN, launch="open"),
    "accounts.withdraw_consent": Access(allowed=LOGGED_IN),
}
