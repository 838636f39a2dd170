"""Job kinds of notices."""

from sqlalchemy.orm import Session

from lms.core.jobs.kinds import JobKind
from lms.core.jobs.queues import DEFAULT
from lms.notices.handlers import TELL_OF_ESSAYS, TELL_OF_WORKS, tell_of_essays, tell_of_works


def _of_work(session: Session, submission_id: int) -> None:
    tell_of_works(session, [submission_id])


def _of_essay(session: Session, attempt_id: int) -> None:
    tell_of_essays(session, [attempt_id])


KINDS: tuple[JobKind, ...] = (
    JobKind(TELL_OF_WORKS, DEFAULT, _of_work, tell_of_works, batch=500),
    JobKind(TELL_OF_ESSAYS, DEFAULT, _of_essay, tell_of_essays, batch=500),
)
