"""Grading and issuing through the real worker, each beside the bare work that it cannot do without."""

import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import count

from celery import Celery
from redis import Redis
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session, sessionmaker

from assessment.attempts import operations as attempts
from assessment.certificates.printed_data import facts_of
from assessment.certificates.typeset import bare_page
from assessment.completion.operations import NUMBER
from assessment.models.certificates import Certificate, CompletionState
from assessment.models.self_checks import Attempt, SelfCheck
from courses.models.groups import Enrolment
from lms.bench.empty_tasks import QUEUE, TASK, queues
from lms.bench.world import World
from lms.celery_options import sender_options
from lms.core.clock import utc_now
from lms.core.jobs.models import Job
from lms.core.jobs.queueing import enqueue_many, job_notifier
from lms.demo.answers import answers_to
from lms.demo.trainee_work import questions_of

ATTEMPTS = 400
BURST, HANDS = 200, 8
"""Trainees who hand in at the same moment, and the threads that do it for them."""
CERTIFICATES = 100
GLANCE = 0.005
PATIENCE = 120.0


class Bench:
    """The running worker; ``sessions`` read its results."""

    def __init__(self, sessions: sessionmaker[Session], redis_url: str, world: World) -> None:
        self.sessions, self.world = sessions, world
        self.redis = Redis.from_url(redis_url)
        self.celery = Celery("bench", set_as_current=False)
        self.celery.conf.update({**sender_options(redis_url), "task_queues": queues()})
        self.fresh: Iterator[int] = iter(world.stage.enrolments)
        self.numbers = count(1)

    # Grading

    def grade(self) -> float:
        """Returns attempts graded per second: all are handed in before the clock starts, the worker is notified at
        its start.
        """
        ids = self._hand_in()
        began = time.perf_counter()
        notify_worker(attempts.GRADE)
        self.until(lambda session: self._graded(session, ids))
        passed = time.perf_counter() - began
        self.rest()
        return len(ids) / passed

    def _hand_in(self) -> list[int]:
        """Creates new attempts, answered and handed in; no worker is notified."""
        with silent(), self.sessions.begin() as session:
            made = self._answered(session, self.world.stage.enrolments[:ATTEMPTS])
            for attempt in made:
                attempts.hand_in(session, attempt, now=utc_now())
            return [attempt.id for attempt in made]

    def _answered(self, session: Session, enrolments: Iterable[int]) -> list[Attempt]:
        """Creates an attempt of each trainee with every answer saved."""
        check = session.get_one(SelfCheck, self.world.stage.self_check)
        made, answers = [], None
        for enrolment_id in enrolments:
            attempt = attempts.begin(session, check, session.get_one(Enrolment, enrolment_id), now=utc_now())
            answers = answers or answers_to(questions_of(session, attempt))
            attempts.save(session, attempt, answers, now=utc_now())
            made.append(attempt)
        return made

    def burst(self) -> float:
        """Returns the seconds until the last of those has a result who hand in at the same moment."""
        with silent(), self.sessions.begin() as session:
            ids = [attempt.id for attempt in self._answered(session, self.world.stage.enrolments[:BURST])]
        began = time.perf_counter()
        with ThreadPoolExecutor(HANDS) as hands:
            list(hands.map(self._hand_in_one, ids))
        self.until(lambda session: self._graded(session, ids))
        passed = time.perf_counter() - began
        self.rest()
        return passed

    def _hand_in_one(self, attempt_id: int) -> None:
        with self.sessions.begin() as session:
            attempts.hand_in(session, session.get_one(Attempt, attempt_id), now=utc_now())

    @staticmethod
    def _graded(session: Session, ids: list[int]) -> bool:
        left = select(func.count()).where(Attempt.id.in_(ids), Attempt.state != "graded")
        return session.scalar(left) == 0

    def empty_tasks(self) -> float:
        """Returns empty Celery tasks done per second: as many, queued before the worker may take them."""
        self.celery.control.cancel_consumer(QUEUE, reply=True)
        for _one in range(ATTEMPTS):
            self.celery.send_task(TASK, (), queue=QUEUE, retry=False)
        began = time.perf_counter()
        self.celery.control.add_consumer(QUEUE)
        limit = began + PATIENCE
        while self.redis.llen(QUEUE) or self.redis.hlen("unacked"):
            if time.perf_counter() > limit:
                raise TimeoutError("the empty tasks are not done")
            time.sleep(GLANCE)
        return ATTEMPTS / (time.perf_counter() - began)

    # Certificates

    def issue(self) -> float:
        """Returns certificates issued per second: numbered, typeset, stored, their holders notified.

        The trainees have studied nothing: the evaluation that says so, and would keep their certificates, is deleted.
        """
        ids = [next(self.fresh) for _one in range(CERTIFICATES)]
        with silent(), self.sessions.begin() as session:
            session.execute(delete(CompletionState).where(CompletionState.enrolment_id.in_(ids)))
            enqueue_many(session, NUMBER, ids)
        began = time.perf_counter()
        notify_worker(NUMBER)
        self.until(lambda session: self._stored(session, ids))
        passed = time.perf_counter() - began
        self.rest()
        return len(ids) / passed

    @staticmethod
    def _stored(session: Session, ids: list[int]) -> bool:
        done = select(func.count()).where(Certificate.enrolment_id.in_(ids), Certificate.file_id.is_not(None))
        return session.scalar(done) == len(ids)

    def bare_pages(self) -> float:
        """Returns pages per second compiled with a QR code and nothing else, in one process; every page has another
        text.
        """
        with self.sessions() as session:
            known = session.scalars(select(Certificate).order_by(Certificate.id.desc()).limit(1)).one()
            facts = facts_of(known)
        pages = []
        for number in (next(self.numbers) for _one in range(CERTIFICATES)):
            name, url = f"{facts.name} {number}", f"{facts.verify_url}{number}"
            pages.append(bare_page(replace(facts, name=name, verify_url=url, number_text=f"2026-{number:04d}")))
        began = time.perf_counter()
        for page in pages:
            page()
        return len(pages) / (time.perf_counter() - began)

    # Both

    def until(self, done: Callable[[Session], bool]) -> None:
        """Waits until this is so. Raises ``TimeoutError`` after two minutes."""
        limit = time.perf_counter() + PATIENCE
        while True:
            with self.sessions() as session:
                if done(session):
                    return
            if time.perf_counter() > limit:
                raise TimeoutError("the worker is not done")
            time.sleep(GLANCE)

    def rest(self) -> None:
        """Waits until no job of this round is left."""
        self.until(nothing_to_do)


def nothing_to_do(session: Session) -> bool:
    """Returns whether no job waits, except jobs for a later time, such as tomorrow's letters about notices."""
    due = select(Job.id).where(Job.state == "waiting", Job.run_after <= func.now())
    return session.scalar(due.limit(1)) is None


def notify_worker(kind: str) -> None:
    """Notifies the worker of waiting jobs of this kind."""
    job_notifier(kind)


class silent:  # noqa: N801  # reads as a word: with silent()
    """Commits in this block notify no worker."""

    def __enter__(self) -> None:
        self.send, job_notifier.send = job_notifier.send, None

    def __exit__(self, *_error: object) -> None:
        job_notifier.send = self.send
