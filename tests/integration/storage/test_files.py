import io
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from docx import Document
from sqlalchemy import select

from lms.core.auth.policy import Actor
from lms.core.clock import utc_now
from lms.core.errors import Invalid, NotFound
from lms.core.files import jobs, media_types, operations, port
from lms.core.files.models import Blob, StoredFile
from lms.core.files.store import FolderStore
from tests.factories import make

NOW = utc_now()


@pytest.fixture
def store(session, tmp_path: Path) -> Iterator[FolderStore]:
    before = port._current[:]
    made = FolderStore(tmp_path)
    port.configure(made)
    yield made
    port._current[:] = before


def upload(session, content=b"text", name="план.txt", limit=1024**2, accept=None, **values):
    given = {"actor": None, "site_id": None, "now": NOW} | values
    return operations.save_upload(session, stream=io.BytesIO(content), name=name, limit=limit, accept=accept, **given)


def test_upload_keeps_name_and_recognises_content(session, store):
    out = io.BytesIO()
    Document().save(out)
    account = make.account(session)
    file = upload(
        session, out.getvalue(), "C:\\Мои документы\\Карта урока.docx", actor=Actor(account.id, None), site_id=None
    )
    assert (file.name, file.media_type, file.size) == ("Карта урока.docx", media_types.DOCX, len(out.getvalue()))
    assert file.uploaded_by_id == account.id
    assert operations.read_file(file) == out.getvalue()


def test_large_upload_uses_temporary_file(session, store):
    content = b"%PDF-1.7" + bytes(3 * 1024**2)
    assert upload(session, content, limit=4 * 1024**2).size == len(content)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"content": b""}, "пуст"),
        ({"content": b"x" * 2048, "limit": 2047}, "больше"),
        ({"content": b"MZ\x90\0", "name": "карта.docx", "accept": media_types.TEACHING}, "карта.docx"),
    ],
)
def test_rejected_upload_is_reported_at_its_field(session, store, values, words):
    with pytest.raises(Invalid, match=words) as caught:
        upload(session, **values, field="work")
    assert caught.value.field == "work"
    assert not list(store.iter())


def test_accepts_upload_of_exactly_the_limit(session, store):
    assert upload(session, b"x" * 2048, limit=2048).size == 2048


def test_same_bytes_are_stored_once(session, store):
    first, second = upload(session, name="один.txt"), upload(session, name="два.txt")
    assert first.id != second.id
    assert first.sha256 == second.sha256
    assert len(list(store.iter())) == 1


def test_save_bytes_stores_file_of_system(session, store):
    file = operations.save_bytes(
        session, content=b"%PDF", name="Сертификат № 5.pdf", media_type="application/pdf", now=NOW
    )
    assert operations.read_file(file) == b"%PDF"


def test_missing_bytes_raise_not_found(session, store):
    file = upload(session)
    store.delete(file.sha256)
    with pytest.raises(NotFound):
        operations.read_file(file)


def remove(session, file):
    session.delete(file)
    session.flush()


def test_sweep_deletes_unreferenced_bytes(session, store):
    kept, removed = upload(session, b"kept"), upload(session, b"removed")
    twice, other = upload(session, b"twice"), upload(session, b"twice", name="другое.txt")
    loose = operations.hashlib.sha256(b"loose").hexdigest()
    store.put(io.BytesIO(b"loose"), loose, 5)
    for file in (removed, twice):
        remove(session, file)
    assert operations.sweep_orphans(session, store, NOW) == 2
    assert {sha256 for sha256, _ in store.iter()} == {kept.sha256, other.sha256}
    assert set(session.scalars(select(Blob.sha256))) == {kept.sha256, other.sha256}


def test_sweep_keeps_recent_bytes(session, store):
    remove(session, upload(session))
    _, sweep = jobs.PERIODIC["sweep_files"]
    sweep(session, NOW + timedelta(hours=23))
    assert len(list(store.iter())) == 1
    sweep(session, NOW + timedelta(hours=25))
    assert not list(store.iter())


def test_new_upload_of_same_bytes_renews_their_age(session, store):
    remove(session, upload(session, now=NOW - timedelta(days=9)))
    file = upload(session, now=NOW)
    remove(session, file)
    assert operations.sweep_orphans(session, store, NOW - timedelta(days=1)) == 0
    assert session.scalars(select(StoredFile)).all() == []
