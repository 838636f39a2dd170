"""``python -m lms.bench.volume``: the figures of every page in a database of the largest volume."""

import logging
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click
import structlog

from lms.app import create_app
from lms.bench.volume.report import Report, growth_lines, lines
from lms.bench.volume.samples import find_samples
from lms.bench.volume.walk import Walk, log_in
from lms.cli.throwaway import forget_settings
from lms.composition import parts
from lms.core import migrate
from lms.core.clock import utc_now
from lms.core.files import port
from lms.core.i18n import local_day, set_locale
from lms.core.settings import Settings
from lms.demo.volume.generate import generate
from lms.demo.volume.volume import Volume
from lms.devserver.supervisor import running

SMALL, LARGE = (3, 30, 1_000), (300, 3_000, 100_000)
"""Sites, programmes and enrolments of the two databases that are compared."""


@click.command()
@click.option(
    "--data",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Data folder that lms generate filled, instead of generating the large database.",
)
@click.option("--slowest", default=10, show_default=True, type=click.IntRange(1), help="Slowest pages to print.")
def main(data: Path | None, slowest: int) -> None:
    """Prints the cost of every page as JSON lines: with 100,000 enrolments, and how it grew from 1,000."""
    forget_settings()
    set_locale("ru")
    with generated(SMALL) as settings:
        small = report(settings)
    with kept(data) if data else generated(LARGE) as settings:
        large = report(settings)
    for line in (*lines(large, slowest), *growth_lines(small, large)):
        click.echo(line)


@contextmanager
def generated(size: tuple[int, int, int]) -> Iterator[Settings]:
    """Yields settings of a throw-away database with so many sites, programmes and enrolments."""
    with tempfile.TemporaryDirectory(prefix="stazhirovka-") as folder:
        settings = Settings(data=Path(folder), demo=True, public_url="http://localhost")
        with running(settings, fast=True, attach=False) as servers:
            found = {"database_url": servers.database_url, "redis_url": servers.redis_url}
            settings = settings.model_copy(update=found)
            migrate.upgrade(servers.database_url)
            fill(settings, Volume(*size, seed=1, today=local_day(utc_now())))
            yield settings


@contextmanager
def kept(data: Path) -> Iterator[Settings]:
    """Yields settings of the data folder, whose database gets the newest schema."""
    settings = Settings(data=data.resolve(), demo=True, public_url="http://localhost")
    with running(settings) as servers:
        migrate.upgrade(servers.database_url)
        found = {"database_url": servers.database_url, "redis_url": servers.redis_url}
        yield settings.model_copy(update=found)


def fill(settings: Settings, volume: Volume) -> None:
    """Generates the data and tells how far it is."""
    create_app(settings)
    port.configure(port.store_of(settings))
    with parts().sessions.begin() as session:
        generate(session, volume, password="", reached=_telling(volume.sites))
    parts().engine.dispose()


def _telling(sites: int) -> Callable[[int], None]:
    def tell(done: int) -> None:
        if done % 25 == 0 or done == sites:
            click.echo(f"{done} of {sites} sites generated", err=True)

    return tell


def report(settings: Settings) -> Report:
    """Walks through all pages; returns their costs and the scans of large tables."""
    app = create_app(settings)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    engine, sessions = parts().engine, parts().sessions
    with sessions() as session:
        samples = find_samples(session)
    walk = Walk(app, engine, samples, log_in(sessions, samples))
    try:
        return Report.of(walk)
    finally:
        engine.dispose()


if __name__ == "__main__":
    main(prog_name="python -m lms.bench.volume")
