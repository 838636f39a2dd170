"""Several web processes add their metrics up, and a killed one takes none with it."""

import os
import signal
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
from prometheus_client.parser import text_string_to_metric_families
from pydantic import SecretStr

from lms.cli.metrics_folder import VARIABLE, metrics_folder
from lms.core.settings import Settings
from lms.devserver.supervisor import Servers
from tests.support.processes import Running, free_port, running_processes, wait_for_address, wait_until

TOKEN = "0123456789abcdef0123456789abcdef"


@pytest.fixture
def web(servers: Servers, make_database: Callable[[], str], tmp_path: Path) -> Iterator[tuple[Running, str]]:
    """Two web processes, and their address."""
    address = f"127.0.0.1:{free_port()}"
    more = {"LMS_METRICS_TOKEN": TOKEN, VARIABLE: str(tmp_path / "metrics")}
    places = {"database_url": make_database(), "redis_url": servers.redis_url, "data": tmp_path / "data"}
    with running_processes(tmp_path, **places, **more) as processes:
        options = ["-k", "gthread", "-w", "2", "--preload", "--config", "python:lms.web_server"]
        processes.start("web", "gunicorn", "-b", address, *options, "lms.app:create_app()")
        wait_for_address(f"http://{address}/healthz")
        yield processes, f"http://{address}"


def counted(address: str) -> float:
    """Returns how many questions for ``/readyz`` all processes have answered."""
    asked = urllib.request.Request(f"{address}/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    with urllib.request.urlopen(asked, timeout=10) as answer:
        families = {family.name: family for family in text_string_to_metric_families(answer.read().decode())}
    return (
        sum(
            sample.value
            for sample in families["lms_request_seconds"].samples
            if sample.name.endswith("_count") and sample.labels["endpoint"] == "health.readyz"
        )
        if "lms_request_seconds" in families
        else 0
    )


def ask(address: str, times: int) -> None:
    for _ in range(times):
        urllib.request.urlopen(f"{address}/readyz", timeout=10).close()


def workers(running: Running) -> list[psutil.Process]:
    return psutil.Process(running.processes["web"].pid).children()


def test_metrics_of_all_processes_are_added_up_and_outlive_a_killed_one(web: tuple[Running, str], tmp_path: Path):
    running, address = web
    answered: set[int] = set()
    while len(answered) < 2:  # until each process has answered
        ask(address, 1)
        answered = {int(path.stem.rpartition("_")[2]) for path in (tmp_path / "metrics").glob("histogram_*.db")}
    before = counted(address)
    ask(address, 30)
    assert {counted(address) for _ in range(10)} == {before + 30}
    killed = workers(running)[0].pid
    os.kill(killed, signal.SIGKILL)
    wait_until(lambda: len([one for one in workers(running) if one.pid != killed]) == 2, what="a new process")
    ask(address, 5)
    assert counted(address) == before + 35


def test_folder_of_lms_run_is_empty_and_closed_to_others(tmp_path: Path):
    settings = Settings(data=tmp_path, metrics_token=SecretStr(TOKEN))
    with metrics_folder(settings) as first:
        folder = Path(first[VARIABLE])
        assert folder.stat().st_mode & 0o777 == 0o700
        (folder / "counter_1.db").touch()
        with metrics_folder(settings) as again:  # as after a command that was killed
            assert again == first
            assert list(folder.iterdir()) == []
    assert not folder.exists()


def test_folder_is_made_only_where_metrics_are_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    with metrics_folder(Settings(data=tmp_path)) as none:
        assert none == {}
    monkeypatch.setenv(VARIABLE, str(tmp_path / "own"))
    with metrics_folder(Settings(data=tmp_path, metrics_token=SecretStr(TOKEN))) as own:
        assert own == {}
