"""Structured logs: one line per event, with the request's id, which the worker's lines carry too."""

import logging
import re
import sys
from contextlib import suppress
from typing import Literal, TextIO, cast

import structlog

DETAIL = re.compile(r"^((?:DETAIL|CONTEXT|HINT):).*$", re.MULTILINE)


def configure_logging(
    form: Literal["console", "json"] = "console", level: int = logging.INFO, *, stream: TextIO | None = None
) -> None:
    """Configures structlog and logging: readable lines or JSON, to this stream or to standard error."""
    last: structlog.types.Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if form == "json"
        else structlog.dev.ConsoleRenderer(
            colors=(stream or sys.stderr).isatty(), exception_formatter=structlog.dev.plain_traceback
        )
    )
    # Standard error is looked up at each line: tests replace it.
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            _hide_details,
            last,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=lambda *_names: structlog.PrintLogger(cast(TextIO, UnfailingStream(stream or sys.stderr))),
        cache_logger_on_first_use=False,
    )
    logging.basicConfig(format="%(levelname)s %(name)s %(message)s", level=logging.WARNING, stream=stream or sys.stderr)


class UnfailingStream:
    """Writes lines, and loses those that cannot be written: a full disk must not fail the work that is logged.

    (Handlers of ``logging`` do so by themselves.)
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> None:
        """Writes the text if there is room for it."""
        with suppress(OSError, ValueError):
            self._stream.write(text)

    def flush(self) -> None:
        """Writes what is buffered if there is room for it."""
        with suppress(OSError, ValueError):
            self._stream.flush()


def without_details(text: str) -> str:
    """Returns the text of an error without the values that PostgreSQL repeats in its details."""
    return DETAIL.sub(r"\1 …", text)


def _hide_details(
    _logger: structlog.types.WrappedLogger, _name: str, event: structlog.types.EventDict
) -> structlog.types.EventDict:
    if isinstance(traceback := event.get("exception"), str):
        event["exception"] = without_details(traceback)
    return event
