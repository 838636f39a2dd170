"""Each process of docker-compose.yml runs with the settings and secrets that its container gets, and with no others."""

import os
import shlex
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
import redis
from celery import Celery
from sqlalchemy.orm import Session

from lms.celery_options import options
from lms.core.db import make_engine
from lms.core.mail.operations import send
from lms.devserver import processes as children
from lms.devserver.postgres import NAME, ROLE_SQL, SUPERUSER, Postgres
from lms.devserver.supervisor import Servers
from lms.devserver.valkey import _free_port as free_port
from lms.devserver.valkey import _program as valkey_server
from tests.rules.test_compose import OWN_FOLDERS, OWN_SECRETS, ROOT, SERVICES, make_secrets, settings_of
from tests.support.post_office import opened
from tests.support.processes import Running, wait_for_address, wait_until
from tests.support.superuser import as_superuser


@pytest.fixture
def place(tmp_path: Path, servers: Servers) -> Iterator[Running]:
    """Started processes, and a folder with the secrets as the script makes them; the servers are those of the tests."""
    make_secrets(tmp_path)
    running = Running({}, tmp_path)
    yield running
    running.stop_all()


def environment(place: Running, service: str, url: str, broker: str) -> dict[str, str]:
    """Returns the container's environment; servers, secrets and folders are those of the test."""
    given = {name: value for name, value in settings_of(service).items() if not value.startswith("${")}
    folder = place.log_folder / service
    folder.mkdir()
    for secret in OWN_SECRETS[service]:
        (folder / secret).write_bytes((place.log_folder / "secrets" / secret).read_bytes())
    given = {name: value.replace("/run/secrets", str(folder)) for name, value in given.items()}
    (place.log_folder / "no-folder").touch()
    ours = {
        "LMS_DATABASE_URL": url,
        "LMS_REDIS_URL": broker,
        "LMS_PUBLIC_URL": "https://internships.example.org",
        "LMS_DATA": str(place.log_folder / ("data" if service in OWN_FOLDERS else "no-folder")),
        "PATH": os.environ["PATH"],
    }
    named = {*settings_of(service), "LMS_DATA", "PATH"}
    return given | {name: value for name, value in ours.items() if name in named}


def broker_of(servers: Servers) -> str:
    """Returns a database of the tests' broker that no other test uses."""
    return servers.redis_url.removesuffix("/0") + "/2"


def without_password(broker: str) -> tuple[str, str]:
    """Returns the address of the tests' broker without its password, and the password."""
    scheme, _, rest = broker.partition("://")
    user, _, server = rest.rpartition("@")
    return f"{scheme}://{server}", user.removeprefix(":")


@pytest.fixture
def start(place: Running, servers: Servers, make_database: Callable[[], str]) -> Callable[..., str]:
    """Returns a function that starts a service as its container does and returns the database's address."""
    url = make_database()
    broker, password = without_password(broker_of(servers))
    secret = place.log_folder / "secrets" / "redis_password"
    secret.chmod(0o600)
    secret.write_text(password, encoding="utf-8")

    def begin(service: str, *command: str, **more: str) -> str:
        place.environment = environment(place, service, url, broker) | more
        place.start(service, *(command or SERVICES[service]["command"]))
        return url

    return begin


def test_web_runs_with_its_secrets(place: Running, start: Callable[..., str]):
    port = free_port()
    options = ["-k", "gthread", "--preload", "--config", "python:lms.web_server"]
    start("web", "gunicorn", "-b", f"127.0.0.1:{port}", *options, "lms.app:create_app()")
    wait_for_address(f"http://127.0.0.1:{port}/readyz")


@pytest.mark.parametrize("service", ["worker", "platforms"])
def test_workers_run_with_their_secrets(place: Running, start: Callable[..., str], service: str):
    start(service)
    wait_until(lambda: " ready." in place.log(service), what=place.log(service))
    assert "Traceback" not in place.log(service)


