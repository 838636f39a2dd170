"""Writes jobs and notifies the worker after the commit."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import event, func, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, SessionTransaction

from lms.core.jobs.models import Job

SendKind = Callable[[str], None]
PENDING = "jobs.pending_notifications"
POSTPONED = "jobs.postponed"


class JobNotifier:
    """The port that notifies workers; the composition sets its Celery adapter. Without one the sweep finds the rows."""

    def __init__(self) -> None:
        self.send: SendKind | None = None

    def __call__(self, kind: str) -> None:
        """Notifies a worker that rows of this kind wait. With the broker down nothing is lost: the sweep finds the
        rows.
        """
        if self.send is not None:
            self.send(kind)


job_notifier = JobNotifier()


def enqueue(
    session: Session, kind: str, subject_id: int, *, key: str | None = None, run_after: datetime | None = None
) -> None:
    """Writes the job in this transaction and notifies the worker after its commit.

    No second job of the same key (kind and subject, unless given) is written while one waits. The call waits for a job
    that is running now and then writes a new one, because the running job may have read the data before this
    transaction's change.
    """
    row: dict[str, Any] = {"kind": kind, "subject_id": subject_id, "unique_key": key or f"{kind}:{subject_id}"}
    if run_after is not None:
        row["run_after"] = run_after
    _write(session, [row])
    if run_after is None:
        session.info.setdefault(PENDING, set()).add(kind)


def enqueue_many(session: Session, kind: str, subject_ids: Iterable[int], *, run_after: datetime | None = None) -> None:
    """Writes a job for each subject in one statement, in the order of ids, so that two writers do not deadlock."""
    when: dict[str, Any] = {} if run_after is None else {"run_after": run_after}
    ids = sorted(set(subject_ids))
    rows = [{"kind": kind, "subject_id": key, "unique_key": f"{kind}:{key}", **when} for key in ids]
    if rows:
        _write(session, rows)
    if rows and run_after is None:
        session.info.setdefault(PENDING, set()).add(kind)


def postpone(session: Session, subject_id: int, until: datetime) -> None:
    """Called by a handler: the subject's job stays waiting until then, and the attempt is not counted.

    What else the handler did is committed. The caller makes sure that postponing ends.
    """
    session.info.setdefault(POSTPONED, {})[subject_id] = until


def wake(session: Session, unique_key: str) -> None:
    """Lets the waiting job of this key run now, whatever it was postponed to, and notifies the worker after the commit.

    Does nothing when no job of this key waits.
    """
    woken = update(Job).where(Job.unique_key == unique_key, Job.state == "waiting").values(run_after=func.now())
    kinds = session.scalars(woken.returning(Job.kind), execution_options={"synchronize_session": False}).all()
    session.info.setdefault(PENDING, set()).update(kinds)


def _write(session: Session, rows: list[dict[str, Any]]) -> None:
    request_id = session.info.get("request_id")
    statement = insert(Job).values([{**row, "request_id": request_id} for row in rows])
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["unique_key"],
            index_where=text("state <> 'done'"),
            # A failed job that is enqueued again becomes waiting; a waiting row keeps its state.
            set_={"state": "waiting", "run_after": func.least(Job.run_after, statement.excluded.run_after)},
        )
    )


@event.listens_for(Session, "after_transaction_end")
def _notify_workers(session: Session, transaction: SessionTransaction) -> None:
    """Notifies after the outermost transaction only: a released savepoint is no commit, and a rollback sends
    nothing.
    """
    if transaction.parent is not None or transaction.nested:
        return
    committed = session.info.pop("jobs.committed", False)
    for kind in session.info.pop(PENDING, ()):
        if committed:
            job_notifier(kind)


@event.listens_for(Session, "after_commit")
def _note_commit(session: Session) -> None:
    if not session.in_nested_transaction():
        session.info["jobs.committed"] = True
