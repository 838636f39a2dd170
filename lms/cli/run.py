"""``lms run``: everything that the service needs, on one machine, until Ctrl-C."""

import os
import signal
import socket
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import FrameType
from urllib.error import URLError
from urllib.request import ProxyHandler, build_opener

import click

from lms import composition
from lms.cli.processes import Child, stop_all
from lms.core import migrate
from lms.core.jobs import queues
from lms.core.settings import Settings, kept_secret
from lms.devserver import processes
from lms.devserver.errors import ServerError
from lms.devserver.supervisor import Servers, running

TICK_SECONDS = 0.2
READY_SECONDS = 90.0
GIVE_UP_DEATHS = 3
"""So many deaths of the web process before it ever answered end the command."""


@dataclass(slots=True)
class Stop:
    """How often a person (or a service manager) asked us to stop."""

    asked: int = 0

    def note(self, number: int, frame: FrameType | None) -> None:
        """The signal handler; while things start, the first one breaks off what is going on."""
        self.asked += 1
        if self.asked == 1:
            raise KeyboardInterrupt

    def hurry(self) -> bool:
        """Asked twice: kill, do not wait."""
        return self.asked > 1


@dataclass(slots=True)
class House:
    """What runs: the servers, our processes, and whether the web has answered yet."""

    settings: Settings
    servers: Servers
    children: list[Child]
    address: str
    began: float
    ready: bool = False


@click.command()
@click.option("--workers", type=click.IntRange(1, 64), default=2, show_default=True, help="Web processes.")
@click.option("--threads", type=click.IntRange(1, 64), default=4, show_default=True, help="Threads of each.")
@click.option("--jobs", type=click.IntRange(1, 64), default=2, show_default=True, help="Processes of the worker.")
def command(workers: int, threads: int, jobs: int) -> None:
    """Start everything and stay: database, broker, web, worker, schedule.

    LMS_PORT (8000) and LMS_DATA (./var) let two of them run side by side. Ctrl-C stops it all; twice, at once.
    """
    settings = usable(Settings())
    stop = Stop()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop.note)
    try:
        run(settings, stop, workers=workers, threads=threads, jobs=jobs)
    except KeyboardInterrupt:
        say("Stopped.")


def usable(settings: Settings) -> Settings:
    """The settings made whole. Raises ``ServerError`` for what the service cannot start with."""
    try:
        settings.address  # noqa: B018  # raises when it must be set and is not
    except ValueError as error:
        raise ServerError(f"{error}\nFor a try-out with sample data: LMS_DEMO=true lms run") from error
    return settings.model_copy(update={"data": settings.data.absolute()})


def run(settings: Settings, stop: Stop, *, workers: int, threads: int, jobs: int) -> None:
    """Starts, watches, stops. Raises ``ServerError`` when something does not come up."""
    began = time.monotonic()
    say(f"Starting the database and the broker on {shown(settings.data)} …")
    with running(settings, attach=False) as servers, listening(settings) as web:
        settings = settled(settings, servers, web)
        check_ports(settings)
        say("Bringing the tables up to date …")
        migrate.upgrade(servers.database_url)
        sample_data(settings)
        house = House(settings, servers, [], own_address(settings), began)
        house.children = [
            web_child(settings, web, environment(settings, servers), workers, threads),
            *background_children(settings, environment(settings, servers), jobs),
        ]
        try:
            watch(house)
        finally:
            say("Stopping …")
            stop_all(house.children, stop.hurry)


@contextmanager
def listening(settings: Settings) -> Iterator[socket.socket]:
    """The web's socket, taken before anything else starts and handed to the web process, however often it starts.

    Raises ``ServerError`` when the port is taken or may not be had.
    """
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    try:
        taken = socket.create_server((settings.host, settings.port), family=family, backlog=512)
    except OSError as error:
        raise ServerError(
            f"Port {settings.port} on {settings.host} cannot be had: {os.strerror(error.errno or 0).lower()}. "
            "Stop what uses it, or set another LMS_PORT."
        ) from error
    with taken:
        yield taken


def settled(settings: Settings, servers: Servers, web: socket.socket) -> Settings:
    """The settings with what was found out: the servers' addresses, the port, a secret of our own."""
    if settings.secret_key is None:
        kept_secret(settings.data / "secret")  # made once, before several processes ask for it
    found = {
        "database_url": servers.database_url,
        "redis_url": servers.redis_url,
        "port": web.getsockname()[1],
    }
    return settings.model_copy(update=found)


def check_ports(settings: Settings) -> None:
    """Raises ``ServerError`` for a setting that storage, mail or keys cannot use: better here than in every process."""
    try:
        composition.configure_ports(settings)
    except ValueError as error:
        raise ServerError(str(error)) from error


