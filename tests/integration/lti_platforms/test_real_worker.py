"""From a launch to the platform's gradebook with the real worker over HTTP, including faults.

Uses its own database and worker. The strict platform records every error of the worker.
"""

import os
import re
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from assessment.attempts import operations as attempts
from assessment.models.self_checks import Attempt, SelfCheck
from courses.models.groups import Enrolment
from lms import composition
from lms.app import create_app
from lms.core.auth.identities import ExternalIdentity
from lms.core.clock import utc_now
from lms.core.jobs.queueing import job_notifier
from lms.core.people.models import Account
from lms.core.settings import Settings
from lms.lti.models.launches import Context
from lms.lti.models.services import LineItem, Score, ScoreTry
from lms.lti.trust import tool_keys
from tests.factories import make, platforms
from tests.factories.launches import placed
from tests.support.checks import make_check
from tests.support.platform.certificates import PRIVATE_HOSTS
from tests.support.platform.course import LEARNER
from tests.support.platform.strict import StrictPlatform, registered
from tests.support.processes import TEST_KEY, Running, running_processes, wait_until

GIFT = "::Сумма::Сколько будет 2+2? {#4}"
PREFIX = re.compile(r"/in/[1-9]\d*/")
SLOWEST = 60.0
"""Seconds, including the pause after a platform's failure."""


@dataclass(slots=True)
class Installation:
    """Database, worker and platform of the test."""

    sessions: sessionmaker[Session]
    app: Flask
    processes: Running
    barriers: Path

    def arm(self, name: str) -> None:
        for ending in ("reached", "go"):
            (self.barriers / f"{name}.{ending}").unlink(missing_ok=True)
        (self.barriers / f"{name}.armed").touch()

    def reached(self, name: str) -> int:
        path = self.barriers / f"{name}.reached"
        return wait_until(lambda: path.exists() and int(path.read_text() or 0), seconds=SLOWEST, what=name)


def of_its_own(redis_url: str) -> str:
    """Returns a database of the broker that the worker of the browser tests, in the same process's servers, does not
    consume: it would take our notifications and look for their rows in its own PostgreSQL database.
    """
    return redis_url.removesuffix("/0") + "/1"


@pytest.fixture(scope="module")
def place(servers, make_database, certificates, tmp_path_factory) -> Iterator[Installation]:
    folder = tmp_path_factory.mktemp("grades")
    barriers = folder / "barriers"
    barriers.mkdir()
    before = composition._current[:], job_notifier.send
    settings = Settings(
        data=folder / "data",
        database_url=make_database(),
        redis_url=of_its_own(servers.redis_url),
        demo=True,
        public_url="http://localhost",
        secret_key=TEST_KEY,
        platform_private_hosts=PRIVATE_HOSTS,
        platform_ca_file=certificates.ca_file,
    )
    app = create_app(settings)
    app.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    parts = composition.parts()
    more = {"LMS_TEST_BARRIERS": str(barriers), "LMS_PUBLIC_URL": "http://localhost", **certificates.environment()}
    addresses = {"database_url": settings.database_url, "redis_url": settings.redis_url, "data": folder / "data"}
    with running_processes(folder / "logs", **addresses, **more) as processes:
        processes.start_worker()
        yield Installation(parts.sessions, app, processes, barriers)
    parts.engine.dispose()
    composition._current[:], job_notifier.send = before


