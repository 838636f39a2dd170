"""Real workers killed at fault points inside the work: no work is lost, none is done twice.

Uses servers of its own, because they are killed and emptied here. Every test ends with the same checks: each attempt is
graded, each enrolment has one certificate with its file, the numbers run 1…n without a gap.
"""

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import pytest
import redis
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session, sessionmaker

from assessment.attempts import operations, regrading
from assessment.completion.operations import EVALUATE
from assessment.models.certificates import Certificate
from assessment.models.self_checks import Attempt, Question, SelfCheck, SelfCheckItem
from assessment.questions.gift.parser import read_gift
from assessment.self_checks.operations import revise_question
from courses.models.groups import Enrolment
from lms import composition
from lms.core.auth.policy import SYSTEM
from lms.core.clock import utc_now
from lms.core.files.operations import read_file
from lms.core.jobs.models import Job
from lms.core.jobs.queueing import enqueue, job_notifier
from lms.core.jobs.run_models import JobRun
from lms.core.settings import Settings
from lms.devserver.supervisor import Servers, running
from tests.factories import make
from tests.support.clusters import template_cluster
from tests.support.memory import throwaway_folder
from tests.support.processes import Running, running_processes, wait_until
from tests.support.thoroughness import FULL

GIFT = "::Сумма::Сколько будет 2+2? {#4}"
SLOWEST = 60.0
"""Seconds that recovery may take, with the pauses of retries and the sweep's interval."""


@dataclass(slots=True)
class Installation:
    """Servers, a worker and the folder of the fault points."""

    servers: Servers
    sessions: sessionmaker[Session]
    processes: Running
    barriers: Path

    def arm(self, name: str) -> None:
        for ending in ("reached", "go"):
            (self.barriers / f"{name}.{ending}").unlink(missing_ok=True)
        (self.barriers / f"{name}.armed").touch()

    def reached(self, name: str) -> int:
        """Returns the process id of the process that stopped at the fault point."""
        path = self.barriers / f"{name}.reached"

        def pid() -> int:
            return int(path.read_text() or 0) if path.exists() else 0

        return wait_until(pid, seconds=SLOWEST, what=f"reaching {name}")

    def flush_broker(self) -> None:
        with redis.Redis.from_url(self.servers.redis_url) as client:
            client.flushall()


@pytest.fixture(scope="module")
def servers_folder() -> Iterator[Path]:
    """Data folder of the servers, in memory where there is room."""
    with throwaway_folder() as made:
        yield made / "data"


