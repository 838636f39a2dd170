"""Disturbances of the service during a load test: one restart of the database, three deaths of the worker.

The loop that does this also starts again what has died, as ``lms run`` does, and watches the processor time.
"""

import subprocess
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from lms.bench import processor
from lms.bench.pages import database_of, web_of
from lms.cli.throwaway import RunningService

RESTART_AT = 0.5
KILLS_AT = (0.25, 0.6, 0.8)
"""Moments as shares of the whole duration."""
TICK_SECONDS = 0.2
HEALED_SECONDS = 15.0
"""After the restart of the database, failures are expected for so long at most: the pools of all processes open new
connections, one process waits for another.
"""
LONGEST_SECONDS = 900.0
"""So much longer than planned the clients may take: they finish what they are at."""


@dataclass(slots=True)
class Meter:
    """Processor time of groups of processes, also of those that have ended since they were seen."""

    groups: Mapping[str, Callable[[], Iterable[int]]]
    _seen: dict[str, dict[tuple[int, str], int]] = field(default_factory=dict)
    _before: dict[str, int] = field(default_factory=dict)

    def look(self) -> None:
        """Reads the clocks of all living processes."""
        for name, pids in self.groups.items():
            self._seen.setdefault(name, {}).update(processor.ticks(pids()))
            self._before.setdefault(name, self._sum(name))

    def seconds(self, name: str) -> float:
        """Returns the processor seconds of the group since the first look."""
        return (self._sum(name) - self._before[name]) / processor.TICKS

    def _sum(self, name: str) -> int:
        return sum(self._seen[name].values())


def meter_of(service: RunningService) -> Meter:
    """Returns a meter of the web, the workers and the database."""

    def workers() -> list[int]:
        return [child.process.pid for child in service.children[1:] if child.process is not None]

    return Meter({"web": lambda: web_of(service), "worker": workers, "database": lambda: database_of(service)})


@dataclass(frozen=True, slots=True)
class Run:
    """Length of the run in seconds, the moments between which the database was away, the number of killed workers."""

    seconds: float
    away: tuple[float, float]
    kills: int

    def explains(self, at: float, seconds: float) -> bool:
        """Returns whether a request of this time met the restart of the database."""
        return at <= self.away[1] + HEALED_SECONDS and at + seconds >= self.away[0]


class Disturber:
    """Watches the service while the clients run."""

    def __init__(self, service: RunningService, meter: Meter, *, ledger: Path, seconds: float) -> None:
        self.service, self.meter, self.ledger, self.seconds = service, meter, ledger, seconds
        self.away = (0.0, 0.0)
        self.kills = 0
        self._due: list[tuple[float, Callable[[], None]]] = sorted(
            [(RESTART_AT, self._restart), *((moment, self._kill) for moment in KILLS_AT)], key=lambda one: one[0]
        )

    def watch(self, clients: "subprocess.Popen[bytes]") -> Run:
        """Disturbs the service from the first request until the clients end. Raises ``TimeoutExpired`` when they do
        not.
        """
        began = time.monotonic()
        while clients.poll() is None:
            if not self._has_begun():
                began = time.monotonic()
            passed = time.monotonic() - began
            self._tend(passed / self.seconds)
            if passed > self.seconds + LONGEST_SECONDS:
                raise subprocess.TimeoutExpired(clients.args, passed)
            time.sleep(TICK_SECONDS)
        return Run(time.monotonic() - began, self.away, self.kills)

    def _has_begun(self) -> bool:
        """Returns whether the clients have noted their first request."""
        return self.ledger.exists() and self.ledger.stat().st_size > 0

    def revive(self) -> None:
        """Starts again what has died. Who waits for the workers after the clients have ended calls it too: the last
        death may be younger than the pause before a new start.
        """
        for child in self.service.children:
            child.tend()

    def _tend(self, share: float) -> None:
        self.revive()
        self.meter.look()
        while self._due and share >= self._due[0][0]:
            _moment, disturb = self._due.pop(0)
            disturb()

    def _restart(self) -> None:
        began = time.time()
        self.service.servers.restart_database()
        self.away = (began, time.time())

    def _kill(self) -> None:
        """Kills the worker with all its processes, in the middle of what they do."""
        worker = self.service.children[1]
        worker.end()
        self.kills += 1