@dataclass(slots=True)
class Course:
    """A platform's link with a line item and its self-check."""

    place: Installation
    platform: StrictPlatform
    link: object
    check: int
    group: int

    def launch(self, user) -> str:
        """Opens the link as the learner; returns the page's text."""
        client = self.place.app.test_client()
        answer = self.platform.launch(client, user, self.link)
        assert answer.status_code == 303, answer.text
        page = client.get(answer.location, follow_redirects=True)
        assert page.status_code == 200
        return page.text

    def enrolment(self, session: Session, user) -> Enrolment:
        """Returns the user's enrolment in the check's group."""
        of_user = select(Account.person_id).join(ExternalIdentity).where(ExternalIdentity.subject == user.subject)
        return session.scalars(select(Enrolment).where(Enrolment.person_id.in_(of_user))).one()

    def take(self, user, answer: str) -> None:
        """Takes the check as the learner."""
        with self.place.sessions.begin() as session:
            check = session.get_one(SelfCheck, self.check)
            attempt: Attempt = attempts.begin(session, check, self.enrolment(session, user), now=utc_now())
            attempts.save(session, attempt, {str(attempt.items[0][0]): {"text": answer}}, now=utc_now())
            attempts.hand_in(session, attempt, now=utc_now())

    def stands(self, user, points: float) -> dict:
        """Waits for this score on the platform and returns it."""

        def there() -> dict | None:
            told = self.platform.score_of(self.link, user)
            share = told and told.get("scoreGiven") is not None and told["scoreGiven"] / told["scoreMaximum"] * 100
            return told if told and share == points else None

        return wait_until(there, seconds=SLOWEST, what=f"a score of {points}")

    def scores(self, session: Session) -> list[Score]:
        """Returns the scores for this platform."""
        url = LineItem.url.startswith(self.platform.address)
        return list(session.scalars(select(Score).join(LineItem, LineItem.id == Score.line_item_id).where(url)))

    def noted(self) -> list[str]:
        """Returns the outcomes of all attempts once nothing is waiting."""

        def settled() -> list[str]:
            with self.place.sessions() as session:
                scores = self.scores(session)
                tries = select(ScoreTry.outcome).where(ScoreTry.score_id.in_([one.id for one in scores]))
                rested = all(one.state != "waiting" for one in scores)
                return list(session.scalars(tries.order_by(ScoreTry.id))) if rested else []

        return wait_until(settled, seconds=SLOWEST, what="noting what the platform answered")


@pytest.fixture
def course(place, certificates) -> Iterator[Course]:
    def our_keys() -> dict:
        with place.sessions.begin() as session:
            return tool_keys.public_set(session, now=utc_now())

    with StrictPlatform(certificates) as platform:
        with place.sessions.begin() as session:
            group = make.cohort(session)
            check = make_check(session, group.version, GIFT, title="Проверьте себя", attempts_allowed=None)
            row = registered(session, platform, site_id=group.site_id)
            shown = {"kind": "self_check", "self_check_id": check.id, "title": check.title, "graded": True}
            link = placed(session, row, platform, group, points=100, **shown)
            leader = make.member(session, "leader", site=group.site)
            platforms.identity(session, leader, row, platform.course.instructor.subject)
        platform.tool_keys = our_keys
        yield Course(place, platform, link, check.id, group.id)


def test_worker_sends_result_to_gradebook(course):
    learner = course.platform.course.learner
    assert "Проверьте себя" in course.launch(learner)
    course.take(learner, "4")
    told = course.stands(learner, 100)
    assert (told["activityProgress"], told["gradingProgress"]) == ("Completed", "FullyGraded")
    assert course.platform.complaints == []
    assert course.platform.score_of(course.link, course.platform.course.other) is None


def test_better_result_replaces_worse_one(course):
    learner = course.platform.course.learner
    course.launch(learner)
    course.take(learner, "5")
    course.stands(learner, 0)
    course.take(learner, "4")
    course.stands(learner, 100)
    stamps = [one["timestamp"] for one in course.platform.course.scores[course.link.line_item, learner.subject]]
    assert stamps == sorted(set(stamps))
    assert course.platform.complaints == []


def test_outage_delays_no_other_work(course):
    learner = course.platform.course.learner
    course.launch(learner)
    course.platform.fail("scores", status=503)
    course.take(learner, "4")
    course.stands(learner, 100)
    outcomes = course.noted()
    assert outcomes.count("unreachable") == 1
    assert outcomes[-1] == "sent"
    assert course.platform.complaints == []


