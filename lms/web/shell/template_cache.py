"""Compiled templates kept in a folder, so that a new process loads them instead of compiling each at its first use."""

from contextlib import suppress
from importlib.metadata import version
from pathlib import Path

from flask import Flask
from jinja2.bccache import Bucket, FileSystemBytecodeCache

OPTIONS = 3
"""Raised with every change of the environment's options, extensions and code, on which compiled code depends too."""


class TemplateCache(FileSystemBytecodeCache):
    """Entries belong to a template's text; one that cannot be read or written (a full disk) is left out."""

    def load_bytecode(self, bucket: Bucket) -> None:
        """Reads an entry; without one the template is compiled."""
        with suppress(OSError):
            super().load_bytecode(bucket)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Writes an entry, whole or not at all."""
        with suppress(OSError):
            super().dump_bytecode(bucket)


def init_template_cache(app: Flask, folder: Path) -> None:
    """Lets the application load compiled templates from this folder, which only its own account may write."""
    place = folder / f"jinja-{version('jinja2')}-{OPTIONS}"
    with suppress(OSError):
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
    app.jinja_env.bytecode_cache = TemplateCache(str(place))
