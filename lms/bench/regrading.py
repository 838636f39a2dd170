"""Grading anew through the real worker, after a key was corrected, beside the bare writing of as many results."""

import time
from dataclasses import replace

from sqlalchemy import delete, func, select, text
from sqlalchemy.orm import Session

from assessment.attempts import regrading
from assessment.models.self_checks import Attempt, SelfCheck, SelfCheckItem
from assessment.questions.model import Question
from assessment.self_checks.operations import revise_question
from courses.models.programmes import ProgrammeVersion
from lms.bench.jobs import Bench, notify_worker, silent
from lms.core.auth.policy import SYSTEM
from lms.core.jobs.run_models import JobRun

ATTEMPTS = 10_000
FIRST_COPY = 1_000
"""Smallest number of a copied attempt."""

COPY = text("""
    INSERT INTO attempt (self_check_id, enrolment_id, number, state, seed, items, answers, started_at, handed_in_at,
        graded_at, points, max_points, percent, result)
    SELECT self_check_id, enrolment_id, number + :first * copy, state, seed, items, answers, started_at, handed_in_at,
        graded_at, points, max_points, percent, result
    FROM attempt, generate_series(1, :copies) AS copy
    WHERE self_check_id = :check AND state = 'graded' AND number < :first
""")
WITHOUT_HISTORY = text("UPDATE attempt SET result = result - '{earlier,floor}'::text[] WHERE self_check_id = :check")
REWRITE = text("UPDATE attempt SET result = result || '{}', answers = answers || '{}' WHERE self_check_id = :check")
"""PostgreSQL reads, packs and writes every answer and result, without any grading."""


class Regrading:
    """Ten thousand graded attempts of twenty questions at one self-check."""

    def __init__(self, bench: Bench) -> None:
        self.bench, self.sessions = bench, bench.sessions
        self.check = bench.world.stage.self_check
        bench.grade()
        with self.sessions.begin() as session:
            graded = session.scalar(select(func.count()).where(Attempt.self_check_id == self.check)) or 1
            session.execute(COPY, {"check": self.check, "copies": max(1, ATTEMPTS // graded - 1), "first": FIRST_COPY})

    def remove_copies(self) -> None:
        """Deletes what was added here: pages of the group would pay for it in the figures that follow."""
        with self.sessions.begin() as session:
            session.execute(delete(Attempt).where(Attempt.self_check_id == self.check, Attempt.number >= FIRST_COPY))

    def regrade(self) -> float:
        """Returns attempts graded anew per second, from the message to the worker until the run is done."""
        with self.sessions.begin() as session:
            session.execute(WITHOUT_HISTORY, {"check": self.check})
            self._correct(session)
        self.bench.rest()
        with silent(), self.sessions.begin() as session:
            run = self._start(session)
            run_id, total = run.id, run.steps_total or 0
        began = time.perf_counter()
        notify_worker(regrading.REGRADE_CHECK)
        self.bench.until(lambda session: session.get_one(JobRun, run_id).state == "done")
        passed = time.perf_counter() - began
        self.bench.rest()
        return total / passed

    def _correct(self, session: Session) -> None:
        """Moves the weights of a question's options by one place."""
        check = session.get_one(SelfCheck, self.check)
        item = next(one for one in check.items if "options" in one.question.content["payload"])
        site_id = self._site_id(session)
        revise_question(session, actor=SYSTEM, check=check, item=item, question=_moved(item), site_id=site_id)

    def _start(self, session: Session) -> JobRun:
        check = session.get_one(SelfCheck, self.check)
        return regrading.start(session, actor=SYSTEM, check=check, lower=False, site_id=self._site_id(session))

    def _site_id(self, session: Session) -> int:
        return session.get_one(ProgrammeVersion, self.bench.world.stage.version).programme.site_id

    def rewrite(self) -> float:
        """Returns attempts per second whose answers and results PostgreSQL writes again in one statement."""
        began = time.perf_counter()
        with self.sessions.begin() as session:
            session.execute(REWRITE, {"check": self.check})
        passed = time.perf_counter() - began
        with self.sessions() as session:
            count = session.scalar(select(func.count()).where(Attempt.self_check_id == self.check)) or 0
        return count / passed


def _moved(item: SelfCheckItem) -> Question:
    question = Question.from_json(item.question.content)
    options = question.payload["options"]
    weights = [one["weight"] for one in options]
    moved = [one | {"weight": weight} for one, weight in zip(options, [*weights[1:], weights[0]], strict=True)]
    return replace(question, payload={**question.payload, "options": moved}, mark=item.mark)
