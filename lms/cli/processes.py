"""The processes of ``lms run``: each is restarted with growing pauses when it dies, and all are stopped at the end."""

import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from lms.devserver import processes as children

PAUSES = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0)
"""Seconds before each next start; the last one repeats."""

SETTLED_SECONDS = 60.0
"""A death after so long a life counts as the first again."""

STOP_SECONDS = 15.0


@dataclass(slots=True)
class Child:
    """One process: its command, the log that its output goes to, and how often it has died lately.

    ``reloading`` is the signal that makes it load its code again; without one ``reload`` stops and starts it.
    """

    name: str
    command: Sequence[str]
    log: Path
    environment: Mapping[str, str]
    files: tuple[int, ...] = ()
    reloading: signal.Signals | None = None
    deaths: int = 0
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)
    started: float = 0.0
    due: float = 0.0
    stopped_to_reload: bool = False

    def start(self) -> None:
        """Starts the process in a session of its own; it ends when we end."""
        self.process = children.spawn(
            self.command, log=self.log, env=dict(self.environment), pass_fds=self.files, ending=signal.SIGTERM
        )
        self.started = time.monotonic()
        self.stopped_to_reload = False

    def tend(self) -> str | None:
        """Starts the process when it is due. Returns a line for the terminal when it has died."""
        now = time.monotonic()
        if self.process is None:
            return self._start_when_due(now)
        code = self.process.poll()
        if code is None:
            return None
        if self.stopped_to_reload:
            self.end()
            self.start()
            return None
        return self._died(code, now)

    def _start_when_due(self, now: float) -> str | None:
        if now < self.due:
            return None
        try:
            self.start()
        except OSError as error:  # no room for the log, or no memory for a process
            self.started = now
            return self._wait_longer(now, f"{self.name} cannot be started: {error.strerror}")
        return None

    def reload(self) -> None:
        """Makes the process run the changed code: at once when it is waiting for its next start."""
        self.deaths = 0
        if not self.lives():
            self.due = 0.0
        elif self.process is not None:
            self.process.send_signal(self.reloading or signal.SIGTERM)
            self.stopped_to_reload = self.reloading is None

    def _died(self, code: int, now: float) -> str:
        self.end()
        self.process = None
        return self._wait_longer(now, f"{self.name} {_ended(code)}")

    def _wait_longer(self, now: float, what: str) -> str:
        """Sets the moment of the next start; returns the line about it."""
        self.deaths = 1 if now - self.started > SETTLED_SECONDS else self.deaths + 1
        pause = PAUSES[min(self.deaths, len(PAUSES)) - 1]
        self.due = now + pause
        return f"{what}; starting it again in {pause:.0f} s. Its log: {self.log}"

    def ask_to_stop(self) -> None:
        """Sends SIGTERM to the process alone: it stops its own children."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)

    def end(self) -> None:
        """Kills everything that is left of the process's session."""
        if self.process is not None:
            children.kill_session(self.process.pid)
            self.process.wait()

    def lives(self) -> bool:
        """Returns whether the process runs."""
        return self.process is not None and self.process.poll() is None


def stop_all(them: Sequence[Child], hurry: Callable[[], bool]) -> None:
    """Asks every child to stop, waits until they have or ``hurry()`` is true, then kills the rest."""
    for child in them:
        child.ask_to_stop()
    limit = time.monotonic() + STOP_SECONDS
    while any(child.lives() for child in them) and time.monotonic() < limit and not hurry():
        time.sleep(0.05)
    for child in them:
        child.end()


def _ended(code: int) -> str:
    return f"was killed by signal {-code}" if code < 0 else f"ended with code {code}"
