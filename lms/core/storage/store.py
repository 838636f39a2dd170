"""Where bytes lie: one small interface, a folder or an S3-compatible bucket behind it. Addressed by content."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO, Protocol, cast

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

NAME_LENGTH = 64
PIECE = 256 * 1024
"""Bytes read at a time."""


class Store(Protocol):
    """Bytes under their SHA-256 in hexadecimal."""

    def put(self, stream: BinaryIO, sha256: str, size: int) -> None:
        """Keep the stream's bytes from its current position; what is there already stays as it is."""

    def open(self, sha256: str) -> BinaryIO:
        """The bytes, to be read and closed. Raises ``FileNotFoundError``."""

    def exists(self, sha256: str) -> bool:
        """Whether the bytes are there, whole."""

    def delete(self, sha256: str) -> None:
        """Remove the bytes; nothing happens when there are none."""

    def iter(self) -> Iterator[tuple[str, int]]:
        """Every object: its SHA-256 and its size in bytes."""


class FolderStore:
    """A folder, ``aa/bb/aabb…``: written to a temporary file, synced, then renamed, so that a half file never shows."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def path(self, sha256: str) -> Path:
        """Where these bytes lie."""
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
        """The rename itself survives a power cut."""
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

    def iter(self) -> Iterator[tuple[str, int]]:
        for path in sorted(self.root.glob("??/??/*")):
            if len(path.name) == NAME_LENGTH:
                yield path.name, path.stat().st_size


class S3Store:
    """A bucket of anything that speaks S3; an object appears whole or not at all."""

    def __init__(
        self,
        bucket: str,
        *,
        endpoint: str | None = None,
        region: str = "us-east-1",
        access_key: str | None = None,
        secret_key: str | None = None,
    ) -> None:
        self.bucket = bucket
        self.client: Any = boto3.client(
            "s3",
            endpoint_url=endpoint,
            region_name=region,
            aws_access_key_id=access_key,
            aws_secret_access_key=secret_key,
            config=Config(
                connect_timeout=5,
                read_timeout=30,
                retries={"max_attempts": 4, "mode": "standard"},
                s3={"addressing_style": "path"} if endpoint else {},
                request_checksum_calculation="when_required",
                response_checksum_validation="when_required",
            ),
        )

    @staticmethod
    def key(sha256: str) -> str:
        """The object's key: spread as in the folder, so that a bucket can be copied to one."""
        return f"{sha256[:2]}/{sha256[2:4]}/{sha256}"

    def ensure_bucket(self) -> None:
        """Make the bucket when there is none."""
        try:
            self.client.head_bucket(Bucket=self.bucket)
        except ClientError as error:
            if not _missing(error):
                raise
            self.client.create_bucket(Bucket=self.bucket)

    def put(self, stream: BinaryIO, sha256: str, size: int) -> None:
        if self.exists(sha256):
            return
        self.client.put_object(Bucket=self.bucket, Key=self.key(sha256), Body=stream, ContentLength=size)

    def open(self, sha256: str) -> BinaryIO:
        try:
            answer = self.client.get_object(Bucket=self.bucket, Key=self.key(sha256))
        except ClientError as error:
            if _missing(error):
                raise FileNotFoundError(sha256) from error
            raise
        return cast(BinaryIO, answer["Body"])

    def exists(self, sha256: str) -> bool:
        try:
            self.client.head_object(Bucket=self.bucket, Key=self.key(sha256))
        except ClientError as error:
            if _missing(error):
                return False
            raise
        return True

    def delete(self, sha256: str) -> None:
        self.client.delete_object(Bucket=self.bucket, Key=self.key(sha256))

    def iter(self) -> Iterator[tuple[str, int]]:
        for page in self.client.get_paginator("list_objects_v2").paginate(Bucket=self.bucket):
            for item in page.get("Contents", ()):
                name = item["Key"].rpartition("/")[2]
                if len(name) == NAME_LENGTH:
                    yield name, item["Size"]


def _missing(error: ClientError) -> bool:
    return error.response.get("Error", {}).get("Code") in {"404", "NoSuchKey", "NoSuchBucket", "NotFound"}
