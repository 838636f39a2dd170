"""Programmes: authors write, teachers read, the council of the same authority reads what it was shown."""

from typing import Any

from courses.models.programmes import Competency, ImportDraft
from courses.programmes.plan import ThematicPlan, to_json
from tests.rules.access import Access

READERS = {"leader", "teacher", "methodologist", "secretary"}


def version(world: Any) -> dict[str, int]:
    return {"version_id": world.version.id}


def draft(world: Any) -> dict[str, int]:
    return {"version_id": world.draft.id}


def imported(world: Any) -> dict[str, int]:
    """A document that the leader uploaded."""

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


AUTHOR = {"leader"}
MATRIX = {
    "programmes.index": Access(allowed={"leader", "other_leader", "teacher"}),
    "programmes.new": Access(allowed={"leader", "other_leader"}),
    "programmes.upload": Access(allowed={"leader", "other_leader"}),
    "programmes.show": Access(allowed=READERS, values=version, shows=title),
    "programmes.history": Access(allowed=READERS, values=version, shows=title),
    "programmes.compare": Access(allowed=READERS, values=version, shows=title),
    "programmes.plan": Access(allowed=AUTHOR, values=draft, shows=draft_title),
    "programmes.plan_changes": Access(allowed=AUTHOR, values=draft),
    "programmes.columns": Access(allowed=AUTHOR, values=draft, shows=draft_title),
    "programmes.upload_plan": Access(allowed=AUTHOR, values=draft, shows=draft_title),
    "programmes.part": Access(allowed=AUTHOR, values=lambda w: {**draft(w), "page": "note"}, shows=draft_title),
    "programmes.new_competency": Access(allowed=AUTHOR, values=draft, shows=draft_title),
    "programmes.competency": Access(allowed=AUTHOR, values=competency, shows=lambda _w: "ПК-1. Исследует"),
    "programmes.competency_deed": Access(allowed=AUTHOR, values=lambda w: {**competency(w), "deed": "up"}),
    "programmes.send": Access(allowed=AUTHOR, values=draft),
    "programmes.withdraw": Access(allowed=AUTHOR, values=draft),
    "programmes.new_version": Access(allowed=AUTHOR, values=version),
    "programmes.correction": Access(allowed=AUTHOR, values=version, shows=title),
    "programmes.preview": Access(allowed=AUTHOR, values=imported, shows=lambda _w: "Памятка наблюдателя.docx"),
    "programmes.preview_changes": Access(allowed=AUTHOR, values=imported),
    "programmes.discard": Access(allowed=AUTHOR, values=imported),
}
