"""Typesetting: a typst template and plain data in, a PDF out.

One compiler a thread is kept for the life of the process: the fonts and what typst remembers of a template make the
first page cost ten times the next. A text never becomes markup: it travels as JSON inside a string literal, and meets
the template as a string. (In ``sys.inputs``, the usual way, each new value makes typst forget every template: three
times slower.) The file claims PDF/A-2b and PDF/UA-1; typst refuses to write one that it knows to break them.
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

from lms.core.documents.font_coverage import FONTS, printable

ROOT = Path(__file__).parents[3]
"""Templates live beside the code that fills them and name each other from here."""

STANDARDS: list[Any] = ["a-2b", "ua-1"]


class TypesettingError(RuntimeError):
    """The template could not be set; the message is typst's own, for whoever maintains the template."""


class Typesetter:
    """Sets documents with the shipped fonts alone, and nothing from the network or from the machine's own fonts.

    Threads may share it. Processes may not: typst's threads do not survive a fork, and a child that inherits a
    typesetter would wait for ever, so that it is told instead. Neither a worker's main process nor a web server's
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
        """The document as PDF; the same arguments give the same bytes.

        ``template`` is a typst file of this project that exports ``typeset(data, images)``. ``data`` holds strings,
        numbers, lists and mappings; its strings are made printable first. ``images`` are SVG sources by name.
        Raises `TypesettingError` when the template is wrong or the result would break the standards.
        """
        source = _main(template, _printable(data), dict(images or {}))
        stamp = int(created.astimezone(UTC).timestamp())
        try:
            result = self._compiler().compile(source, format="pdf", pdf_standards=STANDARDS, timestamp=stamp)
        except typst.TypstError as error:
            raise TypesettingError(error.diagnostic or error.message) from error
        return cast(bytes, result)


def _literal(value: Any) -> str:
    """The value as a typst expression: JSON in ASCII, whose only signs with a meaning inside quotes are two."""
    text = json.dumps(value).replace("\\", "\\\\").replace('"', '\\"')
    return f'json(bytes("{text}"))'


def _main(template: Path, data: Any, images: dict[str, str]) -> bytes:
    name = template.relative_to(ROOT).as_posix()
    return f'#import "/{name}": typeset\n#typeset({_literal(data)}, {_literal(images)})'.encode("ascii")


def _printable(value: Any) -> Any:
    """The same data with every string made printable."""
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, Mapping):
        return {key: _printable(item) for key, item in value.items()}
    return [_printable(item) for item in value] if isinstance(value, list | tuple) else value


@lru_cache(maxsize=1)
def _fonts() -> typst.Fonts:
    """The shipped fonts, loaded once a process."""
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[FONTS])


@lru_cache(maxsize=1)
def typesetter() -> Typesetter:
    """This process's typesetter, made at its first document."""
    return Typesetter()


def qr_svg(text: str) -> str:
    """A QR code as SVG, black on nothing, without its quiet zone of four modules: the template leaves that free.

    Level M restores 15 % of a worn print. The mask is fixed: any is read alike, and trying all eight costs six times
    the code (measured: the penalty of mask 2 is 4 % above the best one's).
    """
    target = io.BytesIO()
    code = segno.make_qr(text, error="m", boost_error=False, mask=2)
    code.save(target, kind="svg", xmldecl=False, omitsize=True, border=0, svgclass=None, lineclass=None)
    return target.getvalue().decode("ascii")
