"""All papers of a group as one .zip, piece by piece: the server never holds the whole of it."""

import io
import zipfile
from collections.abc import Iterator, Sequence

from assessment.certificates.operations import file_name
from assessment.models.certificates import Certificate
from lms.core.files.operations import open_file


class _Pipe(io.RawIOBase):
    """Takes what the archive writes and gives it on; it cannot go back, as a network cannot."""

    def __init__(self) -> None:
        super().__init__()
        self.pieces: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, piece: bytes) -> int:  # type: ignore[override]
        self.pieces.append(bytes(piece))
        return len(piece)

    def taken(self) -> bytes:
        """What came since the last time."""
        pieces, self.pieces = self.pieces, []
        return b"".join(pieces)


def zipped(certificates: Sequence[Certificate]) -> Iterator[bytes]:
    """The archive's bytes; PDF is compressed already, so that it is stored as it is."""
    papers = [(file_name(certificate), certificate.file) for certificate in certificates if certificate.file]
    pipe = _Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_STORED) as archive:
        for name, file in papers:
            with open_file(file) as paper:
                archive.writestr(name, paper.read())
            yield pipe.taken()
    yield pipe.taken()
