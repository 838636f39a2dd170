"""``lms bench``: figures as JSON lines, each beside its ceiling, on throw-away servers and data."""

import os
import sys

import click

NAMES = (
    "grade_attempts",
    "first_results",
    "regrade_attempts",
    "issue_certificates",
    "page_course",
    "page_dashboard",
    "page_grid_500",
    "page_queue",
    "page_task",
    "queries",
    "launch",
    "score",
    "roster",
    "attempt_http",
    "import_docx",
    "upload_50mb",
    "cold_start",
    "memory",
)
ROUNDS = 5


@click.command()
@click.option("--only", multiple=True, type=click.Choice(NAMES), help="Measure just this; may be given several times.")
@click.option("--rounds", default=ROUNDS, show_default=True, type=click.IntRange(1, 25), help="Medians of so many.")
def command(only: tuple[str, ...], rounds: int) -> None:
    """Measure, each figure beside its ceiling; one JSON line each.

    Runs as a process of its own, because the layer of the benchmark stands above the web and the worker that it
    measures.
    """
    chosen = [f"--only={name}" for name in only]
    os.execv(sys.executable, [sys.executable, "-m", "lms.bench", f"--rounds={rounds}", *chosen])  # noqa: S606