def test_letters_are_sent_without_a_key_and_without_a_folder(
    place: Running, start: Callable[..., str], servers: Servers
):
    (place.log_folder / "secrets" / "mail_password").chmod(0o600)
    (place.log_folder / "secrets" / "mail_password").write_text("of the mail server", encoding="utf-8")
    with opened() as office:
        mail = {"LMS_MAIL_URL": f"smtp://127.0.0.1:{office.port}", "LMS_MAIL_FROM": "no-reply@lms.example.org"}
        url = start("letters", **mail)
        engine = make_engine(url)
        with Session(engine) as session:
            send(session, to="nina@school.ru", subject="Тема", body="Текст", person_id=None)
            session.commit()
        engine.dispose()
        _notify(broker_of(servers), "mail.send")
        wait_until(lambda: office.letters, what=place.log("letters"))
    assert not (place.log_folder / "data").exists()


def _notify(broker: str, kind: str) -> None:
    with Celery("sender") as sender:
        sender.conf.update(options(broker))
        sender.send_task("worker.run_pending", (kind,), queue="mail")


def test_schedule_needs_the_broker_only(place: Running, start: Callable[..., str]):
    command = [
        part.replace("/tmp/schedule", str(place.log_folder / "schedule")) for part in SERVICES["beat"]["command"]
    ]
    start("beat", *command, LMS_SWEEP_SECONDS="1")
    wait_until(lambda: "Sending due task sweep" in place.log("beat"), what=place.log("beat"))


def test_migrations_need_the_database_only(place: Running, start: Callable[..., str]):
    start("migrate", "lms.cli.main", *SERVICES["migrate"]["command"][1:])
    assert place.processes["migrate"].wait(60) == 0, place.log("migrate")
    assert "The tables are those of this release." in place.log("migrate")


def test_broker_takes_its_password_from_the_file(tmp_path: Path):
    (tmp_path / "redis_password").write_text("of-the-file\n", encoding="utf-8")
    port = free_port()
    script = SERVICES["redis"]["command"][2].replace("$$", "$").replace("/tmp/valkey", f"{tmp_path}/valkey")
    script = script.replace("/run/secrets", str(tmp_path))
    script = script.replace("exec valkey-server", f"exec {shlex.quote(valkey_server())}").strip() + f" --port {port}"
    server = children.spawn(["/bin/sh", "-c", script], log=tmp_path / "log")
    try:
        with redis.Redis(port=port, password="of-the-file") as client:
            wait_until(lambda: _answers(client), what=(tmp_path / "log").read_text())
            assert client.config_get("save", "appendonly", "maxmemory-policy") == {
                "save": "",
                "appendonly": "no",
                "maxmemory-policy": "noeviction",
            }
        with redis.Redis(port=port) as stranger, pytest.raises(redis.AuthenticationError):
            stranger.ping()
        assert "of-the-file" not in " ".join(children.command_line(server.pid))
    finally:
        server.kill()
        server.wait()


def _answers(client: redis.Redis) -> bool:
    try:
        return bool(client.ping())
    except redis.ConnectionError:
        return False


def run_role_script(server: Postgres, folder: Path) -> subprocess.CompletedProcess[str]:
    """Runs the script of the database's container on this server, with the secrets of the folder."""
    ours = {
        "PGHOST": str(server.sockets),
        "PATH": f"{server.programs}:{os.environ['PATH']}",
        "SECRETS": str(folder / "secrets"),
        "ROLE_SQL": str(ROLE_SQL),
    }
    script = ROOT / "deploy" / "application-role.sh"
    return subprocess.run(["sh", script], env=ours, capture_output=True, text=True, check=False)


def test_script_makes_the_application_role_and_sets_passwords(servers: Servers, tmp_path: Path):
    assert servers.postgres is not None
    make_secrets(tmp_path)
    for _ in range(2):
        ran = run_role_script(servers.postgres, tmp_path)
        assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", "")
    with psycopg.connect(as_superuser(servers.database_url)) as connection:
        found = connection.execute(
            "SELECT rolname, rolpassword FROM pg_authid WHERE rolpassword IS NOT NULL"
        ).fetchall()
    assert sorted(name for name, _ in found) == [SUPERUSER, NAME]
    assert all(kept.startswith("SCRAM-SHA-256$") for _, kept in found)
