"""Writing down work for later, and the nudge after the commit."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import event, func, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, SessionTransaction

from lms.core.jobs.models import Job

Nudge = Callable[[str], None]
PENDING = "jobs.pending_nudges"
POSTPONED = "jobs.postponed"


class Nudger:
    """The port that sends nudges; composition puts in its Celery adapter. Without one the sweep finds the rows."""

    def __init__(self) -> None:
        self.send: Nudge | None = None

    def __call__(self, kind: str) -> None:
        """Tell a worker that rows of this kind wait. A broker that is down costs nothing: the sweep comes by."""
        if self.send is not None:
            self.send(kind)


nudger = Nudger()


def enqueue(
    session: Session, kind: str, subject_id: int, *, key: str | None = None, run_after: datetime | None = None
) -> None:
    """Write the job down in this transaction and nudge after its commit.

    While a job of the same key (kind and subject, unless given) waits, a second one is not written. One that is running
    at this moment is waited for: it may have looked before this transaction's change, so it is written anew.
    """
    row: dict[str, Any] = {"kind": kind, "subject_id": subject_id, "unique_key": key or f"{kind}:{subject_id}"}
    if run_after is not None:
        row["run_after"] = run_after
    _write(session, [row])
    if run_after is None:
        session.info.setdefault(PENDING, set()).add(kind)


def enqueue_many(session: Session, kind: str, subject_ids: Iterable[int], *, run_after: datetime | None = None) -> None:
    """The same for many subjects in one statement; in the order of their ids, so that two writers do not deadlock."""
    when: dict[str, Any] = {} if run_after is None else {"run_after": run_after}
    ids = sorted(set(subject_ids))
    rows = [{"kind": kind, "subject_id": key, "unique_key": f"{kind}:{key}", **when} for key in ids]
    if rows:
        _write(session, rows)
    if rows and run_after is None:
        session.info.setdefault(PENDING, set()).add(kind)


def postpone(session: Session, subject_id: int, until: datetime) -> None:
    """From within a handler: this subject's job is not done, its row waits until then, and the try is not counted.

    What else the handler did is committed. Who postpones sees to it that there is an end.
    """
    session.info.setdefault(POSTPONED, {})[subject_id] = until


def _write(session: Session, rows: list[dict[str, Any]]) -> None:
    request_id = session.info.get("request_id")
    statement = insert(Job).values([{**row, "request_id": request_id} for row in rows])
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["unique_key"],
            index_where=text("state <> 'done'"),
            # A dead letter called for again gets another life; a waiting row stays as it is.
            set_={"state": "waiting", "run_after": func.least(Job.run_after, statement.excluded.run_after)},
        )
    )


@event.listens_for(Session, "after_transaction_end")
def _send_nudges(session: Session, transaction: SessionTransaction) -> None:
    """After the outermost transaction only: a released savepoint is no commit, and a rolled-back one sends nothing."""
    if transaction.parent is not None or transaction.nested:
        return
    committed = session.info.pop("jobs.committed", False)
    for kind in session.info.pop(PENDING, ()):
        if committed:
            nudger(kind)


@event.listens_for(Session, "after_commit")
def _note_commit(session: Session) -> None:
    if not session.in_nested_transaction():
        session.info["jobs.committed"] = True
