"""Stores bytes under their SHA-256: one interface, with a folder or (``s3``) a bucket behind it."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, Protocol

NAME_LENGTH = 64
PIECE = 256 * 1024
"""Bytes read at a time."""


class Store(Protocol):
    """Bytes under their SHA-256 in hexadecimal."""

    def put(self, stream: BinaryIO, sha256: str, size: int) -> None:
        """Stores the stream's bytes from its current position; an existing object stays unchanged."""

    def open(self, sha256: str) -> BinaryIO:
        """Returns a stream of the bytes, which the caller closes. Raises ``FileNotFoundError``."""

    def exists(self, sha256: str) -> bool:
        """Returns whether the bytes are stored completely."""

    def delete(self, sha256: str) -> None:
        """Deletes the bytes; does nothing when there are none."""

    def check(self) -> None:
        """Raises an exception if bytes cannot be stored now."""

    def iter(self) -> Iterator[tuple[str, int]]:
        """Yields every object: its SHA-256 and its size in bytes."""


class FolderStore:
    """A folder, ``aa/bb/aabb…``. Files are written to a temporary file, synced and renamed, so that no incomplete
    file appears.
    """

    def __init__(self, root: Path) -> None:
        self.root = root

    def path(self, sha256: str) -> Path:
        """Returns the path of these bytes."""
        return self.root / sha256[:2] / sha256[2:4] / sha256

    def put(self, stream: BinaryIO, sha256: str, size: int) -> None:
        target = self.path(sha256)
        if self.exists(sha256):
            return
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=".part-", dir=target.parent)
        try:
            with os.fdopen(handle, "wb") as part:
                shutil.copyfileobj(stream, part, PIECE)
                part.flush()
                os.fsync(part.fileno())
            Path(name).replace(target)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
        self._sync(target.parent)

    @staticmethod
    def _sync(folder: Path) -> None:
        """Syncs the folder, so that the rename survives a power cut."""
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)

    def open(self, sha256: str) -> BinaryIO:
        return self.path(sha256).open("rb")

    def exists(self, sha256: str) -> bool:
        return self.path(sha256).is_file()

    def delete(self, sha256: str) -> None:
        path = self.path(sha256)
        path.unlink(missing_ok=True)
        for folder in (path.parent, path.parent.parent):
            with suppress(OSError):
                folder.rmdir()

    def check(self) -> None:
        self.root.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=self.root) as part:
            part.write(bytes(PIECE))

    def iter(self) -> Iterator[tuple[str, int]]:
        for path in sorted(self.root.glob("??/??/*")):
            if len(path.name) == NAME_LENGTH:
                yield path.name, path.stat().st_size
