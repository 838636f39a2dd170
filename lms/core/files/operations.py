"""Stores files: streamed, hashed, limited in size, recognised by content. Bytes are written before the commit.

The row of the blob is locked first and until the transaction ends, so that the sweep cannot delete bytes that another
transaction is about to refer to.
"""

import hashlib
import io
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, BinaryIO, cast

from sqlalchemy import ColumnElement, delete, exists, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import ReturningDelete

from lms.core.auth.policy import Actor
from lms.core.errors import Invalid, NotFound
from lms.core.files import port, scanning
from lms.core.files.backup_lock import may_delete_bytes
from lms.core.files.endings import fits_ending, usual_endings
from lms.core.files.file_names import clean_name
from lms.core.files.media_types import media_type
from lms.core.files.models import Blob, StoredFile
from lms.core.files.store import PIECE, Store
from lms.core.sentences import sentence

WRITERS = 4
"""Threads that write to the store when many files are stored at once."""
IN_MEMORY = 1024 * 1024
"""Bytes of an upload held in memory before it goes to a temporary file."""


def save_upload(
    session: Session,
    *,
    stream: BinaryIO,
    name: str,
    limit: int,
    accept: frozenset[str] | None,
    actor: Actor | None,
    site_id: int | None,
    now: datetime,
    field: str = "file",
) -> StoredFile:
    """Stores an uploaded file.

    ``limit`` in bytes; ``accept`` are the media types accepted (None: any). Raises ``Invalid`` at ``field`` when the
    file is empty, too large, of another type, its name has the ending of another type, or the scanner found something.
    """
    with _spooled(stream, limit, field) as (body, sha256, size):
        kind = media_type(body, name)
        if accept is not None and not (kind in accept and fits_ending(kind, clean_name(name))):
            params = {"name": clean_name(name), "taken": usual_endings(accept)}
            raise Invalid(code="file_kind_refused", field=field, params=params)
        scanning.demand_clean(body, name=name, field=field)
        _keep(session, body, sha256, size, now)
        return _refer(
            session, sha256, clean_name(name, sentence("file_unnamed", {})), kind, actor=actor, site_id=site_id
        )


def save_bytes(
    session: Session,
    *,
    content: bytes,
    name: str,
    media_type: str,
    actor: Actor | None = None,
    site_id: int | None = None,
    now: datetime,
) -> StoredFile:
    """Stores a file that the system made."""
    sha256 = hashlib.sha256(content).hexdigest()
    _keep(session, io.BytesIO(content), sha256, len(content), now)
    return _refer(session, sha256, clean_name(name), media_type, actor=actor, site_id=site_id)


@dataclass(frozen=True, slots=True)
class Made:
    """A file that the system made, before it is stored."""

    content: bytes
    name: str
    site_id: int | None = None


def save_all(session: Session, made: Sequence[Made], *, media_type: str, now: datetime) -> list[StoredFile]:
    """Stores many files of one media type at once; returns them in the same order."""
    hashes = [hashlib.sha256(one.content).hexdigest() for one in made]
    blobs = dict(zip(hashes, made, strict=True))
    _take_rows(session, {sha256: len(one.content) for sha256, one in blobs.items()}, now)
    with ThreadPoolExecutor(WRITERS) as writers:  # most of their time is waiting for the disk or the bucket
        list(writers.map(lambda sha256: _put(blobs[sha256].content, sha256), blobs))
    files = [
        StoredFile(sha256=sha256, name=clean_name(one.name), media_type=media_type, site_id=one.site_id)
        for sha256, one in zip(hashes, made, strict=True)
    ]
    session.add_all(files)
    session.flush()
    return files


def _put(content: bytes, sha256: str) -> None:
    port.store().put(io.BytesIO(content), sha256, len(content))


def open_file(file: StoredFile) -> BinaryIO:
    """Returns a stream of the file's bytes, which the caller closes. Raises ``NotFound`` when the store has lost
    them.
    """
    try:
        return port.store().open(file.sha256)
    except FileNotFoundError as error:
        raise NotFound(code="file_lost") from error


