"""Groups: the site's staff sees them, its leaders change them; anybody with the key may open the page to join."""

from courses.groups import roster_import
from courses.models.programmes import ImportDraft
from lms.core.auth.policy import Actor
from tests.rules.access import EVERYBODY, LEADERS, SITE_STAFF, Access
from tests.rules.access.world import World

UPLOADER = {"leader"}


def group(world: World) -> dict[str, object]:
    return {"cohort_id": world.cohort.id}


def trainee(world: World) -> dict[str, object]:
    return {"enrolment_id": world.enrolment.id}


def name(world: World) -> str:
    return world.enrolment.person.full_name  # the bar shows initials only, also to the trainee


def listed(world: World) -> ImportDraft:
    """Creates a list of one trainee that the leader uploaded."""

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
    "groups.index": Access(allowed=SITE_STAFF | {"other_leader"}, launch="open"),
    "groups.new": Access(allowed=LEADERS | {"other_leader"}),
    "groups.show": Access(allowed=SITE_STAFF, values=group, shows=name, launch="open"),
    "groups.mark": Access(
        allowed=SITE_STAFF,
        values=group,
        data=lambda w: {"topic": str(w.topic.lineage), "shown": w.enrolment.id, "done": w.enrolment.id},
        launch="open",
    ),
    "groups.export": Access(allowed=SITE_STAFF, values=group, launch="open"),
    "groups.print_list": Access(allowed=SITE_STAFF, values=group, shows=name, launch="open"),
    "groups.class_list": Access(allowed=SITE_STAFF, values=group, launch="open"),
    "groups.trainees": Access(allowed=SITE_STAFF, values=group, shows=name, launch="open"),
    "groups.invite": Access(allowed=LEADERS, values=group, data=lambda w: {"who": w.enrolment.id}),
    "groups.cards": Access(allowed=LEADERS, values=group, data=lambda w: {"who": w.enrolment.id}),
    "groups.states": Access(
        allowed=LEADERS,
        values=group,
        data=lambda w: {"who": w.enrolment.id, "state": "finished", "on_date": w.cohort.ends_on.isoformat()},
        launch="open",
    ),
    "groups.upload": Access(allowed=LEADERS, values=group),
    "groups.add": Access(allowed=LEADERS, values=group),
    "groups.preview": Access(allowed=UPLOADER, values=draft, shows=lambda _w: "Загадочная"),
    "groups.discard": Access(allowed=UPLOADER, values=draft),
    "groups.dates": Access(
        allowed=SITE_STAFF, values=group, methods=("GET",), shows=lambda w: w.topic.title, launch="open"
    ),
    "groups.respread": Access(allowed=LEADERS, values=group, launch="open"),
    "groups.plan": Access(allowed=LEADERS, values=trainee, shows=name, launch="open"),
    "groups.settings": Access(allowed=LEADERS, values=group, data=dates, shows=lambda w: w.cohort.title, launch="open"),
    "groups.key": Access(allowed=LEADERS, values=group, data=lambda _w: {"do": "on"}),
    "groups.order": Access(allowed=LEADERS, values=group, data=lambda _w: {"order-order_number": "7-к"}, launch="open"),
    "groups.finish": Access(allowed=LEADERS, values=group, launch="open"),
    "groups.close": Access(allowed=LEADERS, values=group, launch="open"),
    "groups.trainee": Access(allowed=SITE_STAFF, values=trainee, shows=name, launch="open"),
    "groups.change_state": Access(allowed=LEADERS, values=trainee, launch="open"),
    "groups.transfer": Access(allowed=LEADERS, values=trainee, launch="open"),
    "groups.remind": Access(allowed=LEADERS, values=trainee, launch="open"),
    "groups.join": Access(allowed=EVERYBODY),
    "groups.join_key": Access(allowed=EVERYBODY, values=key, shows=lambda w: w.cohort.title),
}
