"""The editor of attestation tasks: the site's authors write, whoever may read the programme reads."""

from assessment.models.attestation import AttestationTask
from tests.rules.access import Access
from tests.rules.access.world import World

AUTHORS = {"leader"}


def task(world: World) -> AttestationTask:
    """A task of the draft."""

    def making(at: World) -> AttestationTask:
        made = AttestationTask(version_id=at.draft.id, kind="current", title="Фрагмент протокола для черновика")
        at.session.add(made)
        at.session.flush()
        return made

    return world.at("draft_task", making)


def of_draft(world: World) -> dict[str, int]:
    return {"version_id": world.draft.id}


def on_task(world: World) -> dict[str, int]:
    return {"version_id": world.draft.id, "task_id": task(world).id}


MATRIX = {
    "task_editor.index": Access(
        allowed=AUTHORS | {"teacher"},
        values=lambda w: {"version_id": task(w).version_id},
        shows=lambda w: task(w).title,
    ),
    "task_editor.new": Access(allowed=AUTHORS, values=of_draft, data=lambda _w: {"title": "Ещё одно"}),
    "task_editor.edit": Access(allowed=AUTHORS, values=on_task, shows=lambda w: task(w).title),
    "task_editor.remove": Access(allowed=AUTHORS, values=on_task),
}
