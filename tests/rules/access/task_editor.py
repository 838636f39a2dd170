"""The editor of attestation tasks: leaders write, everybody who may read the draft reads."""

from assessment.models.attestation import AttestationTask
from tests.rules.access import GRADERS, LEADERS, Access
from tests.rules.access.world import World


def task(world: World) -> AttestationTask:
    """Creates a task of the draft."""

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
        allowed=GRADERS,
        values=lambda w: {"version_id": task(w).version_id},
        shows=lambda w: task(w).title,
    ),
    "task_editor.new": Access(allowed=LEADERS, values=of_draft, data=lambda _w: {"title": "Ещё одно"}),
    "task_editor.edit": Access(allowed=LEADERS, values=on_task, shows=lambda w: task(w).title),
    "task_editor.remove": Access(allowed=LEADERS, values=on_task),
    "task_editor.restore": Access(allowed=LEADERS, values=lambda w: {**of_draft(w), "part_id": 1}),
}
