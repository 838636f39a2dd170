"""The file of requests and of confirmed facts that the clients write, one JSON object a line."""

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TextIO


class Ledger:
    """Writes the file; each line is complete before the next one begins."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def request(self, kind: str, *, at: float, seconds: float, status: int, good: bool) -> None:
        """Writes a request: its kind, when it was sent, how long it took, the status (0: no answer)."""
        self._write("request", kind=kind, at=at, seconds=seconds, status=status, good=good)

    def confirmed(self, what: str, **values: Any) -> None:
        """Writes something that the service has confirmed to a person."""
        self._write(what, **values)

    def error(self, text: str) -> None:
        """Writes what a person could not get done."""
        self._write("error", text=text)

    def _write(self, what: str, **values: Any) -> None:
        self._stream.write(json.dumps({"what": what, **values}, ensure_ascii=False) + "\n")


@dataclass(frozen=True, slots=True)
class Asked:
    """One request."""

    kind: str
    at: float
    seconds: float
    status: int
    good: bool


@dataclass(frozen=True, slots=True)
class Records:
    """The whole file, read."""

    requests: Sequence[Asked]
    errors: Sequence[str]
    facts: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    """Facts that the service has confirmed, by kind."""

    def of(self, what: str) -> list[dict[str, Any]]:
        """Returns the facts of this kind."""
        return self.facts.get(what, [])


def read_ledger(path: Path) -> Records:
    """Returns what the file holds."""
    rows: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for line in path.read_text(encoding="utf-8").splitlines():
        values = json.loads(line)
        rows[values.pop("what")].append(values)
    requests = [Asked(**one) for one in rows.pop("request", [])]
    errors = [one["text"] for one in rows.pop("error", [])]
    return Records(requests, errors, dict(rows))
