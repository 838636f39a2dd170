"""A backup in a folder: the database's dump, the stored files, and the manifest with the hash of each.

The manifest is written last and the folder gets its name after that, so that a backup that was interrupted is none.
"""

import hashlib
import os
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from lms.core.backups.table_digests import TableDigest
from lms.core.files.store import PIECE, FolderStore

MANIFEST, DUMP, FILES = "manifest.json", "database.dump", "files"


class UnusableBackup(Exception):
    """A folder that is no whole backup, or one that does not fit; its text is for the operator."""


class Manifest(BaseModel):
    """Everything that a backup holds."""

    model_config = ConfigDict(frozen=True)

    form: Literal[1] = 1
    """Version of this form."""
    made_at: datetime
    """Moment of the state of the database."""
    release: str
    postgres_major: int
    revision: str
    """The last migration of the database."""
    dump_sha256: str
    dump_size: int
    tables: Mapping[str, TableDigest]
    files: Mapping[str, int]
    """SHA-256 of each stored file → its size."""
    missing: tuple[str, ...] = ()
    """SHA-256 of files that the store had lost, or kept damaged, when the backup was made."""
    personal_data_keys: tuple[str, ...] = ()
    """Ids of the keys of personal data that are needed to read the rows."""
    secret_mark: str = ""
    """Mark of the installation's secret, see ``secret_mark``; empty: the command had none."""

    @property
    def rows(self) -> int:
        """Number of all rows."""
        return sum(table.rows for table in self.tables.values())

    @property
    def bytes_of_files(self) -> int:
        """Bytes of all files."""
        return sum(self.files.values())


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Writes the manifest and syncs it with the folder."""
    with (folder / MANIFEST).open("w", encoding="utf-8") as stream:
        stream.write(manifest.model_dump_json(indent=1))
        stream.flush()
        os.fsync(stream.fileno())
    sync_folder(folder)


def read_manifest(folder: Path) -> Manifest:
    """Returns the manifest of a backup. Raises ``UnusableBackup`` for a folder without one."""
    try:
        return Manifest.model_validate_json((folder / MANIFEST).read_text(encoding="utf-8"))
    except OSError as error:
        raise UnusableBackup(f"{folder} is no whole backup: it has no {MANIFEST} that can be read.") from error
    except ValidationError as error:
        raise UnusableBackup(f"{folder}: {MANIFEST} is damaged, or of another release.") from error


def demand_whole(folder: Path, manifest: Manifest) -> None:
    """Compares every hash. Raises ``UnusableBackup`` with what is missing or damaged."""
    wrong = [] if _is_dump(folder, manifest) else [DUMP]
    store = FolderStore(folder / FILES)
    wrong += [sha256 for sha256, size in manifest.files.items() if not _is_stored(store, sha256, size)]
    if wrong:
        more = f" and {len(wrong) - 5} more" if len(wrong) > 5 else ""
        raise UnusableBackup(f"{folder} is damaged, missing or changed: {', '.join(wrong[:5])}{more}.")


def _is_dump(folder: Path, manifest: Manifest) -> bool:
    try:
        with (folder / DUMP).open("rb") as stream:
            return sha256_of(stream) == (manifest.dump_sha256, manifest.dump_size)
    except FileNotFoundError:
        return False


def _is_stored(store: FolderStore, sha256: str, size: int) -> bool:
    try:
        with store.open(sha256) as stream:
            return sha256_of(stream) == (sha256, size)
    except FileNotFoundError:
        return False


def sha256_of(stream: BinaryIO) -> tuple[str, int]:
    """Returns SHA-256 and size of the stream's bytes."""
    found, size = hashlib.sha256(), 0
    while piece := stream.read(PIECE):
        found.update(piece)
        size += len(piece)
    return found.hexdigest(), size


def secret_mark(secret: str) -> str:
    """Returns a mark that is equal for equal secrets and tells nothing about a random one."""
    return hashlib.sha256(secret.encode()).hexdigest()[:16]


def sync_folder(folder: Path) -> None:
    """Syncs the folder, so that names in it survive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
