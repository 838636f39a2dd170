"""Reads files of strangers in a child process with limits of memory, time and output.

Every reader of an uploaded file goes through here: previews, imports, rosters, questions, pictures. Whatever the file
makes of its reader, this process keeps its memory and answers with words. The child has no settings, no connections
and no environment, and sends back plain data only.
"""

import os
import pickle  # the child's answer is read with a list of permitted classes
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from tempfile import TemporaryFile
from typing import IO, Any, Final, TypeVar, cast

from lms.core.documents.errors import UnreadableDocument
from lms.core.documents.reading_request import Answer, Limits, Request
from lms.core.i18n import compiled_catalogue, current_locale
from lms.core.sentences import ErrorDetail

Value = TypeVar("Value")

COMMAND: Final = (sys.executable, "-I", "-B", "-m", "lms.core.documents.reading_child")
MOST_AT_ONCE: Final = 2
"""Children of one process at a time; others wait."""
WAITING_SECONDS: Final = 20.0
PLAIN: Final = (Decimal, date, ErrorDetail)
USUAL: Final = Limits()

_places = threading.BoundedSemaphore(MOST_AT_ONCE)


def read_within_limits(
    reader: Callable[..., Value], content: bytes, *, kinds: Sequence[type] = (), limits: Limits = USUAL, **options: Any
) -> Value:
    """Returns ``reader(content, **options)``, computed by a child process.

    ``reader`` is a function of a module. ``kinds`` are the data classes of its result, beside numbers, texts, dates and
    collections. Raises ``UnreadableDocument`` as the reader does, when a limit was reached, and when the reader failed.
    """
    found = read_each_within_limits(reader, [content], kinds=kinds, limits=limits, **options)[0]
    if isinstance(found, UnreadableDocument):
        raise found
    return found


def read_each_within_limits(
    reader: Callable[..., Value],
    contents: Sequence[bytes],
    *,
    kinds: Sequence[type] = (),
    limits: Limits = USUAL,
    **options: Any,
) -> list[Value | UnreadableDocument]:
    """Returns the result for each file, or the reason why there is none; a file cannot spoil the next one."""
    found: list[Value | UnreadableDocument] = []
    name, locale = (reader.__module__, reader.__qualname__), current_locale()
    while len(found) < len(contents):
        rest = tuple(contents[len(found) :])
        request = Request(name, rest, options, locale, compiled_catalogue(locale), limits)
        found += [cast(Value | UnreadableDocument, _result(one)) for one in _ask(request, (*PLAIN, *kinds))]
    return found


def _result(answer: Answer) -> Any:
    if answer.fault:
        _log().error("reading_failed", traceback=answer.fault)
        return UnreadableDocument(code="document_not_understood")
    return UnreadableDocument(code=answer.code, params=answer.params) if answer.code else answer.value


def _ask(request: Request, kinds: Sequence[type]) -> list[Answer]:
    """Returns the child's answers; if it was stopped, the last one says so, and files after it have none."""
    try:
        with _place(), TemporaryFile() as asked, TemporaryFile() as answer, TemporaryFile() as said:
            pickle.dump(request, asked)
            asked.seek(0)
            ended = _run(asked, answer, said, request.limits.seconds)
            found = list(_answers(answer, kinds))[: len(request.contents)]
            if len(found) < len(request.contents):
                _log().warning("reading_stopped", reader=".".join(request.reader), code=ended, said=_end_of(said))
                found.append(Answer(code="document_needs_too_much"))
            return found
    except OSError as error:  # no room for the files, no memory for a process
        _log().error("reading_impossible", exc_info=error)
        return [Answer(code="document_not_read_now")]


@contextmanager
def _place() -> Iterator[None]:
    if not _places.acquire(timeout=WAITING_SECONDS):
        raise OSError("too many files are read at once")
    try:
        yield
    finally:
        _places.release()


def _run(asked: IO[bytes], answer: IO[bytes], said: IO[bytes], seconds: int) -> int:
    """Runs the child to its end or until its time is over; returns its exit code. Leaves no zombie."""
    with subprocess.Popen(  # noqa: S603
        COMMAND, stdin=asked, stdout=answer, stderr=said, cwd="/", env={"PATH": os.defpath}, start_new_session=True
    ) as child:
        try:
            return child.wait(seconds)
        except subprocess.TimeoutExpired:
            return -1
        finally:
            child.kill()


def _answers(answer: IO[bytes], kinds: Sequence[type]) -> Iterator[Answer]:
    """Yields the whole answers of a child that may have been stopped in the middle of one."""
    answer.seek(0)
    while True:
        try:
            found = _PlainUnpickler(answer, (Answer, *kinds)).load()
        except NotPlainError as error:
            yield Answer(fault=str(error))
            return
        except (EOFError, pickle.UnpicklingError, ValueError, TypeError, AttributeError, LookupError, MemoryError):
            return
        if not isinstance(found, Answer):
            return
        yield found


class NotPlainError(pickle.UnpicklingError):
    """An answer holds an instance of a class that is not permitted."""


class _PlainUnpickler(pickle.Unpickler):
    """Restores instances of these classes and of no other: a reader that was taken over cannot run anything here."""

    def __init__(self, source: IO[bytes], kinds: Sequence[type]) -> None:
        super().__init__(source)
        self._kinds = {(kind.__module__, kind.__qualname__): kind for kind in kinds}

    def find_class(self, module: str, name: str) -> Any:
        """Returns the class. Raises ``NotPlainError`` for one that is not permitted."""
        try:
            return self._kinds[module, name]
        except KeyError:
            raise NotPlainError(f"{module}.{name} is no plain data") from None


def _log() -> Any:
    import structlog  # slow to import, and modules with readers import this one in the child

    return structlog.get_logger()


def _end_of(said: IO[bytes]) -> str:
    length = said.seek(0, os.SEEK_END)
    said.seek(max(0, length - 2_000))
    return said.read().decode(errors="replace")
