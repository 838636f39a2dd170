"""Copies stored bytes from one store to another, comparing their hash."""

import hashlib
import tempfile

from lms.core.files.store import PIECE, Store


def copy_bytes(source: Store, target: Store, sha256: str, size: int) -> bool:
    """Copies one file. Returns whether the source has it, with the bytes that its name is the hash of."""
    found = hashlib.sha256()
    with tempfile.TemporaryFile() as whole:
        try:
            with source.open(sha256) as stream:
                while piece := stream.read(PIECE):
                    found.update(piece)
                    whole.write(piece)
        except FileNotFoundError:
            return False
        if found.hexdigest() != sha256:
            return False
        whole.seek(0)
        target.put(whole, sha256, size)
    return True
