"""Sending scores by a real worker: killed between answer and commit, broker emptied, platform down.

Uses servers of its own, because workers are killed here. In the end every result is in the gradebook, and no other work
has waited for a platform.
"""

import os
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import pytest
import redis
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session, sessionmaker

from assessment.completion.operations import EVALUATE
from assessment.models.certificates import Certificate
from courses.models.groups import Enrolment
from lms import composition
from lms.core.clock import utc_now
from lms.core.jobs.models import Job
from lms.core.jobs.queueing import enqueue, job_notifier
from lms.core.settings import Settings
from lms.devserver.supervisor import Servers, running
from lms.lti.grades import line_items
from lms.lti.grades.job_names import SEND_SCORE
from lms.lti.models.services import Outage, Score, ScoreTry
from lms.lti.trust import tool_keys
from tests.factories import make, platforms
from tests.support.clusters import template_cluster
from tests.support.memory import throwaway_folder
from tests.support.platform.certificates import PRIVATE_HOSTS, Certificates
from tests.support.platform.course import PlatformLink, Somebody
from tests.support.platform.grades import SCOPES
from tests.support.platform.strict import StrictPlatform, know_tool, registered
from tests.support.processes import TEST_KEY, Running, running_processes, wait_until
from tests.support.thoroughness import seeds

SLOWEST = 60.0


@dataclass(slots=True)
class Installation:
    """Servers, a worker, and a group shown in the course of a platform."""

    servers: Servers
    sessions: sessionmaker[Session]
    processes: Running
    barriers: Path

    def arm(self, name: str) -> None:
        for ending in ("reached", "go"):
            (self.barriers / f"{name}.{ending}").unlink(missing_ok=True)
        (self.barriers / f"{name}.armed").touch()

    def reached(self, name: str) -> int:
        path = self.barriers / f"{name}.reached"
        return wait_until(
            lambda: int(path.read_text() or 0) if path.exists() else 0, seconds=SLOWEST, what=f"reaching {name}"
        )

    def states(self, enrolments: list[int]) -> set[str]:
        with self.sessions() as session:
            people = select(Enrolment.person_id).where(Enrolment.id.in_(enrolments))
            mine = (
                select(Score.state)
                .join(Score.participant)
                .where(
                    platforms.Participant.account_id.in_(
                        select(platforms.Account.id).where(platforms.Account.person_id.in_(people))
                    )
                )
            )
            found = session.scalars(mine).all()
        return set(found) if len(found) == len(enrolments) else {"missing"}


@pytest.fixture(scope="module")
def servers_folder() -> Iterator[Path]:
    """Data folder of the servers, in memory where there is room."""
    with throwaway_folder() as made:
        yield made / "data"


@pytest.fixture(scope="module")
def place(
    servers_folder: Path, tmp_path_factory: pytest.TempPathFactory, certificates: Certificates
) -> Iterator[Installation]:
    folder = tmp_path_factory.mktemp("platform-faults")
    barriers = folder / "barriers"
    barriers.mkdir()
    before = composition._current[:], job_notifier.send
    with running(Settings(data=servers_folder), fast=True, template=template_cluster()) as servers:
        parts = composition.compose(
            Settings(
                data=folder / "data",
                database_url=servers.database_url,
                redis_url=servers.redis_url,
                demo=True,
                public_url="http://localhost",
                secret_key=TEST_KEY,
                platform_private_hosts=PRIVATE_HOSTS,
                platform_ca_file=certificates.ca_file,
            )
        )
        addresses = {"database_url": servers.database_url, "redis_url": servers.redis_url, "data": folder / "data"}
        more = {"LMS_TEST_BARRIERS": str(barriers), "LMS_PUBLIC_URL": "http://localhost", **certificates.environment()}
        with running_processes(folder / "logs", **addresses, **more) as processes:
            processes.start_worker(children=2)
            yield Installation(servers, parts.sessions, processes, barriers)
        parts.engine.dispose()
    composition._current[:], job_notifier.send = before


@pytest.fixture
def platform(certificates: Certificates) -> Iterator[StrictPlatform]:
    with StrictPlatform(certificates) as started:
        yield started


def new_group(place: Installation, platform: StrictPlatform, trainees: int) -> tuple[PlatformLink, dict[int, Somebody]]:
    """Creates a group of so many learners of the platform's course, whose hours go to a line item."""
    link = platform.course.add_link(graded=100)
    people = {}
    with place.sessions.begin() as session:
        group = make.cohort(session, make.programme(session, hours_needed=Decimal(30)))
        row = registered(session, platform, site_id=group.site_id)
        at = platforms.context_of(
            session, row, platform, line_items_url=platform.service_url("line_items"), scopes=list(SCOPES)
        )
        shows = platforms.placement(session, at, group, graded=True)
        url = platform.line_item_url(link.line_item or "")
        ours = platforms.link(session, at, shows, resource_link_id=link.id, line_item_url=url)
        line_items.ensure_line_item(session, ours, now=utc_now())
        for _ in range(trainees):
            enrolment = make.enrolment(session, group)
            person = platform.course.add_person()
            platforms.participant(session, at, enrolment.person.account, subject=person.subject)
            people[enrolment.id] = person
        tool_keys.public_set(session, now=utc_now())
        know_tool(session, platform)
    return link, people


