"""Self-checks: trainees take their own; the site's people make them and read results and essays."""

from typing import Any

from assessment.attempts.operations import begin, hand_in, save
from assessment.models.self_checks import Attempt, SelfCheck
from lms.core.clock import utc_now
from tests.rules.access import Access
from tests.rules.access.world import World
from tests.support.checks import make_check

STAFF = {"leader", "teacher"}
READERS = {"trainee", *STAFF}
NAME = "Глаз наблюдателя"


def check(world: World) -> SelfCheck:
    made = world.at("check", lambda w: make_check(w.session, w.version, title=NAME))
    assert isinstance(made, SelfCheck)
    return made


def attempt(world: World) -> Attempt:
    """The trainee's attempt under way."""
    made = world.at("attempt", lambda w: begin(w.session, check(w), w.enrolment, now=utc_now()))
    assert isinstance(made, Attempt)
    return made


def finished(world: World) -> Attempt:
    """The trainee's attempt at another self-check, handed in; its essay waits for its reader."""

    def making(at: World) -> Attempt:
        other = make_check(at.session, at.version, "::Э::Что удивило? {}", title=NAME, place=1)
        made = begin(at.session, other, at.enrolment, now=utc_now())
        save(at.session, made, {str(made.items[0][0]): {"text": "Тишина"}}, now=utc_now())
        hand_in(at.session, made, now=utc_now())
        made.state, made.points, made.max_points, made.percent = "needs_person", 0, 1, 0
        return made

    made = world.at("finished", making)
    assert isinstance(made, Attempt)
    return made


def taken(world: World) -> dict[str, Any]:
    return {"enrolment_id": world.enrolment.id, "check_id": check(world).id}


def of_attempt(world: World) -> dict[str, Any]:
    return {"attempt_id": attempt(world).id}


def of_finished(world: World) -> dict[str, Any]:
    return {"attempt_id": finished(world).id}


MATRIX = {
    "self_checks.show": Access(allowed=READERS, values=taken, shows=lambda _w: NAME),
    "self_checks.begin": Access(allowed={"trainee"}, values=taken),
    "self_checks.attempt": Access(allowed={"trainee"}, values=of_attempt, shows=lambda _w: NAME),
    "self_checks.save": Access(allowed={"trainee"}, values=of_attempt),
    "self_checks.hand_in": Access(allowed={"trainee"}, values=of_attempt),
    "self_checks.result": Access(allowed=READERS, values=of_attempt),
}
