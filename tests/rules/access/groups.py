"""Groups: the site's staff sees them, its leaders change them; joining by a key is anybody's who has the key."""

from courses.groups import roster_import
from courses.models.programmes import ImportDraft
from lms.core.auth.policy import Actor
from tests.rules.access import EVERYBODY, Access
from tests.rules.access.world import World

STAFF = {"leader", "teacher"}
LEADER = {"leader"}


def group(world: World) -> dict[str, object]:
    return {"cohort_id": world.cohort.id}


def trainee(world: World) -> dict[str, object]:
    return {"enrolment_id": world.enrolment.id}


def name(world: World) -> str:
    return world.enrolment.person.full_name  # the bar shows initials only, also to the trainee


def listed(world: World) -> ImportDraft:
    """A list of one that the leader uploaded."""

    def keep(at: World) -> ImportDraft:
        leader = at.people["leader"]
        return roster_import.keep_roster(
            at.session,
            actor=Actor(leader.id, leader.person_id),
            cohort=at.cohort,
            roster=roster_import.typed_roster({"surname": "Загадочная", "given_name": "Мария"}),
            file_name="",
        )

    return world.at("roster", keep)


def draft(world: World) -> dict[str, object]:
    return {"draft_id": listed(world).id}


def key(world: World) -> dict[str, object]:
    def give(at: World) -> str:
        at.cohort.enrolment_key, at.cohort.key_enabled = "k7mq-x2wd", True
        at.session.flush()
        return "k7mq-x2wd"

    return {"key": world.at("key", give)}


def dates(world: World) -> dict[str, object]:
    return {
        "title": "Осень",
        "starts_on": world.cohort.starts_on.isoformat(),
        "ends_on": world.cohort.ends_on.isoformat(),
    }


MATRIX = {
    "groups.index": Access(allowed={"leader", "other_leader", "teacher"}, launch="open"),
    "groups.new": Access(allowed={"leader", "other_leader"}),
    "groups.show": Access(allowed=STAFF, values=group, shows=name, launch="open"),
    "groups.mark": Access(
        allowed=STAFF,
        values=group,
        data=lambda w: {"topic": str(w.topic.lineage), "shown": w.enrolment.id, "done": w.enrolment.id},
        launch="open",
    ),
    "groups.export": Access(allowed=STAFF, values=group, launch="open"),
    "groups.print_list": Access(allowed=STAFF, values=group, shows=name, launch="open"),
    "groups.class_list": Access(allowed=STAFF, values=group, launch="open"),
    "groups.trainees": Access(allowed=STAFF, values=group, shows=name, launch="open"),
    "groups.invite": Access(allowed=LEADER, values=group, data=lambda w: {"who": w.enrolment.id}),
    "groups.cards": Access(allowed=LEADER, values=group, data=lambda w: {"who": w.enrolment.id}),
    "groups.states": Access(
        allowed=LEADER,
        values=group,
        data=lambda w: {"who": w.enrolment.id, "state": "finished", "on_date": w.cohort.ends_on.isoformat()},
        launch="open",
    ),
    "groups.upload": Access(allowed=LEADER, values=group),
    "groups.add": Access(allowed=LEADER, values=group),
    "groups.preview": Access(allowed=LEADER, values=draft, shows=lambda _w: "Загадочная"),
    "groups.discard": Access(allowed=LEADER, values=draft),
    "groups.dates": Access(allowed=STAFF, values=group, methods=("GET",), shows=lambda w: w.topic.title, launch="open"),
    "groups.respread": Access(allowed=LEADER, values=group, launch="open"),
    "groups.plan": Access(allowed=LEADER, values=trainee, shows=name, launch="open"),
    "groups.settings": Access(allowed=LEADER, values=group, data=dates, shows=lambda w: w.cohort.title, launch="open"),
    "groups.key": Access(allowed=LEADER, values=group, data=lambda _w: {"do": "on"}),
    "groups.order": Access(allowed=LEADER, values=group, data=lambda _w: {"order-order_number": "7-к"}, launch="open"),
    "groups.finish": Access(allowed=LEADER, values=group, launch="open"),
    "groups.close": Access(allowed=LEADER, values=group, launch="open"),
    "groups.trainee": Access(allowed=STAFF, values=trainee, shows=name, launch="open"),
    "groups.change_state": Access(allowed=LEADER, values=trainee, launch="open"),
    "groups.transfer": Access(allowed=LEADER, values=trainee, launch="open"),
    "groups.remind": Access(allowed=LEADER, values=trainee, launch="open"),
    "groups.join": Access(allowed=EVERYBODY),
    "groups.join_key": Access(allowed=EVERYBODY, values=key, shows=lambda w: w.cohort.title),
}