@pytest.fixture(scope="module")
def place(servers_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    folder = tmp_path_factory.mktemp("faults")
    barriers = folder / "barriers"
    barriers.mkdir()
    before = composition._current[:], job_notifier.send
    with running(Settings(data=servers_folder), template=template_cluster()) as servers:  # a crash must lose nothing
        settings = Settings(
            data=folder / "data",
            database_url=servers.database_url,
            redis_url=servers.redis_url,
            demo=True,
            public_url="http://localhost",
        )
        parts = composition.compose(settings)
        addresses = {"database_url": servers.database_url, "redis_url": servers.redis_url, "data": folder / "data"}
        more = {"LMS_TEST_BARRIERS": str(barriers), "LMS_PUBLIC_URL": "http://localhost"}
        with running_processes(folder / "logs", **addresses, **more) as processes:
            processes.start_worker(children=2)
            yield Installation(servers, parts.sessions, processes, barriers)
        parts.engine.dispose()
    composition._current[:], job_notifier.send = before


def new_group(place: Installation, trainees: int, *, hours: str = "0") -> tuple[int, list[int], int]:
    """Creates a group of its own issuer whose trainees must pass a self-check. Returns (group, enrolments, self-check).

    With ``hours`` the completion rule asks for these instead, and the trainees have them.
    """
    with place.sessions.begin() as session:
        group = make.cohort(session, make.programme(session, hours_needed=Decimal(hours)))
        required = not Decimal(hours)
        check = SelfCheck(programme_id=group.version.programme_id, title="Проверьте себя", required=required)
        question = read_gift(GIFT).questions[0]
        row = Question(
            programme_id=group.version.programme_id, kind=question.kind, name=question.name, content=question.as_json()
        )
        session.add_all([check, row])
        session.flush()
        session.add(SelfCheckItem(self_check_id=check.id, question_id=row.id, position=0, mark=Decimal(1)))
        enrolments = [make.enrolment(session, group, hours_done=Decimal(hours)).id for _ in range(trainees)]
        return group.id, enrolments, check.id


def take(place: Installation, check_id: int, enrolment_id: int) -> int:
    """Begins an attempt, answers rightly, hands it in; tries again while the database is down."""
    for _ in range(60):
        try:
            with place.sessions.begin() as session:
                check = session.get_one(SelfCheck, check_id)
                attempt = operations.begin(session, check, session.get_one(Enrolment, enrolment_id), now=utc_now())
                key = str(attempt.items[0][0])
                operations.save(session, attempt, {key: {"text": "4"}}, now=utc_now())
                operations.hand_in(session, attempt, now=utc_now())
                return attempt.id
        except DBAPIError:
            time.sleep(0.3)
    raise AssertionError("the database did not come back")


def check_whole(place: Installation, group_id: int, enrolments: list[int]) -> None:
    """Asserts that each attempt is graded once, each enrolment has one certificate with its file, numbers run 1…n,
    and no job is left.
    """

    def issued() -> bool:
        with place.sessions() as session:
            stored = select(func.count()).select_from(Certificate).join(Enrolment)
            return session.scalar(
                stored.where(Enrolment.cohort_id == group_id, Certificate.file_id.is_not(None))
            ) == len(enrolments)

    wait_until(ignoring_faults(issued), seconds=SLOWEST, what="issuing every certificate")
    with place.sessions() as session:
        attempts = session.scalars(select(Attempt).where(Attempt.enrolment_id.in_(enrolments))).all()
        assert {attempt.state for attempt in attempts} == {"graded"}
        assert {attempt.percent for attempt in attempts} == {Decimal(100)}
        certificates = session.scalars(
            select(Certificate).where(Certificate.enrolment_id.in_(enrolments)).order_by(Certificate.number)
        ).all()
        assert [certificate.number for certificate in certificates] == list(range(1, len(enrolments) + 1))
        assert sorted(certificate.enrolment_id for certificate in certificates) == sorted(enrolments)
        assert all(read_file(certificate.file).startswith(b"%PDF-") for certificate in certificates)
    wait_until(lambda: not left_over(place), seconds=SLOWEST, what="finishing every job")


def left_over(place: Installation) -> list[str]:
    with place.sessions() as session:
        rows = session.execute(select(Job.kind, Job.state).where(Job.state != "done", Job.kind != "mail.send"))
        return [f"{kind} {state}" for kind, state in rows]


def ignoring_faults(condition: Callable[[], bool]) -> Callable[[], bool]:
    def tried() -> bool:
        try:
            return condition()
        except DBAPIError:
            return False

    return tried


COPIES = 10_000 if FULL else 1_100
"""Attempts that are graded anew: two steps of the run, or ten."""


def correct_the_key(place: Installation, check_id: int, enrolment_id: int) -> int:
    """Multiplies the enrolment's graded attempt, makes its answer a wrong one, and starts grading anew. Returns the
    id of the run.
    """
    copy = text("""
        INSERT INTO attempt (self_check_id, enrolment_id, number, state, seed, items, answers, started_at, handed_in_at,
            graded_at, points, max_points, percent, result)
        SELECT self_check_id, enrolment_id, number + copy, state, seed, items, answers, started_at, handed_in_at,
            graded_at, points, max_points, percent, result
        FROM attempt, generate_series(1, :copies) AS copy WHERE enrolment_id = :enrolment
    """)
    with place.sessions.begin() as session:
        session.execute(copy, {"copies": COPIES - 1, "enrolment": enrolment_id})
        check = session.get_one(SelfCheck, check_id)
        site_id = session.get_one(Enrolment, enrolment_id).cohort.site_id
        [item] = check.items
        corrected = read_gift(GIFT.replace("#4", "#5")).questions[0]
        revise_question(session, actor=SYSTEM, check=check, item=item, question=corrected, site_id=site_id)
        return regrading.start(session, actor=SYSTEM, check=check, lower=True, site_id=site_id).id


@pytest.mark.parametrize("barrier", ["regrading", "regraded"])
def test_regrading_killed_stopped_and_continued_grades_each_attempt_once(place: Installation, barrier: str):
    group, enrolments, check_id = new_group(place, 1)
    take(place, check_id, enrolments[0])
    check_whole(place, group, enrolments)
    place.arm(barrier)
    run_id = correct_the_key(place, check_id, enrolments[0])
    os.kill(place.reached(barrier), signal.SIGKILL)

    def state() -> tuple[str, int]:
        with place.sessions() as session:
            run = session.get_one(JobRun, run_id)
            return run.state, run.steps_done

    def ask(change: Callable[..., None]) -> None:
        with place.sessions.begin() as session:
            change(session, actor=SYSTEM, check=session.get_one(SelfCheck, check_id))

    ask(regrading.pause)
    wait_until(lambda: state() == ("paused", 0), seconds=SLOWEST, what="stopping")
    ask(regrading.resume)
    wait_until(lambda: state() == ("done", COPIES), seconds=SLOWEST, what="grading everything anew")
    with place.sessions() as session:
        found = session.scalars(select(Attempt).where(Attempt.enrolment_id == enrolments[0])).all()
        assert len(found) == COPIES
        assert {(one.state, one.percent, len(one.result["earlier"])) for one in found} == {("graded", Decimal(0), 1)}
    wait_until(lambda: not left_over(place), seconds=SLOWEST, what="finishing every job")


@pytest.mark.parametrize(
    "barrier",
    [
        "attempt-grading",
        "attempt-graded",
        "certificate-numbered",
        "certificate-typesetting",
        "certificate-typeset",
        "certificate-stored",
    ],
)
def test_child_killed_amid_its_work(place: Installation, barrier: str):
    group, enrolments, check = new_group(place, 1)
    place.arm(barrier)
    take(place, check, enrolments[0])
    os.kill(place.reached(barrier), signal.SIGKILL)
    check_whole(place, group, enrolments)


def test_whole_worker_killed(place: Installation):
    group, enrolments, check = new_group(place, 3)
    place.arm("attempt-graded")
    for enrolment in enrolments:
        take(place, check, enrolment)
    place.reached("attempt-graded")
    place.processes.kill("worker")
    place.processes.start_worker(children=2)
    check_whole(place, group, enrolments)


def test_broker_emptied_between_commit_and_message_loses_nothing(place: Installation):
    group, enrolments, check = new_group(place, 2)
    send = job_notifier.send
    assert send is not None

    def empty_first(_kind: str) -> None:
        place.flush_broker()  # every message that was on its way is lost, this one too

    job_notifier.send = empty_first
    try:
        for enrolment in enrolments:
            take(place, check, enrolment)
    finally:
        job_notifier.send = send
    check_whole(place, group, enrolments)


def test_broker_down_costs_nothing(place: Installation):
    group, enrolments, check = new_group(place, 1)
    place.servers.restart_broker()
    take(place, check, enrolments[0])
    check_whole(place, group, enrolments)


def test_database_restarted_under_load(place: Installation):
    group, enrolments, check = new_group(place, 24)
    threads = [
        threading.Thread(target=lambda mine: [take(place, check, one) for one in mine], args=(enrolments[part::4],))
        for part in range(4)
    ]
    for thread in threads:
        thread.start()
    place.servers.restart_database(hard=True)
    for thread in threads:
        thread.join()
    check_whole(place, group, enrolments)


def test_handed_in_from_two_tabs(place: Installation):
    group, enrolments, check = new_group(place, 1)
    with place.sessions.begin() as session:
        enrolment = session.get_one(Enrolment, enrolments[0])
        attempt = operations.begin(session, session.get_one(SelfCheck, check), enrolment, now=utc_now())
        operations.save(session, attempt, {str(attempt.items[0][0]): {"text": "4"}}, now=utc_now())
        attempt_id = attempt.id
    together = threading.Barrier(4)

    def tab() -> None:
        with place.sessions.begin() as session:
            mine = session.get_one(Attempt, attempt_id)
            together.wait()
            operations.hand_in(session, mine, now=utc_now())

    tabs = [threading.Thread(target=tab) for _ in range(4)]
    for one in tabs:
        one.start()
    for one in tabs:
        one.join()
    check_whole(place, group, enrolments)
    with place.sessions() as session:
        graded = select(func.count()).select_from(Job).where(Job.kind == operations.GRADE, Job.subject_id == attempt_id)
        assert session.scalar(graded) == 1


def test_fifty_finish_at_the_same_moment(place: Installation):
    _group, enrolments, _check = new_group(place, 50, hours="0.25")
    together = threading.Barrier(10)

    def finish(mine: list[int]) -> None:
        together.wait()
        for enrolment in mine:
            with place.sessions.begin() as session:
                enqueue(session, EVALUATE, enrolment)

    threads = [threading.Thread(target=finish, args=(enrolments[part::10],)) for part in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    def numbered() -> bool:
        with place.sessions() as session:
            rows = select(Certificate.number).where(
                Certificate.enrolment_id.in_(enrolments), Certificate.sha256.is_not(None)
            )
            return sorted(session.scalars(rows)) == list(range(1, 51))

    wait_until(numbered, seconds=SLOWEST, what="fifty certificates numbered 1 to 50")
