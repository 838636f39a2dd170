"""The processes of ``lms run``: each restarted with growing pauses when it dies, and all of them stopped in the end."""

import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from lms.devserver import processes

PAUSES = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0)
"""Seconds before each next start; the last one repeats."""

SETTLED_SECONDS = 60.0
"""After so long a life a death counts as the first again."""

STOP_SECONDS = 15.0


@dataclass(slots=True)
class Child:
    """One process: how to start it, where its output goes, how often it died lately."""

    name: str
    command: Sequence[str]
    log: Path
    environment: Mapping[str, str]
    files: tuple[int, ...] = ()
    deaths: int = 0
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)
    started: float = 0.0
    due: float = 0.0

    def start(self) -> None:
        """Starts it, in a session of its own, to end when we end."""
        self.process = processes.spawn(
            self.command, log=self.log, env=dict(self.environment), pass_fds=self.files, ending=signal.SIGTERM
        )
        self.started = time.monotonic()

    def tend(self) -> str | None:
        """Notices a death and starts it again when its pause is over; what to tell about it, if anything."""
        now = time.monotonic()
        if self.process is None:
            if now >= self.due:
                self.start()
            return None
        code = self.process.poll()
        if code is None:
            return None
        return self._died(code, now)

    def _died(self, code: int, now: float) -> str:
        self.end()
        self.deaths = 1 if now - self.started > SETTLED_SECONDS else self.deaths + 1
        pause = PAUSES[min(self.deaths, len(PAUSES)) - 1]
        self.process, self.due = None, now + pause
        return f"{self.name} {_ended(code)}; starting it again in {pause:.0f} s. Its log: {self.log}"

    def ask_to_stop(self) -> None:
        """The polite signal, to the process itself: it tells its own children."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)

    def end(self) -> None:
        """Whatever is left of its session is killed."""
        if self.process is not None:
            processes.kill_session(self.process.pid)
            self.process.wait()


def stop_all(them: Sequence[Child], hurry: Callable[[], bool]) -> None:
    """Asks every child to stop, waits while any lives and nobody is in a hurry, then kills what is left."""
    for child in them:
        child.ask_to_stop()
    limit = time.monotonic() + STOP_SECONDS
    while any(_lives(child) for child in them) and time.monotonic() < limit and not hurry():
        time.sleep(0.05)
    for child in them:
        child.end()


def _lives(child: Child) -> bool:
    return child.process is not None and child.process.poll() is None


def _ended(code: int) -> str:
    return f"was killed by signal {-code}" if code < 0 else f"ended with code {code}"
