"""Compares the facts confirmed to people with the database after a load test: nothing lost, nothing doubled."""

import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator

from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from assessment.models.attestation import Result, SubmissionVersion
from assessment.models.self_checks import Attempt
from courses.models.groups import MaterialProgress
from lms.bench.under_load.ledger import Records
from lms.bench.under_load.plan import Plan, questions_of_check
from lms.core.files.operations import read_file
from lms.core.jobs.models import Job
from lms.demo.answers import answers_to

GRADED_SECONDS = 90.0
"""Seconds after the end within which every attempt must be graded: the sweep finds a killed worker's jobs."""
PAUSE = 0.2


def problems_of(
    sessions: sessionmaker[Session], plan: Plan, records: Records, *, meanwhile: Callable[[], None] | None = None
) -> list[str]:
    """Returns a sentence on everything that is lost, doubled or not graded.

    ``meanwhile`` is called again and again while grading is awaited.
    """
    wait_for_grading(sessions, plan, meanwhile)
    with sessions() as session:
        return [
            *_attempts(session, plan, records),
            *_answers(session, plan, records),
            *_materials(session, records),
            *_works(session, records),
            *_decisions(session, records),
            *_jobs(session),
        ]


def wait_for_grading(sessions: sessionmaker[Session], plan: Plan, meanwhile: Callable[[], None] | None = None) -> None:
    """Waits until no attempt that was handed in is ungraded, at most ``GRADED_SECONDS``."""
    limit = time.monotonic() + GRADED_SECONDS
    ungraded = select(Attempt.id).where(Attempt.self_check_id == plan.check, Attempt.state == "handed_in").limit(1)
    while time.monotonic() < limit:
        with sessions() as session:
            if session.scalar(ungraded) is None:
                return
        if meanwhile is not None:
            meanwhile()
        time.sleep(PAUSE)


def _attempts(session: Session, plan: Plan, records: Records) -> Iterator[str]:
    """Yields attempts that nobody began, are lost, or are not graded rightly."""
    rows = select(Attempt.id, Attempt.state, Attempt.percent).where(Attempt.self_check_id == plan.check)
    stored = {key: (state, percent) for key, state, percent in session.execute(rows)}
    begun = {one["attempt"] for one in records.of("begun")}
    yield from (f"attempt {key} is known to nobody: begun twice" for key in stored.keys() - begun)
    yield from (f"attempt {key} was begun and is lost" for key in begun - stored.keys())
    for key in (one["attempt"] for one in records.of("answers_handed_in")):
        state, percent = stored.get(key, ("lost", None))
        if state != "graded" or percent != 100:
            yield f"attempt {key} was handed in with right answers and is {state} with {percent} %"


def _answers(session: Session, plan: Plan, records: Records) -> Iterator[str]:
    """Yields answers that were confirmed as saved and are not stored."""
    right = answers_to(questions_of_check(session, plan.check))
    saved: dict[int, set[str]] = defaultdict(set)
    for one in records.of("saved"):
        saved[one["attempt"]].add(one["question"])
    for key, answers in session.execute(select(Attempt.id, Attempt.answers).where(Attempt.id.in_(saved))):
        for question in saved[key]:
            if answers.get(question) != right[question]:
                yield f"the answer to question {question} of attempt {key} was saved and is {answers.get(question)}"


def _materials(session: Session, records: Records) -> Iterator[str]:
    """Yields confirmed materials that are not stored as completed."""
    done = select(MaterialProgress.enrolment_id, MaterialProgress.material_id).where(
        MaterialProgress.completed_at.is_not(None)
    )
    stored = {(one.enrolment_id, one.material_id) for one in session.execute(done)}
    for enrolment, material in {(one["enrolment"], one["material"]) for one in records.of("confirmed")} - stored:
        yield f"material {material} was confirmed by enrolment {enrolment} and is not completed"


def _works(session: Session, records: Records) -> Iterator[str]:
    """Yields works that are lost, doubled or without their file."""
    versions = session.scalars(select(SubmissionVersion)).unique().all()
    marks = {version.id: version.text.rpartition(" ")[2] for version in versions}
    times = Counter(marks.values())
    yield from (f"the work {mark} is stored {number} times" for mark, number in times.items() if number > 1)
    handed_in = {one["mark"] for one in records.of("work_handed_in")}
    yield from (f"the work {mark} was handed in and is lost" for mark in handed_in - times.keys())
    for version in versions:
        mark = marks[version.id]
        contents = [read_file(one.file).decode() for one in version.files]
        if mark in handed_in and not any(mark in content for content in contents):
            yield f"the file of the work {mark} is lost: {len(contents)} files"


def _decisions(session: Session, records: Records) -> Iterator[str]:
    """Yields decisions that were confirmed and are not in force."""
    rows = select(Result.version_id, Result.decision).where(Result.taken_back_at.is_(None))
    stored = {one.version_id: one.decision for one in session.execute(rows)}
    for one in records.of("decided"):
        if stored.get(one["version"]) != one["decision"]:
            yield f"version {one['version']} was {one['decision']} and is {stored.get(one['version'])}"


def _jobs(session: Session) -> Iterator[str]:
    """Yields jobs that were given up."""
    dead = select(Job.kind, func.count()).where(Job.state == "dead").group_by(Job.kind)
    yield from (f"{number} jobs of the kind {kind} were given up" for kind, number in session.execute(dead))
