"""Web and worker behind PgBouncer in transaction mode, with fewer connections than requests at once."""

from pathlib import Path

from lms.bench.under_load.__main__ import clients
from lms.bench.under_load.comparison import problems_of
from lms.bench.under_load.ledger import read_ledger
from lms.bench.under_load.plan import make_plan
from lms.core.settings import Settings
from lms.devserver.supervisor import running
from tests.support.clusters import template_cluster
from tests.support.composing import composed
from tests.support.memory import throwaway_folder
from tests.support.pgbouncer import pooled
from tests.support.processes import free_port, running_processes, wait_for_address

TRAINEES, LESSONS, CONNECTIONS = 12, 1, 2


def test_nothing_is_lost_or_locked_with_two_connections(tmp_path: Path):
    """The web has six threads, the worker a process and the schedule: requests hold one connection at a time."""
    ledger = tmp_path / "ledger.jsonl"
    with throwaway_folder() as folder, running(Settings(data=folder / "data"), template=template_cluster()) as servers:
        own = Settings(data=tmp_path / "own", database_url=servers.database_url, redis_url=servers.redis_url, demo=True)
        bouncer = folder / "bouncer"
        bouncer.mkdir()
        with composed(own) as parts, pooled(servers.database_url, bouncer, connections=CONNECTIONS) as address:
            with parts.sessions.begin() as session:
                plan = make_plan(session, trainees=TRAINEES, pause=0.1, lessons=LESSONS, ledger=ledger)
            addresses = {"database_url": address, "redis_url": servers.redis_url, "data": tmp_path / "own"}
            more = {"LMS_DATABASE_PREPARED": "0", "LMS_TRUSTED_PROXIES": "1", "LMS_PUBLIC_URL": "http://localhost"}
            with running_processes(tmp_path / "logs", **addresses, **more) as processes:
                port = free_port()
                processes.start_web(port)
                processes.start_worker()
                wait_for_address(f"http://127.0.0.1:{port}/readyz")
                with clients(f"http://127.0.0.1:{port}", plan, tmp_path, 8.0) as people:
                    people.wait(120)
                found = read_ledger(ledger)
                assert people.returncode == 0, (tmp_path / "clients.log").read_text(encoding="utf-8")[-3000:]
                assert found.errors == []
                assert [one for one in found.requests if not one.good] == []
                assert len(found.of("answers_handed_in")) == TRAINEES * LESSONS
                assert problems_of(parts.sessions, plan, found) == []
