"""``lms run``: everything that the service needs, on one machine, until Ctrl-C."""

import os
import signal
import socket
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import import_module
from importlib.util import find_spec
from types import FrameType
from urllib.error import HTTPError, URLError
from urllib.request import ProxyHandler, build_opener

import click

from lms import composition
from lms.cli.console import Step, say, shown, step
from lms.cli.log_errors import LogErrors
from lms.cli.metrics_folder import metrics_folder
from lms.cli.processes import Child, stop_all
from lms.cli.reloading import ROOT, SourceWatch
from lms.core import migrate
from lms.core.jobs import queues
from lms.core.logs import configure_logging
from lms.core.secret_files import without_files
from lms.core.settings import Settings, kept_secret
from lms.devserver import processes as children
from lms.devserver.errors import ServerError
from lms.devserver.supervisor import Servers, running

TICK_SECONDS = 0.2
READY_SECONDS = 90.0
GIVE_UP_DEATHS = 3
"""So many deaths of the web process before it ever answered end the command."""

RELOADED = ("The web", "The worker", "The worker for platforms", "The worker for letters")
"""The children that run our code and are reloaded when it changes. The schedule only names tasks."""


@dataclass(slots=True)
class Stop:
    """The number of requests to stop, from a person or a service manager."""

    asked: int = 0

    def note(self, number: int, frame: FrameType | None) -> None:
        """Handles the signal. The first one interrupts the main thread, wherever it is."""
        self.asked += 1
        if self.asked == 1:
            raise KeyboardInterrupt

    def hurry(self) -> bool:
        """Returns whether the children are to be killed without waiting: after the second request."""
        return self.asked > 1


@dataclass(frozen=True, slots=True)
class Size:
    """Numbers of web processes, of threads in each, and of processes of the worker."""

    workers: int
    threads: int
    jobs: int


@dataclass(slots=True)
class Service:
    """Everything that runs. ``starting`` is the step that ends when the web has answered."""

    settings: Settings
    servers: Servers
    children: list[Child]
    address: str
    began: float
    starting: Step | None = None
    sources: SourceWatch | None = None
    errors: list[tuple[str, LogErrors]] = field(default_factory=list)

    def say(self, text: str) -> None:
        """Prints a line; the line of the starting step ends first."""
        (self.starting.say if self.starting else say)(text)


def begin(settings: Settings, size: Size, *, reload: bool) -> None:
    """Runs everything until a signal arrives."""
    stop = Stop()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop.note)
    try:
        run(settings, stop, size, reload=reload)
    except KeyboardInterrupt:
        say("Stopped.")


def run(settings: Settings, stop: Stop, size: Size, *, reload: bool = False) -> None:
    """Starts everything, watches it, stops it. Raises ``ServerError`` when a part does not start."""
    began = time.monotonic()
    say(f"Starting Stazhirovka on the data in {shown(settings.data)}:\n")
    with servers_and_socket(settings) as (servers, web), own_log(settings), metrics_folder(settings) as shared:
        settings = settled(settings, servers, web)
        check_ports(settings)
        with step("Bringing the tables up to date"):
            migrate.upgrade(servers.database_url)
        sample_data(settings)
        them = all_children(settings, {**environment(settings, servers), **shared}, web, size, reload)
        service = Service(settings, servers, them, own_address(settings), began)
        service.starting = Step("Starting the web and the workers")
        service.errors = [(child.name, LogErrors.from_end(child.log)) for child in service.children]
        service.sources = SourceWatch() if reload else None
        try:
            watch(service)
        finally:
            service.say("Stopping …")
            stop_all(service.children, stop.hurry)


@contextmanager
def servers_and_socket(settings: Settings) -> Iterator[tuple[Servers, socket.socket]]:
    """The database, the broker and the web's listening socket, with the step that starts them."""
    starting = Step("Starting PostgreSQL and Valkey")
    try:
        with running(settings, attach=False) as servers, listening(settings) as web:
            starting.done()
            yield servers, web
    finally:
        if starting.open:
            say("")