def environment(settings: Settings, servers: Servers) -> dict[str, str]:
    """What our processes read their settings from."""
    here = {
        "LMS_DATA": str(settings.data),
        "LMS_HOST": settings.host,
        "LMS_PORT": str(settings.port),
        "LMS_DEMO": str(settings.demo).lower(),
        "PYTHONUNBUFFERED": "1",
    }
    return {**os.environ, **servers.environment(), **here}


def sample_data(settings: Settings) -> None:
    """In the demo, and into an empty database alone."""
    if settings.demo and find_spec("lms.demo") and find_spec("lms.demo.seed"):
        say("Looking whether sample data are wanted …")
        import_module("lms.demo.seed").seed_if_empty(settings)


def web_child(settings: Settings, web: socket.socket, environment: dict[str, str], workers: int, threads: int) -> Child:
    """gunicorn on the socket that we hold: while it restarts, browsers wait instead of failing."""
    web.set_inheritable(True)
    options = {
        "bind": f"fd://{web.fileno()}",
        "workers": workers,
        "threads": threads,
        "worker-class": "gthread",
        "timeout": 60,
        "graceful-timeout": 10,
        "keep-alive": 5,
    }
    command = [sys.executable, "-m", "gunicorn", "--no-control-socket"]
    command += [part for key, value in options.items() for part in (f"--{key}", str(value))]
    command.append("lms.app:create_app()")
    return Child("The web", command, settings.data / "logs" / "web.log", environment, files=(web.fileno(),))


def background_children(settings: Settings, environment: dict[str, str], jobs: int) -> list[Child]:
    """The worker, the one beside it that waits for platforms, and the clock that sweeps what was lost."""
    celery = [sys.executable, "-m", "celery", "-A", "worker.app"]
    worker = [*celery, "worker", "--loglevel", "INFO"]
    quick = ["--without-gossip", "--without-mingle", "--without-heartbeat"]
    logs = settings.data / "logs"
    schedule = ["--schedule", str(settings.data / "beat-schedule"), "--pidfile", ""]
    return [
        Child(
            "The worker",
            [*worker, "--concurrency", str(jobs), "--queues", ",".join(queues.OWN), *quick],
            logs / "worker.log",
            environment,
        ),
        Child(
            "The worker for platforms",
            [*worker, "--concurrency", "1", "--queues", queues.PLATFORMS, "--hostname", "platforms@%h", *quick],
            logs / "platforms.log",
            environment,
        ),
        Child("The schedule", [*celery, "beat", *schedule], logs / "beat.log", environment),
    ]


def watch(house: House) -> None:
    """Until somebody interrupts: keeps everything alive, and says once when the service answers."""
    while True:
        for name in house.servers.revive():
            say(f"{name} had stopped; it runs again.")
        for child in house.children:
            told = child.tend()
            if told:
                say(told)
        if not house.ready:
            look(house)
        time.sleep(TICK_SECONDS)


def look(house: House) -> None:
    """Has the web answered? Raises ``ServerError`` when it will not."""
    web = house.children[0]
    if answers(f"{house.address}/readyz"):
        house.ready = True
        welcome(house)
    elif web.deaths >= GIVE_UP_DEATHS or time.monotonic() - house.began > READY_SECONDS:
        raise ServerError(f"The web does not come up. The end of {web.log}:\n{processes.log_end(web.log, lines=15)}")


def answers(address: str) -> bool:
    """Whether this address says 200; never through a proxy, it is our own machine."""
    try:
        with build_opener(ProxyHandler({})).open(address, timeout=2) as response:
            return bool(response.status == 200)
    except (URLError, OSError):
        return False


def own_address(settings: Settings) -> str:
    """Where this machine reaches the web, whatever the public address is."""
    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(settings.host, settings.host)  # noqa: S104
    return f"http://{f'[{host}]' if ':' in host and not host.startswith('[') else host}:{settings.port}"


def welcome(house: House) -> None:
    """The address, and in the demo who can log in."""
    say(f"Ready in {time.monotonic() - house.began:.1f} s.\n")
    click.secho(f"    {house.settings.public_url or house.address}\n", bold=True)
    for line in log_ins(house.settings):
        click.echo(f"    {line}")
    say(f"\nLogs are in {shown(house.settings.data / 'logs')}. Ctrl-C stops everything.")


def log_ins(settings: Settings) -> Sequence[str]:
    """One line each of the demo's log-ins, from ``lms.demo.seed.LOG_INS``: (who, user name, password)."""
    if not (settings.demo and find_spec("lms.demo") and find_spec("lms.demo.seed")):
        return []
    known = getattr(import_module("lms.demo.seed"), "LOG_INS", ())
    wide = [max((len(row[column]) for row in known), default=0) for column in range(2)]
    return [f"{who:<{wide[0]}}   {name:<{wide[1]}}   {password}" for who, name, password in known]


def shown(path: Path) -> str:
    """A path as a person would write it from here."""
    try:
        return f"./{path.relative_to(Path.cwd())}"
    except ValueError:
        return str(path)


def say(text: str) -> None:
    """One line of progress on the console."""
    click.echo(text)
