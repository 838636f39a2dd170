"""Self-checks: trainees take their own; the site's staff edit them and read results and essays."""

from typing import Any

from assessment.attempts.operations import begin, hand_in, save
from assessment.models.self_checks import Attempt, SelfCheck
from assessment.self_checks.importing import create_draft
from assessment.self_checks.queries import items_of
from courses.actors import actor_of
from courses.models.programmes import ImportDraft
from lms.core.clock import utc_now
from tests.rules.access import GRADERS, LEADERS, SITE_STAFF, Access
from tests.rules.access.world import World
from tests.support.checks import make_check

READERS = GRADERS | {"trainee"}
UPLOADER = {"leader"}
NAME = "Глаз наблюдателя"


def check(world: World) -> SelfCheck:
    made = world.at("check", lambda w: make_check(w.session, w.version, title=NAME))
    assert isinstance(made, SelfCheck)
    return made


def attempt(world: World) -> Attempt:
    """Creates the trainee's attempt under way."""
    made = world.at("attempt", lambda w: begin(w.session, check(w), w.enrolment, now=utc_now()))
    assert isinstance(made, Attempt)
    return made


def finished(world: World) -> Attempt:
    """Creates the trainee's handed-in attempt at another self-check, with an unread essay."""

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


def made(world: World, **more: Any) -> dict[str, Any]:
    return {"version_id": world.version.id, "check_id": check(world).id, **more}


def item(world: World) -> int:
    check(world)
    return items_of(world.session, check(world))[0].id


def draft(world: World) -> ImportDraft:
    """Creates a file of questions that the leader uploaded."""

    def making(at: World) -> ImportDraft:
        return create_draft(
            at.session,
            actor=actor_of(at.session, at.people["leader"]),
            check=check(at),
            programme=at.version.programme,
            source="::Вопрос о тишине::Что удивило? {}".encode(),
            file_name="вопросы.gift",
            now=utc_now(),
        )

    found = world.at("questions_draft", making)
    assert isinstance(found, ImportDraft)
    return found


def of_version(world: World) -> dict[str, Any]:
    check(world)
    return {"version_id": world.version.id}


MATRIX = {
    "self_checks.index": Access(allowed=SITE_STAFF, values=of_version, shows=lambda _w: NAME, launch="open"),
    "self_checks.new": Access(allowed=SITE_STAFF, values=of_version, launch="open"),
    "self_checks.edit": Access(allowed=SITE_STAFF, values=made, shows=lambda _w: NAME, launch="open"),
    "self_checks.conditions": Access(allowed=SITE_STAFF, values=made, shows=lambda _w: NAME, launch="open"),
    "self_checks.remove": Access(allowed=SITE_STAFF, values=made, launch="open"),
    "self_checks.restore": Access(allowed=SITE_STAFF, values=made, launch="open"),
    "self_checks.restore_question": Access(
        allowed=SITE_STAFF, values=made, data=lambda w: {"taken": attempt(w).items[0][0]}, launch="open"
    ),
    "self_checks.order": Access(allowed=SITE_STAFF, values=made, launch="open"),
    "self_checks.regrade": Access(allowed=SITE_STAFF, values=made, shows=lambda _w: NAME, launch="open"),
    "self_checks.regrading_state": Access(allowed=SITE_STAFF, values=made, launch="open"),
    "self_checks.change_regrading": Access(allowed=LEADERS, values=made, data=lambda _w: {"do": "stop"}, launch="open"),
    "self_checks.start_regrading": Access(allowed=LEADERS, values=made, launch="open"),
    "self_checks.preview": Access(allowed=SITE_STAFF, values=made, shows=lambda _w: NAME, launch="open"),
    "self_checks.export": Access(
        allowed=SITE_STAFF, values=made, shows=lambda _w: "Что записывает наблюдатель?", launch="open"
    ),
    "self_checks.upload": Access(allowed=SITE_STAFF, values=made, launch="open"),
    "self_checks.imported": Access(
        allowed=UPLOADER,
        values=lambda w: made(w, draft_id=draft(w).id),
        data=lambda _w: {"take": "0"},
        shows=lambda _w: "Вопрос о тишине",
        launch="open",
    ),
    "self_checks.new_question": Access(
        allowed=SITE_STAFF, values=lambda w: made(w, kind="single_choice"), launch="open"
    ),
    "self_checks.question": Access(allowed=SITE_STAFF, values=lambda w: made(w, item_id=item(w)), launch="open"),
    "self_checks.remove_question": Access(allowed=SITE_STAFF, values=lambda w: made(w, item_id=item(w)), launch="open"),
    "self_checks.essays": Access(allowed=GRADERS | {"other_leader"}, launch="open"),
    "self_checks.essay": Access(allowed=GRADERS, values=of_finished, shows=lambda _w: "Тишина", launch="open"),
    "self_checks.show": Access(allowed=READERS, values=taken, shows=lambda _w: NAME, launch="open"),
    "self_checks.begin": Access(allowed={"trainee"}, values=taken, launch="open"),
    "self_checks.allow": Access(allowed=LEADERS, values=taken, launch="open"),
    "self_checks.disallow": Access(allowed=LEADERS, values=taken, launch="open"),
    "self_checks.attempt": Access(allowed={"trainee"}, values=of_attempt, shows=lambda _w: NAME, launch="open"),
    "self_checks.save": Access(allowed={"trainee"}, values=of_attempt, launch="open"),
    "self_checks.hand_in": Access(allowed={"trainee"}, values=of_attempt, launch="open"),
    "self_checks.result": Access(allowed=READERS, values=of_attempt, launch="open"),
}
