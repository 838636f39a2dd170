"""Typesetting: a typst template and plain data make a PDF.

Each thread keeps one compiler for the life of the process: loading the fonts and compiling a template make the first
page cost ten times the next. A text never becomes markup: it travels as JSON in a string literal and reaches the
template as a string. (With ``sys.inputs``, the usual way, each new value makes typst forget every template, which is
three times slower.) The file claims PDF/A-2b and PDF/UA-1; typst refuses to write a file that breaks them.
"""

import io
import json
import os
import threading
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

import segno
import typst

from lms.core.documents.font_coverage import FONTS, MORE_FONTS, printable

ROOT = Path(__file__).parents[3]
"""Root of the templates' paths. Templates stand beside the code that fills them."""

STANDARDS: list[Any] = ["a-2b", "ua-1"]


class TypesettingError(RuntimeError):
    """The template could not be typeset. The message is typst's own, for the template's developer."""


class Typesetter:
    """Typesets documents with the shipped fonts only, without the network and the machine's fonts.

    Threads may share it. Processes may not: typst's threads do not survive a fork, and a child process that inherits a
    typesetter would wait for ever, so an error is raised instead. Neither a worker's main process nor a web server's
    typesets, only their children do.
    """

    def __init__(self) -> None:
        self._local = threading.local()
        self._process = os.getpid()

    def _compiler(self) -> typst.Compiler:
        if self._process != os.getpid():
            raise TypesettingError("the typesetter was made before the fork; make it in the child process")
        if not hasattr(self._local, "compiler"):
            self._local.compiler = typst.Compiler(root=ROOT, font_paths=_fonts(), ignore_system_fonts=True)
        return cast(typst.Compiler, self._local.compiler)

    def pdf(
        self,
        template: Path,
        data: Mapping[str, Any],
        *,
        created: datetime,
        images: Mapping[str, str] | None = None,
    ) -> bytes:
        """Returns the document as PDF; the same arguments give the same bytes.

        ``template`` is a typst file of this project that exports ``typeset(data, images)``. ``data`` holds strings,
        numbers, lists and mappings; its strings are made printable first. ``images`` are SVG sources by name. Raises
        `TypesettingError` when the template is wrong or the result would break the standards.
        """
        source = _main(template, _printable(data), dict(images or {}))
        stamp = int(created.astimezone(UTC).timestamp())
        try:
            result = self._compiler().compile(source, format="pdf", pdf_standards=STANDARDS, timestamp=stamp)
        except typst.TypstError as error:
            raise TypesettingError(error.diagnostic or error.message) from error
        return cast(bytes, result)


def _literal(value: Any) -> str:
    """Returns the value as a typst expression: JSON in ASCII, in a string whose quotes and backslashes are escaped."""
    text = json.dumps(value).replace("\\", "\\\\").replace('"', '\\"')
    return f'json(bytes("{text}"))'


def _main(template: Path, data: Any, images: dict[str, str]) -> bytes:
    name = template.relative_to(ROOT).as_posix()
    return f'#import "/{name}": typeset\n#typeset({_literal(data)}, {_literal(images)})'.encode("ascii")


def _printable(value: Any) -> Any:
    """Returns the data with every string made printable."""
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, Mapping):
        return {key: _printable(item) for key, item in value.items()}
    return [_printable(item) for item in value] if isinstance(value, list | tuple) else value


@lru_cache(maxsize=1)
def _fonts() -> typst.Fonts:
    """Returns the fonts, loaded once per process."""
    folders = [folder for folder in (FONTS, MORE_FONTS) if folder.exists()]
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=folders)


@lru_cache(maxsize=1)
def typesetter() -> Typesetter:
    """Returns this process's typesetter, made for its first document."""
    return Typesetter()


def qr_svg(text: str) -> str:
    """Returns a QR code as SVG, black on transparent, without its quiet zone of four modules, which the template leaves
    free.

    Level M restores 15 % of a worn print. The mask is fixed: every mask reads alike, and trying all eight costs six
    times the code (measured: the penalty of mask 2 is 4 % above the best one's).
    """
    target = io.BytesIO()
    code = segno.make_qr(text, error="m", boost_error=False, mask=2)
    code.save(target, kind="svg", xmldecl=False, omitsize=True, border=0, svgclass=None, lineclass=None)
    return target.getvalue().decode("ascii")
