"""Two web instances and two workers with nothing in common but PostgreSQL, Valkey, S3 and the secret key.

People work through a proxy that sends each request to another instance; one web and one worker are killed meanwhile.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from moto.server import ThreadedMotoServer
from pydantic import SecretStr

from lms import composition
from lms.bench.under_load.__main__ import clients
from lms.bench.under_load.comparison import problems_of
from lms.bench.under_load.ledger import Records, read_ledger
from lms.bench.under_load.plan import make_plan
from lms.core.files import port as files
from lms.core.files.s3 import S3Store
from lms.core.settings import Settings
from lms.devserver.supervisor import running
from tests.support.balancer import Balancer, balancing
from tests.support.clusters import template_cluster
from tests.support.composing import composed
from tests.support.memory import throwaway_folder
from tests.support.processes import TEST_KEY, Running, free_port, running_processes, wait_for_address, wait_until

TRAINEES, LESSONS = 5, 2
S3 = {"LMS_STORAGE": "s3", "LMS_S3_BUCKET": "several", "LMS_S3_ACCESS_KEY": "key", "LMS_S3_SECRET_KEY": "secret"}
CONNECTION_LOST = {0, 502}
"""Statuses of requests that were under way in the killed instance."""


@dataclass(slots=True)
class Installation:
    """The instances behind the balancer."""

    settings: Settings
    parts: composition.Parts
    processes: Running
    balancer: Balancer
    ports: tuple[int, int]


@pytest.fixture
def bucket_address() -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, number = server.get_host_and_port()
    yield f"http://{host}:{number}"
    server.stop()


@pytest.fixture
def place(bucket_address: str, tmp_path: Path) -> Iterator[Installation]:
    with throwaway_folder() as folder, running(Settings(data=folder / "data"), template=template_cluster()) as servers:
        settings = Settings(
            data=tmp_path / "own",
            database_url=servers.database_url,
            redis_url=servers.redis_url,
            demo=True,
            secret_key=SecretStr(TEST_KEY),
            public_url="http://localhost",
            storage="s3",
            s3_endpoint=bucket_address,
            s3_bucket=S3["LMS_S3_BUCKET"],
            s3_access_key=S3["LMS_S3_ACCESS_KEY"],
            s3_secret_key=SecretStr(S3["LMS_S3_SECRET_KEY"]),
        )
        store = files.store_of(settings)
        assert isinstance(store, S3Store)
        store.ensure_bucket()
        more = {
            **S3,
            "LMS_S3_ENDPOINT": bucket_address,
            "LMS_TRUSTED_PROXIES": "1",
            "LMS_PUBLIC_URL": "http://localhost",
        }
        addresses = {"database_url": servers.database_url, "redis_url": servers.redis_url, "data": tmp_path / "none"}
        with composed(settings) as parts, running_processes(tmp_path / "logs", **addresses, **more) as processes:
            ports = free_port(), free_port()
            for number, port in enumerate(ports):
                processes.start_web(port, name=f"web-{number}", LMS_DATA=str(tmp_path / f"web-{number}"))
                data = str(tmp_path / f"worker-{number}")
                processes.start_worker(f"worker-{number}", beat=False, LMS_DATA=data)
            schedule = ["--schedule", str(tmp_path / "schedule"), "--pidfile", ""]
            processes.start("beat", "celery", "-A", "worker.app", "beat", *schedule)
            for port in ports:
                wait_for_address(f"http://127.0.0.1:{port}/readyz")
            with balancing(*ports) as balancer:
                yield Installation(settings, parts, processes, balancer, ports)


def records(path: Path) -> Records:
    return read_ledger(path) if path.exists() else Records([], [])


def test_death_of_a_web_and_a_worker_loses_nothing(place: Installation, tmp_path: Path):
    ledger = tmp_path / "ledger.jsonl"
    with place.parts.sessions.begin() as session:
        plan = make_plan(session, trainees=TRAINEES, pause=0.1, lessons=LESSONS, ledger=ledger)
    address = f"http://127.0.0.1:{place.balancer.server_address[1]}"
    with clients(address, plan, tmp_path, 10.0) as people:
        wait_until(lambda: records(ledger).of("answers_handed_in"), seconds=120, what="handing answers in")
        for name in ("web-0", "worker-0"):
            place.processes.kill(name)
        before = place.balancer.answered.copy()
        people.wait(300)
    found, (dead, alive) = records(ledger), place.ports
    assert people.returncode == 0, (tmp_path / "clients.log").read_text(encoding="utf-8")[-3000:]
    assert before[dead] > 0
    assert place.balancer.answered[alive] > before[alive] > 0
    # Nobody had to log in again, and nothing failed but what was under way in the killed instance.
    assert found.errors == []
    log_ins = [one for one in found.requests if one.kind == "log_in" and one.good]
    assert len(log_ins) == len(plan.trainees) + len(plan.leaders)
    assert {one.status for one in found.requests if not one.good} <= CONNECTION_LOST
    assert len(found.of("answers_handed_in")) == TRAINEES * LESSONS
    assert len(found.of("work_handed_in")) >= TRAINEES
    assert problems_of(place.parts.sessions, plan, found) == []
    assert [path for folder in ("web-0", "web-1", "worker-1") for path in (tmp_path / folder).glob("files/**/*")] == []
