import hashlib
import io
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from moto.server import ThreadedMotoServer
from pydantic import SecretStr

from lms.cli.files import command
from lms.core.files import port
from lms.core.files.s3 import S3Store
from lms.core.files.store import FolderStore, Store
from lms.core.settings import Settings


@pytest.fixture(scope="module")
def bucket_address() -> Iterator[str]:
    """A server that speaks S3, on loopback."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, number = server.get_host_and_port()
    yield f"http://{host}:{number}"
    server.stop()


@pytest.fixture(params=["folder", "s3"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    if request.param == "folder":
        return FolderStore(tmp_path / "files")
    return bucket(tmp_path, request.getfixturevalue("bucket_address"), request.node.name)


def bucket(folder: Path, address: str, name: str) -> S3Store:
    settings = Settings(
        data=folder,
        storage="s3",
        s3_endpoint=address,
        s3_bucket=f"bucket-{os.getpid()}-{abs(hash(name)) % 10_000}",
        s3_access_key="key",
        s3_secret_key=SecretStr("secret"),
    )
    made = port.store_of(settings)
    assert isinstance(made, S3Store)
    made.ensure_bucket()
    made.ensure_bucket()
    return made


def put(store: Store, content: bytes) -> str:
    sha256 = hashlib.sha256(content).hexdigest()
    store.put(io.BytesIO(content), sha256, len(content))
    return sha256


def test_stores_opens_and_deletes_bytes(store: Store):
    content = "Технологическая карта".encode() * 50_000
    sha256 = put(store, content)
    assert store.exists(sha256)
    with store.open(sha256) as stream:
        assert stream.read() == content
    assert put(store, content) == sha256
    store.delete(sha256)
    store.delete(sha256)
    assert not store.exists(sha256)
    with pytest.raises(FileNotFoundError):
        store.open(sha256)


def test_iterates_over_objects_with_sizes(store: Store):
    made = {put(store, text): len(text) for text in (b"one", b"three", b"five!!")}
    assert dict(store.iter()) == made
    for sha256 in made:
        store.delete(sha256)
    assert not list(store.iter())


class Breaking(io.BytesIO):
    """A stream that ends in the middle, as a dropped connection does."""

    def read(self, size: int | None = -1) -> bytes:
        if self.tell():
            raise ConnectionError
        return super().read(10)


def test_broken_stream_leaves_no_file(tmp_path: Path):
    store = FolderStore(tmp_path)
    sha256 = hashlib.sha256(b"x" * 100).hexdigest()
    with pytest.raises(ConnectionError):
        store.put(Breaking(b"x" * 100), sha256, 100)
    assert not store.exists(sha256)
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_folder_store_spreads_files_and_removes_empty_folders(tmp_path: Path):
    store = FolderStore(tmp_path)
    sha256 = put(store, b"abc")
    assert store.path(sha256).relative_to(tmp_path).parts == (sha256[:2], sha256[2:4], sha256)
    store.delete(sha256)
    assert not list(tmp_path.iterdir())


def test_settings_choose_store(tmp_path: Path):
    made = port.store_of(Settings(data=tmp_path))
    assert isinstance(made, FolderStore)
    assert made.root == tmp_path / "files"


def test_files_are_copied_from_the_bucket_to_the_folder(
    tmp_path: Path, bucket_address: str, monkeypatch: pytest.MonkeyPatch
):
    kept = bucket(tmp_path, bucket_address, "copied")
    named = [put(kept, text) for text in (b"one", b"three")]
    given = {"DATA": str(tmp_path), "S3_ENDPOINT": bucket_address, "S3_BUCKET": kept.bucket}
    for name, value in (given | {"S3_ACCESS_KEY": "key", "S3_SECRET_KEY": "secret"}).items():
        monkeypatch.setenv(f"LMS_{name}", value)
    run = CliRunner()
    assert run.invoke(command, ["copy", "s3", "folder"]).output == "2 files copied from s3 to folder.\n"
    folder = FolderStore(tmp_path / "files")
    with folder.open(named[1]) as stream:
        assert stream.read() == b"three"
    assert run.invoke(command, ["copy", "s3", "folder"]).output == "0 files copied from s3 to folder.\n"
    damaged = hashlib.sha256(b"other").hexdigest()
    kept.put(io.BytesIO(b"wrong"), damaged, 5)
    ended = run.invoke(command, ["copy", "s3", "folder"])
    assert ended.exit_code == 1
    assert f"Damaged in the source and not copied: {damaged}" in ended.output
    assert not folder.exists(damaged)
    assert run.invoke(command, ["copy", "s3", "s3"]).exit_code == 1


def test_bucket_is_used_by_an_account_that_may_not_make_it(bucket_address: str, tmp_path: Path):
    made = bucket(tmp_path, bucket_address, "made by another")
    made.client.create_bucket = pytest.fail  # the account may not
    made.ensure_bucket()
