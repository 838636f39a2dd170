"""Uploaded files: for the person who uploaded them."""

from courses.uploads.operations import READ_UPLOAD
from lms.core.auth.policy import Actor
from lms.core.jobs import runs
from lms.core.jobs.run_models import JobRun
from tests.rules.access import Access
from tests.rules.access.world import World

UPLOADER = {"leader"}


def run(world: World) -> dict[str, int]:
    """Starts a run of the leader that waits for the worker."""

    def made(at: World) -> JobRun:
        leader = at.people["leader"]
        parameters = {"what": "programme", "site_id": at.site.id, "file_name": "Тайная программа.docx", "file_id": 0}
        actor = Actor(leader.id, leader.person_id)
        return runs.start(at.session, READ_UPLOAD, actor=actor, parameters=parameters, steps_total=2)

    return {"run_id": world.at("upload", made).id}


def shows(_world: World) -> str:
    return "Тайная программа.docx"


MATRIX = {
    "uploads.show": Access(allowed=UPLOADER, values=run, shows=shows, launch="open"),
    "uploads.state": Access(allowed=UPLOADER, values=run, shows=shows, launch="open"),
}
