"""Keeps the bytes of deleted files while a backup copies them.

A backup copies the files that its state of the database names, long after that state. It holds an advisory lock
meanwhile, and a transaction that deletes bytes takes the same lock, shared and without waiting, to its own end. If it
gets none, the bytes stay without a row, and the sweep deletes them later.
"""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

BACKUP = "stazhirovka.backup"
"""Text whose hash is the lock's number."""


def may_delete_bytes(session: Session) -> bool:
    """Returns whether no backup runs, and lets none begin before this transaction ends."""
    return bool(session.scalar(select(func.pg_try_advisory_xact_lock_shared(func.hashtext(BACKUP)))))
