"""The processes of a server share what was loaded before they were forked, and never a connection."""

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest
from sqlalchemy import text

from lms import composition
from lms.core.db import make_engine
from lms.devserver.supervisor import Servers
from tests.support.processes import free_port, running_processes, wait_for_address

MOST_OF_ITS_OWN = 0.7


def share_of_its_own(process: psutil.Process) -> float:
    """Returns the part of a process's memory that is its own: shared pages count divided by their users."""
    memory = process.memory_full_info()
    return memory.pss / memory.rss


def test_web_processes_share_the_loaded_application(servers: Servers, make_database: Callable[[], str], tmp_path: Path):
    places = {"database_url": make_database(), "redis_url": servers.redis_url, "data": tmp_path / "data"}
    with running_processes(tmp_path, **places) as running:
        port = free_port()
        web = running.start_web(port)
        wait_for_address(f"http://127.0.0.1:{port}/readyz")
        [process] = psutil.Process(web.pid).children()
        assert share_of_its_own(process) < MOST_OF_ITS_OWN


def test_forked_process_opens_connections_of_its_own(make_database: Callable[[], str], monkeypatch: pytest.MonkeyPatch):
    engine = make_engine(make_database())
    monkeypatch.setattr(composition, "_current", [SimpleNamespace(engine=engine)])
    backend = text("SELECT pg_backend_pid()")
    with engine.connect() as connection:
        inherited, kept = connection.scalar(backend), connection.connection.dbapi_connection
    composition.forget_connections()
    with engine.connect() as connection:
        assert connection.scalar(backend) != inherited
    assert kept is not None
    kept.close()  # the parent's, which nobody returns to a pool now
    engine.dispose()
