"""Takes a group from three documents to certificates, by the operations of the screens and the real worker."""

import secrets
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Protocol

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from assessment.questions.model import Question
from courses.importing.model import ImportedProgramme
from courses.models.groups import Enrolment
from courses.roster.model import Roster
from lms.core.clock import utc_now
from lms.core.errors import DomainError
from lms.core.i18n import _
from lms.core.jobs.models import Job
from lms.demo import certificates, grading, group_setup, trainee_work
from lms.demo.group_setup import GroupIds
from lms.demo.page_walk import visit

WAIT_SECONDS = 120.0
"""Seconds without progress after which waiting for the worker is given up."""
POLL_SECONDS = 0.1


class StepFailed(DomainError):
    """Raised when a step could not be completed; the message names the step and how much of it was done."""

    code = "demo_step_failed"


class Progress(Protocol):
    """Shows the steps to the person who runs the demo."""

    def begin(self, title: str, total: int) -> None:
        """Begins a step of so many parts."""

    def reach(self, done: int) -> None:
        """Shows that so many parts are done."""


@dataclass(frozen=True, slots=True)
class SourceDocuments:
    """The documents, read before any server starts."""

    programme: ImportedProgramme
    programme_file: str
    roster: Roster
    roster_file: str
    questions: Sequence[Question]


@dataclass(frozen=True, slots=True)
class IssuedCertificate:
    """A certificate in the command's result."""

    file: str
    name: str
    number: str
    code: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class ScenarioResult:
    """The result of the demo: counts and certificates."""

    trainees: int
    attempts_graded: int
    works_reviewed: int
    files: Sequence[IssuedCertificate]


@dataclass(slots=True)
class Scenario:
    """A run of the demo; each part is committed in a session of its own."""

    sessions: sessionmaker[Session]
    documents: SourceDocuments
    progress: Progress
    address: str
    """Base URL of the web, where one trainee and the leader work through pages."""
    password: str = field(default_factory=lambda: secrets.token_urlsafe(12), repr=False)

    def go(self) -> ScenarioResult:
        """Runs every step and returns the result. Raises ``DomainError`` with the reason when a step fails."""
        stage = self._prepare()
        with self._step(_("One trainee and the leader, in the browser"), 1):
            visit(self.sessions, self.address, stage, self.password)
        self._study(stage)
        self._assess(stage)
        return self._certify(stage)

    def _prepare(self) -> GroupIds:
        self.progress.begin(_("Programme, council, group"), 1)
        with self.sessions.begin() as session:
            stage = group_setup.prepare(session, self.documents, password=self.password, now=utc_now())
        self.progress.reach(1)
        return stage

    def _study(self, stage: GroupIds) -> None:
        for title, do in (
            (_("Materials studied"), trainee_work.study),
            (_("Self-checks handed in"), trainee_work.take_self_check),
            (_("Works handed in"), trainee_work.hand_in_work),
        ):
            for session, enrolment in self._each(title, stage):
                do(session, stage, enrolment, now=utc_now())

    def _each(self, title: str, stage: GroupIds) -> Iterator[tuple[Session, Enrolment]]:
        """Yields each trainee's enrolment with a session; commits after each."""
        self.progress.begin(title, len(stage.enrolments))
        for place, enrolment_id in enumerate(stage.enrolments, 1):
            with self.sessions.begin() as session:
                yield session, session.get_one(Enrolment, enrolment_id)
            self.progress.reach(place)

    def _assess(self, stage: GroupIds) -> None:
        everybody = len(stage.enrolments)
        self.wait(_("Graded by the worker"), everybody, lambda session: grading.count_tried(session, stage))
        with self._step(_("Essays read by the leader"), everybody), self.sessions.begin() as session:
            grading.read_essays(session, stage)
        self.wait(_("Results"), everybody, lambda session: grading.count_graded(session, stage))
        for title, do in (
            (_("Works reviewed by the leader"), grading.review),
            (_("Classes noted by the leader"), grading.mark_classes),
        ):
            for session, enrolment in self._each(title, stage):
                do(session, stage, enrolment, now=utc_now())

    def _certify(self, stage: GroupIds) -> ScenarioResult:
        self.wait(_("Certificates"), len(stage.enrolments), lambda session: certificates.count_issued(session, stage))
        with self.sessions() as session:
            return ScenarioResult(
                len(stage.enrolments),
                grading.count_graded(session, stage),
                grading.count_reviewed(session, stage),
                [IssuedCertificate(*row) for row in certificates.issued_files(session, stage)],
            )

    @contextmanager
    def _step(self, title: str, total: int) -> Iterator[None]:
        self.progress.begin(title, total)
        yield
        self.progress.reach(total)

    def wait(self, title: str, total: int, count: Callable[[Session], int]) -> None:
        """Waits for the worker. Raises ``StepFailed`` after ``WAIT_SECONDS`` seconds without progress."""
        self.progress.begin(title, total)
        known, limit = -1, time.monotonic() + WAIT_SECONDS
        while known < total:
            with self.sessions() as session:
                done = count(session)
                if done == known and time.monotonic() > limit:
                    raise StepFailed(self._stuck(session, title, done, total))
            if done != known:
                known, limit = done, time.monotonic() + WAIT_SECONDS
                self.progress.reach(done)
            if known < total:
                time.sleep(POLL_SECONDS)

    def _stuck(self, session: Session, title: str, done: int, total: int) -> str:
        """Returns a sentence with the count reached and the last line of a failed job's traceback."""
        error = session.scalar(select(Job.last_error).where(Job.last_error.is_not(None)).order_by(Job.id).limit(1))
        last = (error or "").strip().splitlines()
        told = _("%(step)s: %(done)s of %(total)s, and nothing moves any more.", step=title, done=done, total=total)
        return f"{told} {last[-1]}" if last else told
