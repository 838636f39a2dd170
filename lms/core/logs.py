"""Structured logs: one line per event, with the request's id, which the worker's lines carry too."""

import logging
import sys
from typing import Literal, TextIO

import structlog


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
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info if form == "json" else _as_it_is,
            last,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=lambda *_names: structlog.PrintLogger(stream or sys.stderr),  # standard error at this moment
        cache_logger_on_first_use=False,
    )
    logging.basicConfig(format="%(levelname)s %(name)s %(message)s", level=logging.WARNING, stream=stream or sys.stderr)


def _as_it_is(
    _logger: structlog.types.WrappedLogger, _name: str, event: structlog.types.EventDict
) -> structlog.types.EventDict:
    return event
