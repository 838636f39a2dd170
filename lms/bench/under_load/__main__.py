"""``make load``: so many trainees at once on a throw-away service, with five leaders who grade.

Needs the package ``locust``, which only developers have.
"""

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import click

from lms.bench.browser import Browser
from lms.bench.under_load import comparison, outcome
from lms.bench.under_load.disturbances import LONGEST_SECONDS, Disturber, meter_of
from lms.bench.under_load.ledger import read_ledger
from lms.bench.under_load.plan import LEADERS, PLAN_FILE, Plan, make_plan
from lms.cli.throwaway import RunningService, throwaway
from lms.core.i18n import set_locale

PEOPLE = Path(__file__).parents[3] / "scripts" / "load_people.py"
ARRIVAL_SECONDS = 20.0
"""All people arrive within so many seconds, or within a tenth of the whole time if that is shorter."""
FINISHING_SECONDS = 90
WARM_REQUESTS = 8
SHOWN = 20
"""So many errors and problems are printed at most."""


@click.command()
@click.option("--trainees", default=200, show_default=True, type=click.IntRange(5, 5000), help="Trainees at once.")
@click.option("--minutes", default=10.0, show_default=True, type=click.FloatRange(min=0.05), help="Length of the run.")
@click.option("--pause", default=5.5, show_default=True, help="Mean seconds of thinking between two requests.")
@click.option(
    "--lessons",
    default=0,
    help="Trainees go home after so many lessons, however long they take; 0: when the time is over.",
)
def main(trainees: int, minutes: float, pause: float, lessons: int) -> None:
    """Print requests, times and processor time as JSON lines; end with 1 after an error or a lost fact."""
    set_locale("ru")
    with throwaway(workers=2, threads=4, jobs=2, given={"LMS_TRUSTED_PROXIES": "1"}) as service:
        click.echo(f"Making the course, {trainees} trainees and {LEADERS} leaders …", err=True)
        data = service.parts.settings.data
        with service.parts.sessions.begin() as session:
            plan = make_plan(session, trainees=trainees, pause=pause, lessons=lessons, ledger=data / "ledger.jsonl")
        service.ready()
        warm_up(service)
        click.echo(f"They work for {minutes:g} minutes …", err=True)
        wrong = report(service, plan, seconds=minutes * 60)
    sys.exit(1 if wrong else 0)


def warm_up(service: RunningService) -> None:
    """Opens the first page in every web process, which compiles the templates."""
    for _time in range(WARM_REQUESTS):
        Browser(service.address).get("/log-in")


def report(service: RunningService, plan: Plan, *, seconds: float) -> bool:
    """Runs the clients and prints the figures. Returns whether anything went wrong."""
    meter = meter_of(service)
    disturber = Disturber(service, meter, ledger=Path(plan.ledger), seconds=seconds)
    with clients(service.address, plan, service.parts.settings.data, seconds) as process:
        run = disturber.watch(process)
    records = read_ledger(Path(plan.ledger))
    failures = outcome.failures_of(records, run)
    problems = comparison.problems_of(service.parts.sessions, plan, records, meanwhile=disturber.revive)
    for figure in outcome.figures(records, run, meter, failures, problems):
        click.echo(figure.line())
    for text in [*failures.errors[:SHOWN], *problems[:SHOWN]]:
        click.echo(text, err=True)
    return bool(failures.errors or problems)


@contextmanager
def clients(address: str, plan: Plan, folder: Path, seconds: float) -> Iterator["subprocess.Popen[bytes]"]:
    """Runs locust without its pages, in a process of its own, so that the clients' work is not the service's.

    ``folder`` takes the plan and the clients' log.
    """
    people = len(plan.trainees) + len(plan.leaders)
    arriving, length = people / min(ARRIVAL_SECONDS, seconds / 10), LONGEST_SECONDS if plan.lessons else seconds
    plan.write(folder / "plan.json")
    with (folder / "clients.log").open("ab") as log:
        process = subprocess.Popen(  # noqa: S603
            command(address, people=people, arriving=arriving, seconds=length),
            env={**os.environ, PLAN_FILE: str(folder / "plan.json")},
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def command(address: str, *, people: int, arriving: float, seconds: float) -> Sequence[str]:
    """Returns locust's command line."""
    options = {
        "locustfile": PEOPLE,
        "host": address,
        "users": people,
        "spawn-rate": round(arriving, 2),
        "run-time": f"{max(round(seconds), 1)}s",
        "stop-timeout": FINISHING_SECONDS,
        "loglevel": "WARNING",
        "exit-code-on-error": 0,
    }
    given = [part for name, value in options.items() for part in (f"--{name}", str(value))]
    return [sys.executable, "-m", "locust", "--headless", "--only-summary", *given]


if __name__ == "__main__":
    main(prog_name="make load")
