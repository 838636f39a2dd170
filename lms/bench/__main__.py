"""``python -m lms.bench``: the process that ``lms bench`` starts. Its layer stands above the web."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click
import structlog

from lms.bench import attempts_http, launching, rosters, scores, whole_service
from lms.bench.figures import Figure, cheaper, in_turn
from lms.bench.jobs import Bench
from lms.bench.pages import Pages, PlainService, database_of
from lms.bench.queries import count_all
from lms.bench.regrading import Regrading
from lms.bench.world import World, make_world
from lms.cli.bench import NAMES, ROUNDS
from lms.cli.processes import Child, stop_all
from lms.cli.run import listening, readiness, web_child
from lms.cli.throwaway import RunningService, throwaway
from lms.core.i18n import set_locale

CLIENTS = 8
LONGEST_WAIT = 2.0
"""Seconds within which trainees should have their results when 200 hand in at the same moment."""


@click.command()
@click.option("--only", multiple=True, type=click.Choice(NAMES), help="Measure just this; may be given several times.")
@click.option("--rounds", default=ROUNDS, show_default=True, type=click.IntRange(1, 25), help="Medians of so many.")
def main(only: tuple[str, ...], rounds: int) -> None:
    """Prints each figure with its ceiling as one JSON line."""
    set_locale("ru")
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))  # only figures are printed
    chosen = only or NAMES
    with throwaway(workers=2, threads=4, jobs=1, beat=False) as service:
        click.echo("Making the course and its groups …", err=True)
        with service.parts.sessions.begin() as session:
            world = make_world(session, clients=CLIENTS)
        service.ready()
        for figure in figures(service, world, chosen, rounds):
            click.echo(figure.line())
            sys.stdout.flush()


def figures(service: RunningService, world: World, chosen: tuple[str, ...], rounds: int) -> Iterator[Figure]:
    """Yields the chosen figures, measured one after the other, so that none disturbs another."""
    settings = service.parts.settings
    if {"grade_attempts", "first_results", "regrade_attempts", "issue_certificates"} & set(chosen):
        with empty_worker(service):
            yield from of_worker(service, world, chosen, rounds)
    if any(name.startswith("page_") for name in chosen):
        with plain_web(service) as plain:
            yield from Pages(service, world, plain).measure(chosen, rounds)
    if "queries" in chosen:
        yield from count_all(settings, world)
    if "launch" in chosen:
        yield from launching.measure(settings, world, rounds=rounds)
    if "score" in chosen:
        yield scores.measure(service.parts.sessions, settings, world, rounds=rounds)
    if "roster" in chosen:
        yield rosters.measure(service.parts.sessions, world, rounds=rounds)
    yield from of_service(service, world, chosen, rounds)


def of_worker(service: RunningService, world: World, chosen: tuple[str, ...], rounds: int) -> Iterator[Figure]:
    """Yields the figures of grading and issuing."""
    bench = Bench(service.parts.sessions, service.servers.redis_url, world)
    bench.rest()
    if "grade_attempts" in chosen:
        yield in_turn("grade_attempts", bench.grade, bench.empty_tasks, rounds=rounds)
    if "first_results" in chosen:
        waits = [(bench.burst(), LONGEST_WAIT) for _round in range(rounds)]
        yield cheaper("first_results", waits)
    if "regrade_attempts" in chosen:
        regrading = Regrading(bench)
        yield in_turn("regrade_attempts", regrading.regrade, regrading.rewrite, rounds=rounds)
        regrading.remove_copies()
    if "issue_certificates" in chosen:
        yield in_turn("issue_certificates", bench.issue, bench.bare_pages, rounds=rounds)


def of_service(service: RunningService, world: World, chosen: tuple[str, ...], rounds: int) -> Iterator[Figure]:
    """Yields the figures of the service as a whole; memory at the end, when it has served all the others."""
    if "attempt_http" in chosen:
        yield attempts_http.measure(service, world, rounds=rounds)
    if "import_docx" in chosen:
        yield whole_service.import_docx(rounds=rounds)
    if "upload_50mb" in chosen:
        yield whole_service.upload_50mb(service, world, rounds=rounds)
    if "cold_start" in chosen:
        yield whole_service.cold_start(service, rounds=rounds)
    if "memory" in chosen:
        yield from whole_service.memory(service, world)


@contextmanager
def empty_worker(service: RunningService) -> Iterator[None]:
    """Runs a worker for empty tasks with as many processes as the product's."""
    quick = ["--without-gossip", "--without-mingle", "--without-heartbeat"]
    command = [sys.executable, "-m", "celery", "-A", "lms.bench.empty_tasks", "worker", "--concurrency", "1", *quick]
    log = service.parts.settings.data / "logs" / "empty.log"
    with _child(Child("Empty tasks", [*command, "-n", "empty@%h"], log, service.environment)):
        yield


@contextmanager
def plain_web(service: RunningService) -> Iterator[PlainService]:
    """Serves the plain page as the product is served."""
    settings = service.parts.settings.model_copy(update={"port": 0})
    with listening(settings) as web:
        child = web_child(settings, web, service.environment, 2, 4)
        child.command = [*child.command[:-1], "lms.bench.plain_page:create_app()"]
        child.log = settings.data / "logs" / "plain.log"
        address = f"http://{settings.host}:{web.getsockname()[1]}"
        with _child(child):
            while readiness(f"{address}/") != "ok":
                pass
            assert child.process is not None
            yield PlainService(address, (child.process.pid, *database_of(service)))


@contextmanager
def _child(child: Child) -> Iterator[None]:
    child.start()
    try:
        yield
    finally:
        stop_all([child], lambda: False)


if __name__ == "__main__":
    main(prog_name="lms bench")
