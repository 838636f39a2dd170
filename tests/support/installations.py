"""Installations whose data tests back up: their settings, and people who work in them meanwhile."""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Event, Thread

import psycopg
from click.testing import CliRunner, Result
from sqlalchemy.orm import Session

from assessment.models.attestation import SubmissionFile
from lms import composition
from lms.cli.main import explained
from lms.core.db import make_engine
from lms.core.files import port
from lms.core.files.models import StoredFile
from lms.core.files.operations import delete_file
from lms.core.settings import Settings
from tests.factories import attestation, make
from tests.support.processes import wait_until

MakeDatabase = Callable[[], str]


@dataclass
class Installation:
    """Settings of an installation: its database, its folder, its bucket if it has one."""

    environment: dict[str, str]

    @property
    def url(self) -> str:
        return self.environment["LMS_DATABASE_URL"]

    def settings(self) -> Settings:
        names = {name.removeprefix("LMS_").lower(): value for name, value in self.environment.items()}
        return Settings(**names)  # type: ignore[arg-type]

    def run(self, command, *arguments: object) -> Result:
        """Runs the command to its end, in this process."""
        ended = CliRunner().invoke(command, [str(part) for part in arguments], env=self.environment)
        if ended.exception is not None and not isinstance(ended.exception, SystemExit):
            assert explained(ended.exception), ended.exception  # type: ignore[arg-type]
        return ended

    @contextmanager
    def session(self) -> Iterator[Session]:
        engine = make_engine(self.url)
        try:
            with Session(engine, expire_on_commit=False) as opened:
                yield opened
                opened.commit()
        finally:
            engine.dispose()

    def asked(self, statement: str) -> list[tuple]:
        with psycopg.connect(self.url) as connection:
            return connection.execute(statement).fetchall()


@contextmanager
def filled(made: Installation, settings: Settings) -> Iterator[Installation]:
    """The installation with an internship and three files; this process stores files in it meanwhile."""
    composition.wire()
    composition.configure_ports(settings)
    port.configure(port.store_of(made.settings()))
    with made.session() as session:
        make.enrolment(session)
        for number in range(3):
            make.stored_file(session, b"%PDF-1.7 " + bytes([number]) * 1000)
    yield made
    port.configure(port.store_of(settings))


def same_bytes(installation: Installation) -> int:
    """Demands the bytes of every file that the database names. Returns the number of files."""
    store, count = port.store_of(installation.settings()), 0
    for sha256, size in installation.asked("SELECT DISTINCT sha256, size FROM blob JOIN stored_file USING (sha256)"):
        with store.open(sha256) as stream:
            content = stream.read()
        assert (hashlib.sha256(content).hexdigest(), len(content)) == (sha256, size)
        count += 1
    return count


@dataclass
class Load:
    """A thread that enrols people, hands works in with files, and deletes each second file three rounds later."""

    installation: Installation
    stopped: Event = field(default_factory=Event)
    rounds: int = 0
    dropped: list[StoredFile] = field(default_factory=list)
    failure: BaseException | None = None

    def work(self) -> None:
        try:
            with self.installation.session() as session:
                cohort = make.cohort(session)
                task = attestation.task(session, cohort.version)
                session.commit()
                while not self.stopped.is_set():
                    self._one_round(session, cohort, task)
        except BaseException as failure:
            self.failure = failure

    def _one_round(self, session: Session, cohort, task) -> None:
        self.rounds += 1
        enrolled = make.enrolment(session, cohort)
        work = attestation.handed_in(session, task, enrolled, f"Наблюдения {self.rounds}")
        kept, dropped = (
            make.stored_file(session, f"%PDF-1.7 {self.rounds} {kind}".encode() * 50) for kind in ("kept", "dropped")
        )
        session.add(SubmissionFile(submission_id=work.id, file_id=kept.id))
        session.commit()
        self.dropped.append(dropped)
        if len(self.dropped) > 3:
            delete_file(session, self.dropped.pop(0))
            session.commit()

    def go_on(self) -> None:
        """Waits until every file that there is to delete now has been deleted."""
        now = self.rounds
        wait_until(lambda: self.rounds > now + 4 or self.failure, what="further work")


@contextmanager
def load(installation: Installation) -> Iterator[Load]:
    working = Load(installation)
    thread = Thread(target=working.work)
    thread.start()
    try:
        wait_until(lambda: working.rounds > 5 or working.failure, what="the first works")
        yield working
    finally:
        working.stopped.set()
        thread.join()
    if working.failure is not None:
        raise working.failure


def after_more_work(working: Load, part: Callable[..., object]) -> Callable[..., object]:
    def later(*arguments: object) -> object:
        working.go_on()
        return part(*arguments)

    return later