def read_file(file: StoredFile) -> bytes:
    """Returns all of the file's bytes; for small files."""
    with open_file(file) as stream:
        return stream.read()


def delete_file(session: Session, file: StoredFile) -> None:
    """Deletes the file, and its bytes if no other file refers to them; during a backup the bytes stay for the sweep.

    The caller commits at once and can do without the bytes, which a rollback does not bring back.
    """
    sha256 = file.sha256
    session.delete(file)
    session.flush()
    if not may_delete_bytes(session):
        return
    if session.scalar(_unused(Blob.sha256 == sha256)):
        port.store().delete(sha256)


def sweep_orphans(session: Session, store: Store, older_than: datetime) -> int:
    """Deletes bytes stored before this moment to which no file refers, with and without a row; nothing while a backup
    runs. Returns their number.
    """
    if not may_delete_bytes(session):
        return 0
    _adopt(session, store, older_than)
    orphans = session.scalars(_unused(Blob.stored_at <= older_than)).all()
    for sha256 in orphans:
        store.delete(sha256)
    return len(orphans)


def _unused(condition: ColumnElement[bool]) -> ReturningDelete[str]:
    """Returns the deletion of those blobs to which no file refers; it gives their SHA-256."""
    no_file = ~exists().where(StoredFile.sha256 == Blob.sha256)
    return delete(Blob).where(condition, no_file).returning(Blob.sha256)


def _adopt(session: Session, store: Store, since: datetime) -> None:
    """Gives bytes without a row one. A transaction that stores the same bytes waits for this one, or this one for
    it.
    """
    known = set(session.scalars(select(Blob.sha256)))
    for sha256, size in store.iter():
        if sha256 not in known:
            session.execute(insert(Blob).values(sha256=sha256, size=size, stored_at=since).on_conflict_do_nothing())


def _keep(session: Session, body: BinaryIO, sha256: str, size: int, now: datetime) -> None:
    _take_rows(session, {sha256: size}, now)
    port.store().put(body, sha256, size)


def _take_rows(session: Session, sizes: Mapping[str, int], now: datetime) -> None:
    """Locks the rows of these blobs until the transaction ends, in order, so that two writers do not deadlock."""
    rows = [{"sha256": sha256, "size": sizes[sha256], "stored_at": now} for sha256 in sorted(sizes)]
    if rows:
        newest = func.greatest(Blob.stored_at, now)
        taken = insert(Blob).values(rows).on_conflict_do_update(index_elements=["sha256"], set_={"stored_at": newest})
        session.execute(taken)


def _refer(
    session: Session, sha256: str, name: str, kind: str, *, actor: Actor | None, site_id: int | None
) -> StoredFile:
    file = StoredFile(
        sha256=sha256,
        name=name,
        media_type=kind,
        uploaded_by_id=actor.account_id if actor else None,
        site_id=site_id,
    )
    session.add(file)
    session.flush()
    return file


@contextmanager
def _spooled(stream: BinaryIO, limit: int, field: str) -> Iterator[tuple[BinaryIO, str, int]]:
    """The stream read once: its bytes in a temporary file, their SHA-256 and number."""
    with tempfile.SpooledTemporaryFile(IN_MEMORY) as body:
        sha256, size = _copy(stream, body.write, limit, field)
        if not size:
            raise Invalid(code="file_empty", field=field)
        body.seek(0)
        yield cast(BinaryIO, body), sha256, size


def _copy(stream: BinaryIO, write: Callable[[bytes], Any], limit: int, field: str) -> tuple[str, int]:
    digest = hashlib.sha256()
    size = 0
    while piece := stream.read(PIECE):
        size += len(piece)
        if size > limit:
            raise Invalid(code="file_too_large", field=field, params={"limit_bytes": limit})
        digest.update(piece)
        write(piece)
    return digest.hexdigest(), size
