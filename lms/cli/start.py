"""``lms run``: checks the settings before everything else is imported, so that a wrong one is reported at once."""

import click

from lms.core.settings import Settings
from lms.devserver.errors import ServerError


@click.command("run")
@click.option("--workers", type=click.IntRange(1, 64), default=2, show_default=True, help="Web processes.")
@click.option("--threads", type=click.IntRange(1, 64), default=4, show_default=True, help="Threads of each.")
@click.option("--jobs", type=click.IntRange(1, 64), default=2, show_default=True, help="Processes of the worker.")
@click.option("--reload", is_flag=True, help="For developers: follow changes of code, templates, styles and scripts.")
def command(workers: int, threads: int, jobs: int, reload: bool) -> None:
    """Start everything and stay: database, broker, web, worker, schedule.

    LMS_PORT (8000) and LMS_DATA (./var) let two of them run side by side. Ctrl-C stops it all; twice, at once.
    """
    settings = usable(Settings())
    from lms.cli.run import Size, begin

    begin(settings, Size(workers, threads, jobs), reload=reload)


def usable(settings: Settings) -> Settings:
    """Returns the settings with an absolute data folder. Raises ``ServerError`` when the public address must be set
    and is not.
    """
    try:
        settings.address  # noqa: B018  # raises when it must be set and is not
    except ValueError as error:
        raise ServerError(f"{error}\nFor a try-out with sample data: LMS_DEMO=true lms run") from error
    return settings.model_copy(update={"data": settings.data.absolute()})
