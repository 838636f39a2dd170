"""Streaming of a group's certificates as one .zip; the server never holds the whole archive."""

import io
import zipfile
from collections.abc import Iterator, Sequence

from assessment.certificates.operations import file_name
from assessment.models.certificates import Certificate
from lms.core.files.operations import open_file


class _WriteOnlyStream(io.RawIOBase):
    """Write-only stream that keeps what the archive writes until it is read; not seekable."""

    def __init__(self) -> None:
        super().__init__()
        self.pieces: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, piece: bytes) -> int:  # type: ignore[override]
        self.pieces.append(bytes(piece))
        return len(piece)

    def taken(self) -> bytes:
        """Returns the bytes written since the previous call."""
        pieces, self.pieces = self.pieces, []
        return b"".join(pieces)


def zip_stream(certificates: Sequence[Certificate]) -> Iterator[bytes]:
    """Yields the archive's bytes; PDF is already compressed, so files are stored without compression."""
    papers = [(file_name(certificate), certificate.file) for certificate in certificates if certificate.file]
    pipe = _WriteOnlyStream()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_STORED) as archive:
        for name, file in papers:
            with open_file(file) as paper:
                archive.writestr(name, paper.read())
            yield pipe.taken()
    yield pipe.taken()
