"""Progress on the terminal of ``lms run``: one line per step, with its time in seconds."""

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import click

STEP_WIDTH = 46
"""Columns of a step's name, so that the times stand below each other."""


def _write(text: str = "", *, nl: bool = True) -> None:
    """Prints; what cannot be printed (a full disk under a redirected output) is lost and stops nothing."""
    with suppress(OSError):
        click.echo(text, nl=nl)


@dataclass(slots=True)
class Step:
    """A step that has begun. Its line stays open for the time unless something else is printed meanwhile."""

    name: str
    began: float = field(default_factory=time.monotonic)
    open: bool = True

    def __post_init__(self) -> None:
        self._write_name()

    def say(self, text: str) -> None:
        """Prints a line of its own."""
        if self.open:
            _write()
        self.open = False
        _write(text)

    def done(self) -> None:
        """Prints the step's duration."""
        if not self.open:
            self._write_name()
        self.open = False
        _write(f"{time.monotonic() - self.began:6.1f} s")

    def _write_name(self) -> None:
        _write(f"  {f'{self.name} …':<{STEP_WIDTH}}", nl=False)


def say(text: str) -> None:
    """Prints one line."""
    _write(text)


@contextmanager
def step(name: str) -> Iterator[None]:
    """Prints the step's name before the block runs, and its duration after the block has succeeded."""
    begun = Step(name)
    try:
        yield
    except BaseException:
        _write()
        raise
    begun.done()


def shown(path: Path) -> str:
    """Returns the path relative to the working directory where possible."""
    try:
        return f"./{path.relative_to(Path.cwd())}"
    except ValueError:
        return str(path)