@contextmanager
def own_log(settings: Settings) -> Iterator[None]:
    """Sends the log lines of this process (the jobs of the sample data) to ``logs/run.log``."""
    path = settings.data / "logs" / "run.log"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8", buffering=1) as stream:
        configure_logging(settings.log_format, stream=stream)
        yield


def all_children(
    settings: Settings, around: dict[str, str], web: socket.socket, size: Size, reload: bool
) -> list[Child]:
    """Returns the web first, then the processes in the background; with ``reload`` also the front end's watcher."""
    found = [
        web_child(settings, web, around, size.workers, size.threads, preload=not reload),
        *background_children(settings, around, size.jobs),
    ]
    return [*found, assets_child(settings, around)] if reload else found


@contextmanager
def listening(settings: Settings) -> Iterator[socket.socket]:
    """Opens the web's listening socket, before anything else starts; it survives restarts of the web process.

    Raises ``ServerError`` when the port is taken or not allowed.
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
    """Returns the settings with the servers' addresses and the port; creates the secret key if none is set."""
    if settings.secret_key is None:
        kept_secret(settings.data / "secret")  # created once, before several processes read it
    found = {
        "database_url": servers.database_url,
        "redis_url": servers.redis_url,
        "port": web.getsockname()[1],
    }
    return settings.model_copy(update=found)


def check_ports(settings: Settings) -> None:
    """Raises ``ServerError`` for a setting that storage, mail or keys cannot use, before any process starts."""
    try:
        composition.configure_ports(settings)
    except ValueError as error:
        raise ServerError(str(error)) from error


def environment(settings: Settings, servers: Servers) -> dict[str, str]:
    """Returns the environment variables from which the child processes read their settings: addresses with passwords,
    other secrets as they were given.
    """
    here = {
        "LMS_DATA": str(settings.data),
        "LMS_HOST": settings.host,
        "LMS_PORT": str(settings.port),
        "LMS_DEMO": str(settings.demo).lower(),
        "PYTHONUNBUFFERED": "1",
    }
    given = without_files(os.environ, "database_url", "database_password", "redis_url", "redis_password")
    return {**given, **servers.environment(), **here}


def sample_data(settings: Settings) -> None:
    """Fills an empty database in the demo."""
    if settings.demo and find_spec("lms.demo") and find_spec("lms.demo.seed"):
        with step("Making the sample data if there are none"):
            import_module("lms.demo.seed").seed_if_empty(settings)


KEPT_SECONDS = 310
"""An idle connection is kept longer than by any browser (Chromium: 300 s) or proxy (nginx, Apache: 60 s or less), so
that they never send a form into a connection that is just being closed. It takes a socket, not a thread.
"""


def web_child(
    settings: Settings,
    web: socket.socket,
    environment: dict[str, str],
    workers: int,
    threads: int,
    *,
    preload: bool = True,
) -> Child:
    """Returns gunicorn on the socket that this process holds: browsers wait while it restarts instead of failing.

    ``preload``: the application is loaded once and its memory shared; then SIGHUP does not load changed code.
    """
    web.set_inheritable(True)
    options = {
        "bind": f"fd://{web.fileno()}",
        "workers": workers,
        "threads": threads,
        "worker-class": "gthread",
        "timeout": 60,
        "graceful-timeout": 10,
        "keep-alive": KEPT_SECONDS,
    }
    command = [sys.executable, "-m", "gunicorn", "--no-control-socket"]
    command += [part for key, value in options.items() for part in (f"--{key}", str(value))]
    command += ["--config", "python:lms.web_server", *(["--preload"] if preload else []), "lms.app:create_app()"]
    log = settings.data / "logs" / "web.log"
    return Child("The web", command, log, environment, files=(web.fileno(),), reloading=signal.SIGHUP)


