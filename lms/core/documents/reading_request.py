"""Data that ``limited_reading`` exchanges with its child process."""

from dataclasses import dataclass
from typing import Any, Final

MEGABYTE: Final = 1024 * 1024
SENTENCES: Final = "lms.error_messages.catalogue"
"""Module of the sentences that a reader may compose; named and not imported, because it stands above this package."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of one child: address space, processor time, time, and bytes of its answer."""

    memory_bytes: int = 768 * MEGABYTE
    cpu_seconds: int = 10
    seconds: int = 40
    output_bytes: int = 32 * MEGABYTE


@dataclass(frozen=True, slots=True)
class Request:
    """A request to the child; ``reader`` is a module and the name of a function of a file's bytes."""

    reader: tuple[str, str]
    contents: tuple[bytes, ...]
    options: dict[str, Any]
    locale: str
    catalogue: bytes
    limits: Limits


@dataclass(frozen=True, slots=True)
class Answer:
    """The child's answer about one file: the value, or the code of a refusal, or the traceback of a fault."""

    value: Any = None
    code: str = ""
    params: dict[str, Any] | None = None
    fault: str = ""