def give_hours(place: Installation, enrolments: list[int], hours: str) -> None:
    with place.sessions.begin() as session:
        session.execute(update(Enrolment).where(Enrolment.id.in_(enrolments)).values(hours_done=Decimal(hours)))
        for enrolment in enrolments:
            enqueue(session, EVALUATE, enrolment)


def check_whole(
    place: Installation, platform: StrictPlatform, link: PlatformLink, people: dict[int, Somebody], hours: float
):
    def arrived() -> bool:
        found = [platform.score_of(link, person) for person in people.values()]
        return all(one is not None and one["scoreGiven"] == hours for one in found)

    wait_until(arrived, seconds=SLOWEST, what="every result in the gradebook")
    wait_until(lambda: place.states(list(people)) == {"sent"}, seconds=SLOWEST, what="every score noted as sent")


def test_child_killed_between_the_answer_and_the_commit(place, platform):
    link, people = new_group(place, platform, 3)
    place.arm("score-answered")
    give_hours(place, list(people), "4.5")
    os.kill(place.reached("score-answered"), signal.SIGKILL)
    check_whole(place, platform, link, people, 4.5)
    for person in people.values():
        came = platform.course.scores[link.line_item, person.subject]
        assert {one["scoreGiven"] for one in came} == {4.5}
        assert len(came) == 1  # the second time it stood there already


def test_whole_worker_killed(place, platform):
    link, people = new_group(place, platform, 25)
    place.arm("score-answered")
    give_hours(place, list(people), "2")
    place.reached("score-answered")
    place.processes.kill("worker")
    give_hours(place, list(people), "3")
    place.processes.start_worker(children=2)
    check_whole(place, platform, link, people, 3)


def test_broker_emptied(place, platform):
    link, people = new_group(place, platform, 5)
    send = job_notifier.send
    assert send is not None

    def empty_first(_kind: str) -> None:
        with redis.Redis.from_url(place.servers.redis_url) as client:
            client.flushall()

    job_notifier.send = empty_first
    try:
        give_hours(place, list(people), "5")
    finally:
        job_notifier.send = send
    check_whole(place, platform, link, people, 5)


def test_hanging_platform_delays_no_other_work(place, certificates):
    """Even with a single worker, a certificate is issued within seconds, and the platform is asked rarely."""
    number = len(seeds(600))
    with StrictPlatform(certificates) as platform:
        platform.fail("scores", status=503, times=10_000, delay=3.0)
        link, people = new_group(place, platform, number)
        give_hours(place, list(people), "1")

        def all_noted() -> bool:
            with place.sessions() as session:
                noted = select(func.count()).select_from(Job).where(Job.kind == SEND_SCORE, Job.state == "waiting")
                return (session.scalar(noted) or 0) >= number and session.scalar(select(Outage.platform_id)) is not None

        wait_until(all_noted, seconds=3 * SLOWEST, what="results that wait")  # computing, not recovery
        finished = next(iter(people))
        began = time.monotonic()
        give_hours(place, [finished], "36")

        def issued() -> bool:
            with place.sessions() as session:
                mine = select(Certificate.file_id).where(Certificate.enrolment_id == finished)
                return session.scalar(mine) is not None

        wait_until(issued, seconds=SLOWEST, what="the certificate")
        assert time.monotonic() - began < 15
        assert len(platform.received_at("scores")) <= 4
        with place.sessions() as session:
            assert (session.scalar(select(func.count()).select_from(ScoreTry)) or 0) >= 1
        platform.failures.clear()
        with place.sessions.begin() as session:
            session.execute(update(Outage).values(until=utc_now()))

        def all_sent() -> bool:
            waiting = select(Job.id).where(Job.kind == SEND_SCORE, Job.state == "waiting")
            with place.sessions.begin() as session:  # what the worker holds is left alone: it updates many at once too
                free = session.scalars(waiting.with_for_update(skip_locked=True)).all()
                session.execute(update(Job).where(Job.id.in_(free)).values(run_after=utc_now()))
            return place.states(list(people)) == {"sent"}

        wait_until(all_sent, seconds=SLOWEST, what="every score noted as sent")
        assert platform.score_of(link, people[finished])["activityProgress"] == "Completed"
