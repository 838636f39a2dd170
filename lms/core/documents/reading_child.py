"""The child process of ``limited_reading``: limits itself, reads each file of the request, writes an answer each."""

import os
import pickle
import resource
import signal
import sys
import traceback
from contextlib import suppress
from importlib import import_module
from typing import IO, Any

from lms.core.documents.errors import UnreadableDocument
from lms.core.documents.reading_request import SENTENCES, Answer, Limits, Request
from lms.core.i18n import adopt_catalogue, set_locale
from lms.core.sentences import declare_sentences


def main() -> None:
    """Answers the request of the standard input on the standard output; what readers print goes to the errors."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    request: Request = pickle.load(sys.stdin.buffer)  # noqa: S301  # the parent wrote it
    limit(request.limits)
    adopt_catalogue(request.locale, request.catalogue)
    set_locale(request.locale)
    declare_sentences(import_module(SENTENCES).SENTENCES)
    module, name = request.reader
    reader = getattr(import_module(module), name)
    for content in request.contents:
        _write(answers, _answer(reader, content, request.options))


def limit(limits: Limits) -> None:
    """Sets the limits of this process; the system ends it when it exceeds one, or its requests for memory fail."""
    signal.alarm(limits.seconds)
    for kind, most in (
        (resource.RLIMIT_AS, limits.memory_bytes),
        (resource.RLIMIT_CPU, limits.cpu_seconds),
        (resource.RLIMIT_FSIZE, limits.output_bytes),
        (resource.RLIMIT_CORE, 0),
    ):
        with suppress(ValueError, OSError):  # macOS knows no limit of address space
            resource.setrlimit(kind, (most, most))


def _answer(reader: Any, content: bytes, options: dict[str, Any]) -> Answer:
    try:
        return Answer(reader(content, **options))
    except UnreadableDocument as error:
        return Answer(code=error.code, params=error.params)
    except (MemoryError, RecursionError):
        return Answer(code="document_needs_too_much")
    except Exception:
        return Answer(fault=traceback.format_exc())


def _write(answers: IO[bytes], answer: Answer) -> None:
    """Writes the answer whole; one above the limit ends the process."""
    pickle.dump(answer, answers)
    answers.flush()


if __name__ == "__main__":
    main()