def background_children(settings: Settings, environment: dict[str, str], jobs: int) -> list[Child]:
    """Returns the worker, the workers that wait for other servers, and the schedule of periodic tasks at the end."""
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
        *(
            Child(
                f"The worker for {name}",
                [*worker, "--concurrency", "1", "--queues", queue, "--hostname", f"{name}@%h", *quick],
                logs / f"{name}.log",
                environment,
            )
            for name, queue in (("platforms", queues.PLATFORMS), ("letters", queues.MAIL))
        ),
        Child("The schedule", [*celery, "beat", *schedule], logs / "beat.log", environment),
    ]


def assets_child(settings: Settings, environment: dict[str, str]) -> Child:
    """Returns the build of the front end, which builds again after each change of its sources."""
    command = ["/bin/sh", str(ROOT / "scripts" / "with-node.sh"), "node", "lms/static/build.mjs", "--watch"]
    return Child("The front end's build", command, settings.data / "logs" / "assets.log", environment)


def watch(service: Service) -> None:
    """Keeps every process running until a signal arrives, and prints problems."""
    while True:
        for line in service.servers.revive():
            service.say(line)
        for child in service.children:
            told = child.tend()
            if told:
                service.say(told)
        for name, errors in service.errors:
            for line in errors.read():
                service.say(f"{name}: {line}")
        if service.sources is not None:
            follow(service, service.sources.changed())
        if service.starting:
            look(service)
        time.sleep(TICK_SECONDS)


def follow(service: Service, changed: Sequence[str]) -> None:
    """Makes the processes run the changed sources, after new migrations have been applied."""
    if not changed:
        return
    service.say(f"Changed: {', '.join(changed[:3])}{' …' if len(changed) > 3 else ''}; loading it.")
    if any(name.startswith("lms/migrations/versions") for name in changed):
        try:
            migrate.upgrade(service.servers.database_url)
        except Exception as error:  # an unfinished migration may raise anything; its author reads it and continues
            service.say(f"The migration failed: {error}")
    for child in service.children:
        if child.name in RELOADED:
            child.reload()


def look(service: Service) -> None:
    """Prints the welcome once the web answers. Raises ``ServerError`` when it does not start."""
    web = service.children[0]
    told = readiness(f"{service.address}/readyz")
    if told == "ok" and service.starting:
        service.starting.done()
        service.starting = None
        welcome(service)
    elif web.deaths >= GIVE_UP_DEATHS or time.monotonic() - service.began > READY_SECONDS:
        end = children.log_end(web.log, lines=15)
        raise ServerError(f"The web does not come up: {told}. The end of {web.log}:\n{end}")


def readiness(address: str) -> str:
    """Returns «ok» if this address answers 200, else what is wrong; asked without a proxy: it is on this machine."""
    try:
        with build_opener(ProxyHandler({})).open(address, timeout=2):
            return "ok"
    except HTTPError as error:
        return error.read(500).decode(errors="replace").strip() or str(error)
    except (URLError, OSError) as error:
        return str(error)


def own_address(settings: Settings) -> str:
    """Returns the web's URL on this machine, independent of the public address."""
    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(settings.host, settings.host)  # noqa: S104
    return f"http://{f'[{host}]' if ':' in host and not host.startswith('[') else host}:{settings.port}"


def welcome(service: Service) -> None:
    """Prints the address, the demo's log-ins, and the folder of the logs."""
    say(f"\nReady in {time.monotonic() - service.began:.1f} s.\n")
    click.secho(f"    {service.settings.public_url or service.address}\n", bold=True)
    for line in log_ins(service.settings):
        click.echo(f"    {line}")
    say(f"\nLogs are in {shown(service.settings.data / 'logs')}; errors appear here too. Ctrl-C stops everything.")


def log_ins(settings: Settings) -> Sequence[str]:
    """Yields one line for each log-in of ``lms.demo.seed.LOG_INS``: (role, user name, password)."""
    if not (settings.demo and find_spec("lms.demo") and find_spec("lms.demo.seed")):
        return []
    known = getattr(import_module("lms.demo.seed"), "LOG_INS", ())
    wide = [max((len(row[column]) for row in known), default=0) for column in range(2)]
    return [f"{who:<{wide[0]}}   {name:<{wide[1]}}   {password}" for who, name, password in known]
