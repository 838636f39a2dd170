"""Works: trainees reach their own; the site's staff grade them."""

from decimal import Decimal

from assessment.attestation.works import hand_in, submission_of
from assessment.models.attestation import AttestationTask, Submission, SubmissionFile
from lms.core.auth.policy import ANYONE
from lms.core.clock import utc_now
from tests.factories import attestation, make
from tests.rules.access import GRADERS, LOGGED_IN, Access
from tests.rules.access.world import World

READERS = GRADERS | {"trainee"}


def task(world: World) -> AttestationTask:
    def making(at: World) -> AttestationTask:
        made = AttestationTask(
            version_id=at.version.id,
            kind="final",
            title="Протокол наблюдения",
            pass_mark=Decimal(3),
            rubric=attestation.rubric(at.session, at.version, ("Полнота", 5, 0)),
        )
        at.session.add(made)
        at.session.flush()
        return made

    return world.at("task", making)


def work(world: World) -> Submission:
    """Creates a work that waits for its review, with a file."""

    def making(at: World) -> Submission:
        made = submission_of(at.session, task(at), at.enrolment)
        file = make.stored_file(at.session)
        at.session.add(SubmissionFile(submission_id=made.id, file_id=file.id, file=file))
        hand_in(at.session, made, actor=ANYONE, text="Мои наблюдения", now=utc_now())
        return made

    return world.at("work", making)


def on_task(world: World) -> dict[str, int]:
    work(world)
    return {"enrolment_id": world.enrolment.id, "task_id": task(world).id}


def on_work(world: World) -> dict[str, int]:
    return {"submission_id": work(world).id}


def on_file(world: World) -> dict[str, int]:
    made = work(world)
    attached = world.session.query(SubmissionFile).filter_by(submission_id=made.id).first()
    assert attached is not None
    return {"submission_id": made.id, "file_id": attached.id}


MATRIX = {
    "tasks.index": Access(allowed=LOGGED_IN, launch="open"),
    "tasks.show": Access(allowed=READERS, values=on_task, shows=lambda w: task(w).title, launch="open"),
    "tasks.send": Access(
        allowed={"trainee"}, values=on_task, data=lambda _w: {"save": "1", "text": "ещё"}, launch="open"
    ),
    "tasks.autosave": Access(allowed={"trainee"}, values=on_task, data=lambda _w: {"text": "ещё"}, launch="open"),
    "tasks.withdraw": Access(allowed={"trainee"}, values=on_task, launch="open"),
    "tasks.upload": Access(allowed={"trainee"}, values=on_task, launch="open"),
    "tasks.file": Access(allowed=READERS, values=on_file, launch="open"),
    "grading.queue": Access(allowed=LOGGED_IN, launch="open"),
    "grading.desk": Access(allowed=GRADERS, values=on_work, shows=lambda _w: "Мои наблюдения", launch="open"),
    "grading.claim": Access(allowed=GRADERS, values=on_work, launch="open"),
    "grading.decide": Access(allowed=GRADERS, values=on_work, launch="open"),
    "grading.undo": Access(allowed=GRADERS, values=on_work, launch="open"),
    "grading.take_back": Access(allowed=GRADERS, values=on_work, data=lambda _w: {"reason": "ошибка"}, launch="open"),
    "grading.autosave": Access(allowed=GRADERS, values=on_work, launch="open"),
}
