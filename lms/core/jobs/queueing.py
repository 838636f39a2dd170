"""Writes jobs and notifies the worker after the commit."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, DateTime, String, bindparam, cast, column, event, func, select, text, update
from sqlalchemy.dialects.postgresql import ARRAY, insert
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
    _write(session, kind, [subject_id], key=key, run_after=run_after)


def enqueue_many(session: Session, kind: str, subject_ids: Iterable[int], *, run_after: datetime | None = None) -> None:
    """Writes a job for each subject in one statement, in the order of ids, so that two writers do not deadlock."""
    ids = sorted(set(subject_ids))
    if ids:
        _write(session, kind, ids, key=None, run_after=run_after)


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


KIND = bindparam("kind", type_=String)
IDS = func.unnest(bindparam("ids", type_=ARRAY(BigInteger)))
SUBJECTS = IDS.table_valued(column("id", BigInteger), name="subject").render_derived()
ROWS = (
    select(
        KIND,
        SUBJECTS.c.id,
        func.coalesce(bindparam("key", type_=String), KIND + ":" + cast(SUBJECTS.c.id, String)),
        func.coalesce(bindparam("run_after", type_=DateTime(timezone=True)), func.now()),
        bindparam("request_id", type_=String),
    )
    .select_from(SUBJECTS)
    .order_by(SUBJECTS.c.id)
)
JOBS = Job.metadata.tables[Job.__tablename__]
INSERTED = insert(JOBS).from_select(["kind", "subject_id", "unique_key", "run_after", "request_id"], ROWS)
WRITE = INSERTED.on_conflict_do_update(
    index_elements=["unique_key"],
    index_where=text("state <> 'done'"),
    # A failed job that is enqueued again becomes waiting; a waiting row keeps its state.
    set_={"state": "waiting", "run_after": func.least(JOBS.c.run_after, INSERTED.excluded.run_after)},
)
"""Built once, and the ids are one array: a statement with a row of parameters for each job takes longer to build than
the jobs take to write.
"""


def _write(session: Session, kind: str, ids: Sequence[int], *, key: str | None, run_after: datetime | None) -> None:
    """Writes a job for each subject, under this key or the usual one of kind and subject."""
    request_id = session.info.get("request_id")
    values: dict[str, Any] = {"kind": kind, "ids": ids, "key": key, "run_after": run_after, "request_id": request_id}
    session.execute(WRITE, values)
    if run_after is None:
        session.info.setdefault(PENDING, set()).add(kind)


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
