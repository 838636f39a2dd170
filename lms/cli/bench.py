"""``lms bench``: figures as JSON lines, each beside its ceiling, on throw-away servers and data."""

import os
import sys

import click


@click.command(context_settings={"ignore_unknown_options": True, "help_option_names": []})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def command(arguments: tuple[str, ...]) -> None:
    """Measure; --help tells the options. It runs as a process of its own: it measures web and worker from above."""
    os.execv(sys.executable, [sys.executable, "-m", "lms.bench", *arguments])  # noqa: S606