def test_refused_score_is_recorded_and_not_repeated(course):
    learner = course.platform.course.learner
    course.launch(learner)
    course.platform.fail("scores", status=403, times=50, body='{"error": "The grade item is locked"}')
    course.take(learner, "4")
    wait_until(lambda: course.platform.received_at("scores"), seconds=SLOWEST, what="sending")
    assert set(course.noted()) == {"refused"}
    with course.place.sessions() as session:
        (score,) = course.scores(session)
    assert "The grade item is locked" in score.error.message
    assert len(course.platform.received_at("scores")) <= 2, "the state before grading, and the result; neither again"


def test_worker_killed_before_commit_sends_again(course):
    learner = course.platform.course.learner
    course.launch(learner)
    course.place.arm("score-answered")
    course.take(learner, "4")
    os.kill(course.place.reached("score-answered"), signal.SIGKILL)
    course.stands(learner, 100)
    assert set(course.noted()) == {"sent"}
    stood = course.platform.course.scores[course.link.line_item, learner.subject]
    assert {(one["scoreGiven"], one["scoreMaximum"]) for one in stood if "scoreGiven" in one} == {(100, 100)}


def test_worker_replaces_expired_token(course):
    learner, other = course.platform.course.learner, course.platform.course.other
    for user in (learner, other):
        course.launch(user)
        course.take(user, "4")
        course.stands(user, 100)
        course.platform.expire_tokens()
    assert course.platform.complaints == []


class Leading:
    """The leader inside a launch, with rosters of the platform's course."""

    def __init__(self, course: Course) -> None:
        self.course, self.client = course, course.place.app.test_client()
        answer = course.platform.launch(self.client, course.platform.course.instructor, course.link)
        self.prefix = PREFIX.search(answer.location).group()
        with course.place.sessions() as session:
            of_course = Context.context_id == course.platform.course.id
            self.context = session.scalars(select(Context.id).where(of_course)).one()

    def ask(self) -> tuple[str, str]:
        """Requests the roster; returns its URL and its page once it is fetched."""
        address = f"{self.prefix}groups/{self.course.group}/platform-list"
        answer = self.client.post(address, data={"context": self.context})
        assert answer.status_code == 303, answer.text

        def fetched() -> str:
            found = self.client.get(f"{answer.location}/state")
            return self.client.get(answer.location).text if found.status_code == 303 else ""

        return answer.location, wait_until(fetched, seconds=SLOWEST, what="the list")

    def apply(self, address: str, page: str) -> None:
        """Applies the selected rows."""
        ticked = [one for one in re.findall(r'<input[^>]*name="who"[^>]*>', page) if "checked" in one]
        told = {"who": [re.search(r'value="([^"]*)"', one).group(1) for one in ticked], "reason": "ушли из курса"}
        assert self.client.post(address, data=told).status_code == 303

    def group(self) -> dict[str, str]:
        """Returns the group's members: surname → state."""
        with self.course.place.sessions() as session:
            rows = session.scalars(select(Enrolment).where(Enrolment.cohort_id == self.course.group))
            return {one.person.surname: one.state for one in rows}


def test_roster_updates_group(course):
    people = course.platform.course
    course.platform.page_size = 2
    course.launch(people.learner)
    for _ in range(3):
        people.add_person(given="Олег")
    leading = Leading(course)
    address, page = leading.ask()
    learners = [one for one in people.people if LEARNER in one.roles]
    assert all(one.family in page for one in learners[1:])
    leading.apply(address, page)
    assert set(leading.group()) == {one.family for one in learners}
    assert len(course.platform.received_at("members")) >= 4, "pages of two"

    gone = learners[-1]
    people.people.remove(gone)
    address, page = leading.ask()
    assert gone.family in page
    assert leading.group()[gone.family] != "withdrawn", "nobody leaves before the leader says so"
    told = re.search(rf'value="([^"]*)"[^>]*>(?:(?!<input).)*{gone.family}', page, re.DOTALL).group(1)
    assert leading.client.post(address, data={"who": [told], "reason": "ушли из курса"}).status_code == 303
    assert leading.group()[gone.family] == "withdrawn"
    assert course.platform.complaints == []
    answer = course.platform.launch(course.place.app.test_client(), gone, course.link)
    assert answer.status_code in (303, 403)
    assert leading.group()[gone.family] == "withdrawn", "a launch does not bring back who was withdrawn"
