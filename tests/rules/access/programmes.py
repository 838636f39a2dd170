"""Programmes: leaders write, everybody at the site reads; authority and organisation read what was submitted."""

from typing import Any

from courses.models.programmes import Competency, ImportDraft
from courses.thematic_plan.model import ThematicPlan
from courses.thematic_plan.plan_json import to_json
from tests.rules.access import COUNCIL, GRADERS, HOST, LEADERS, Access

READERS = GRADERS | COUNCIL | HOST
UPLOADER = {"leader"}


def version(world: Any) -> dict[str, int]:
    return {"version_id": world.version.id}


def draft(world: Any) -> dict[str, int]:
    return {"version_id": world.draft.id}


def imported(world: Any) -> dict[str, int]:
    """Creates an import draft of a document that the leader uploaded."""

    def make(_world: Any) -> ImportDraft:
        plan = ThematicPlan(texts=dict.fromkeys(("title", "audience", "form", "key_ideas", "goal", "tasks"), "Памятка"))
        row = ImportDraft(
            site_id=world.site.id,
            account_id=world.people["leader"].id,
            kind="programme",
            file_name="Памятка наблюдателя.docx",
            content={"imported": {}, "plan": to_json(plan)},
        )
        world.session.add(row)
        world.session.flush()
        return row

    return {"draft_id": world.at("programmes.import", make).id}


def competency(world: Any) -> dict[str, int]:
    row = world.session.query(Competency).filter_by(version_id=world.draft.id).order_by(Competency.id).first()
    return {**draft(world), "competency_id": row.id}


def draft_title(world: Any) -> str:
    return world.draft.title


def title(world: Any) -> str:
    return world.version.title


MATRIX = {
    "programmes.index": Access(allowed=GRADERS | HOST | {"other_leader"}),
    "programmes.new": Access(allowed=LEADERS | {"other_leader"}),
    "programmes.upload": Access(allowed=LEADERS | {"other_leader"}),
    "programmes.show": Access(allowed=READERS, values=version, shows=title),
    "programmes.history": Access(allowed=READERS, values=version, shows=title),
    "programmes.compare": Access(allowed=READERS, values=version, shows=title),
    "programmes.plan": Access(allowed=LEADERS, values=draft, shows=draft_title),
    "programmes.plan_changes": Access(allowed=LEADERS, values=draft),
    "programmes.columns": Access(allowed=LEADERS, values=draft, shows=draft_title),
    "programmes.upload_plan": Access(allowed=LEADERS, values=draft, shows=draft_title),
    "programmes.part": Access(allowed=LEADERS, values=lambda w: {**draft(w), "page": "note"}, shows=draft_title),
    "programmes.new_competency": Access(allowed=LEADERS, values=draft, shows=draft_title),
    "programmes.competency": Access(allowed=LEADERS, values=competency, shows=lambda _w: "ПК-1. Исследует"),
    "programmes.competency_deed": Access(allowed=LEADERS, values=lambda w: {**competency(w), "deed": "up"}),
    "programmes.restore_competency": Access(allowed=LEADERS, values=lambda w: {**draft(w), "part_id": 1}),
    "programmes.restore_to_plan": Access(allowed=LEADERS, values=lambda w: {**draft(w), "part_id": 1}),
    "programmes.send": Access(allowed=LEADERS, values=draft),
    "programmes.withdraw": Access(allowed=LEADERS, values=draft),
    "programmes.new_version": Access(allowed=LEADERS, values=version),
    "programmes.correction": Access(allowed=LEADERS, values=version, shows=title),
    "programmes.preview": Access(allowed=UPLOADER, values=imported, shows=lambda _w: "Памятка наблюдателя.docx"),
    "programmes.preview_changes": Access(allowed=UPLOADER, values=imported),
    "programmes.discard": Access(allowed=UPLOADER, values=imported),
}
