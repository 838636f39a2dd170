"""A whole service on throw-away data for the length of a command: servers, web, worker, schedule."""

import os
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from lms import composition
from lms.cli.processes import Child, stop_all
from lms.cli.run import background_children, environment, listening, readiness, settled, web_child
from lms.core import migrate
from lms.core.settings import Settings
from lms.devserver import processes
from lms.devserver.errors import ServerError
from lms.devserver.supervisor import Servers, running

READY_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class RunningService:
    """The running service: its parts, the address of the web, the processes."""

    parts: composition.Parts
    environment: dict[str, str]
    servers: Servers
    address: str
    children: list[Child]

    def ready(self) -> None:
        """Waits for the web. Raises ``ServerError`` with the end of its log when it does not come up."""
        web, limit = self.children[0], time.monotonic() + READY_SECONDS
        while readiness(f"{self.address}/readyz") != "ok":
            if time.monotonic() > limit or (web.process is not None and web.process.poll() is not None):
                raise ServerError(f"The web does not come up:\n{processes.log_end(web.log, lines=15)}")
            time.sleep(0.05)


NOBODY_UNDOES = {"LMS_RELEASE_SECONDS": "0"}
"""Decisions reach the trainees at once: commands that walk through the product do not wait for an undo."""


def forget_settings() -> None:
    """Removes the settings of the caller's own service from the environment, so that its data are not used."""
    for name in [key for key in os.environ if key.startswith("LMS_")]:
        del os.environ[name]


@contextmanager
def throwaway(
    *, workers: int = 1, threads: int = 4, jobs: int = 2, beat: bool = True, given: Mapping[str, str] | None = None
) -> Iterator[RunningService]:
    """Starts the service, empty and migrated; stops it and deletes its data at the end.

    Without ``beat`` no periodic work runs, so that it does not disturb a measurement. ``given``: more settings of the
    processes, as environment variables.
    """
    forget_settings()
    with tempfile.TemporaryDirectory(prefix="stazhirovka-") as folder:
        settings = Settings(data=Path(folder), port=0, demo=True)
        with running(settings, fast=True, attach=False) as servers, listening(settings) as web:
            settings = settled(settings, servers, web)
            migrate.upgrade(servers.database_url)
            parts = composition.compose(settings)
            around = environment(settings, servers) | NOBODY_UNDOES | dict(given or {})
            them = [
                web_child(settings, web, around, workers, threads),
                *background_children(settings, around, jobs)[: None if beat else -1],
            ]
            try:
                for child in them:
                    child.start()
                yield RunningService(parts, around, servers, settings.address, them)
            finally:
                stop_all(them, lambda: False)
                parts.engine.dispose()
