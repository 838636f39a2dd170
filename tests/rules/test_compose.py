"""The container files are valid, hold no secret, and give each container what it needs and no more."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from ruamel.yaml import YAML

from lms.cli.run import KEPT_SECONDS
from lms.core.people.personal_data import ring_of
from lms.core.secret_files import SECRETS
from lms.core.settings import Settings
from lms.devserver.postgres import MAJOR, NAME, SUPERUSER

ROOT = Path(__file__).parents[2]
COMPOSE = ROOT / "docker-compose.yml"
BUCKET = ROOT / "docker-compose.s3.yml"
FILES = (COMPOSE, BUCKET)
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
EXAMPLE = (ROOT / ".env.example").read_text(encoding="utf-8")
SECRET = re.compile(r"(PASSWORD|SECRET|_KEYS?$|_KEY_FILE$|_KEYS_FILE$|AUTH$|TOKEN)")
VARIABLE = re.compile(r"\$\{([A-Z0-9_]+)(:[?-])?[^}]*\}")
PARSED: dict[Path, dict[str, Any]] = {path: YAML(typ="safe").load(path) for path in FILES}
SERVICES: dict[str, Any] = {**PARSED[COMPOSE]["services"], "s3": PARSED[BUCKET]["services"]["s3"]}
LASTING = sorted(set(SERVICES) - {"migrate"})
APPLICATION = ["web", "worker", "platforms", "letters", "beat", "migrate"]

OWN_SECRETS = {
    "web": {"database_password", "redis_password", "secret_key", "personal_data_keys", "metrics_token"},
    "worker": {"database_password", "redis_password", "secret_key", "personal_data_keys"},
    "platforms": {"database_password", "redis_password", "secret_key"},
    "letters": {"database_password", "redis_password", "mail_password"},
    "beat": {"redis_password"},
    "migrate": {"database_password"},
    "postgres": {"postgres_password", "database_password"},
    "redis": {"redis_password"},
    "mail": set(),
    "s3": {"s3_root_secret_key", "s3_access_key", "s3_secret_key"},
}
"""The secrets of each container, written here again: another one needs a reason that holds here too."""
OWN_FOLDERS = {
    "web": {"data:/data"},
    "worker": {"data:/data"},
    "postgres": {
        "database:/var/lib/postgresql",
        "./deploy/application-role.sh:/docker-entrypoint-initdb.d/10-application-role.sh:ro",
        "./lms/devserver/application_role.sql:/application_role.sql:ro",
    },
    "s3": {"objects:/objects", "accounts:/accounts", "./deploy/s3-account.sh:/s3-account.sh:ro"},
}
WAY_OUT = {"web", "platforms", "letters", "mail", "s3"}
"""Containers that may reach other machines (platforms, the mail server), have an open port, or serve the bucket."""


def settings_of(service: str) -> dict[str, str]:
    return dict(SERVICES[service].get("environment", {}))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_compose_file_is_valid(path: Path):
    checked = subprocess.run(
        [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", str(path)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_compose_file_has_every_service():
    assert set(PARSED[COMPOSE]["services"]) == {*APPLICATION, "postgres", "redis", "mail"}
    assert set(PARSED[BUCKET]["services"]) == {"web", "worker", "migrate", "s3"}


@pytest.mark.parametrize("service", LASTING)
def test_lasting_services_have_health_checks_and_restart(service: str):
    check = SERVICES[service]["healthcheck"]
    assert check["test"][0] in ("CMD", "CMD-SHELL")
    assert {"interval", "timeout", "retries"} <= set(check)
    assert SERVICES[service]["restart"] == "unless-stopped"


@pytest.mark.parametrize("service", sorted(SERVICES))
def test_services_wait_for_healthy_dependencies(service: str):
    for needed, how in SERVICES[service].get("depends_on", {}).items():
        assert how["condition"] == ("service_completed_successfully" if needed == "migrate" else "service_healthy"), (
            f"{service} → {needed}"
        )


@pytest.mark.parametrize("service", ["web", "worker", "platforms", "letters", "beat"])
def test_application_waits_for_migrations(service: str):
    assert "migrate" in SERVICES[service]["depends_on"]


@pytest.mark.parametrize("service", sorted(SERVICES))
def test_container_gets_the_secrets_and_folders_that_it_needs(service: str):
    assert set(SERVICES[service].get("secrets", [])) == OWN_SECRETS[service]
    assert set(SERVICES[service].get("volumes", [])) == OWN_FOLDERS.get(service, set())
    assert ("default" in SERVICES[service]["networks"]) == (service in WAY_OUT)


@pytest.mark.parametrize("service", sorted(SERVICES))
def test_secrets_are_files_and_used(service: str):
    for name, value in settings_of(service).items():
        if SECRET.search(name) and name != "ROOT_ACCESS_KEY_ID":
            assert name.endswith("_FILE"), f"{service}: {name}"
            assert value in {f"/run/secrets/{secret}" for secret in OWN_SECRETS[service]} or value == f"${{{name}:-}}"
        assert not re.search(r"://[^/@]*:[^@]*@", value), f"{service}: {name} has a password"
    scripts = [(ROOT / "deploy" / name).read_text() for name in ("application-role.sh", "s3-account.sh")]
    told = str(
        [settings_of(service), SERVICES[service].get("command"), SERVICES[service].get("entrypoint"), scripts, EXAMPLE]
    )
    assert [secret for secret in OWN_SECRETS[service] if secret not in told] == []


def test_mail_password_is_taken_from_its_file_when_env_says_so():
    assert settings_of("letters")["LMS_MAIL_PASSWORD_FILE"] == "${LMS_MAIL_PASSWORD_FILE:-}"
    assert "#LMS_MAIL_PASSWORD_FILE=/run/secrets/mail_password" in EXAMPLE.splitlines()


def test_bucket_file_adds_the_bucket_and_its_own_key_only():
    for service in ("web", "worker", "migrate"):
        added = PARSED[BUCKET]["services"][service]
        assert set(added["secrets"]) == {"s3_access_key", "s3_secret_key"}
        assert added["environment"]["LMS_STORAGE"] == "s3"
    assert "LMS_STORAGE" not in str(PARSED[COMPOSE])  # the folder, the default


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_secret_files_lie_in_the_ignored_folder(path: Path):
    named = PARSED[path]["secrets"]
    assert {name: one["file"] for name, one in named.items()} == {name: f"./secrets/{name}" for name in named}
    assert "/secrets/" in (ROOT / ".gitignore").read_text(encoding="utf-8").split()
    used = {secret for service in PARSED[path]["services"].values() for secret in service.get("secrets", [])}
    assert used == set(named)


def make_secrets(folder: Path, *arguments: str) -> dict[str, str]:
    made = subprocess.run(
        ["sh", ROOT / "deploy" / "make-secrets.sh", *arguments], cwd=folder, capture_output=True, text=True, check=False
    )
    assert made.returncode == 0, made.stderr
    return {path.name: path.read_text(encoding="utf-8") for path in (folder / "secrets").iterdir()} | {"": made.stdout}


def test_script_makes_every_secret_once(tmp_path: Path):
    made = make_secrets(tmp_path, "s3")
    assert set(made) - {""} == {name for path in FILES for name in PARSED[path]["secrets"]}
    assert made["mail_password"] == ""
    assert (tmp_path / "secrets").stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in (tmp_path / "secrets").iterdir()} == {0o444}
    settings = Settings(
        data=tmp_path,
        secret_key=SecretStr(made["secret_key"].strip()),
        personal_data_keys=SecretStr(made["personal_data_keys"].strip()),
    )
    assert [key.id for key in ring_of(settings).keys] == ["k1", "derived"]
    again = make_secrets(tmp_path, "s3")
    assert {name: text for name, text in again.items() if name} == {name: text for name, text in made.items() if name}


def test_script_takes_secrets_of_an_earlier_release_over(tmp_path: Path):
    lines = ("LMS_PUBLIC_URL=https://x", "LMS_SECRET_KEY=of before", "LMS_PERSONAL_DATA_KEYS='k2:AA=,k1:BB='", "")
    (tmp_path / ".env").write_text("\n".join((*lines, "POSTGRES_PASSWORD=data", "REDIS_PASSWORD=", "S3_ACCESS_KEY=a")))
    made = make_secrets(tmp_path)
    assert [made[name] for name in ("secret_key", "personal_data_keys", "database_password")] == [
        "of before\n",
        "k2:AA=,k1:BB=\n",
        "data\n",
    ]
    assert len(made["redis_password"]) == len(made["postgres_password"]) == 65
    assert "remove them: LMS_SECRET_KEY LMS_PERSONAL_DATA_KEYS POSTGRES_PASSWORD \n" in made[""]
    assert "of before" not in made[""]


def test_example_names_every_variable_and_no_secret():
    named = dict(re.findall(r"^#?([A-Z0-9_]+)=(.*)$", EXAMPLE, flags=re.M))
    texts = "".join(path.read_text(encoding="utf-8") for path in FILES)
    assert {match[1] for match in VARIABLE.finditer(texts)} <= set(named)
    assert {name for name in named if SECRET.search(name)} == {"LMS_MAIL_PASSWORD_FILE"}
    for name in {match[1] for match in VARIABLE.finditer(texts) if match[2] == ":?"}:
        assert re.search(rf"^{name}=$", EXAMPLE, flags=re.M), f"{name} must be in .env.example, empty"


@pytest.mark.parametrize("service", APPLICATION)
def test_application_gets_existing_settings_only(service: str):
    known = {f"LMS_{name.upper()}" for name in Settings.model_fields}
    known |= {f"LMS_{name.upper()}_FILE" for name in SECRETS}
    assert set(settings_of(service)) <= known
    assert "LMS_DEMO" not in settings_of(service)


def test_every_secret_setting_may_be_a_file():
    typed = {name for name, field in Settings.model_fields.items() if "SecretStr" in str(field.annotation)}
    assert typed <= set(SECRETS) <= set(Settings.model_fields)
    guide = (ROOT / "docs" / "operator.md").read_text(encoding="utf-8")
    assert [name for name in SECRETS if f"LMS_{name.upper()}_FILE" not in guide] == []


@pytest.mark.parametrize("service", sorted(SERVICES))
def test_containers_have_no_more_rights_than_they_need(service: str):
    kept = SERVICES[service]
    assert kept["read_only"] is True
    assert kept["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in kept["security_opt"]
    assert kept["pids_limit"] <= 500
    assert "cap_add" not in kept or service == "postgres"


def test_application_is_no_superuser_of_the_database():
    assert settings_of("web")["LMS_DATABASE_URL"] == f"postgresql://{NAME}@postgres:5432/{NAME}"
    assert "POSTGRES_USER" not in settings_of("postgres")  # the image's own superuser, `postgres`
    assert SUPERUSER == "postgres"


@pytest.mark.parametrize("service", sorted(SERVICES))
def test_ports_are_open_to_this_machine_only(service: str):
    assert all(str(port).startswith("127.0.0.1:") for port in SERVICES[service].get("ports", []))


@pytest.mark.parametrize("service", sorted(SERVICES))
def test_images_name_their_version(service: str):
    if "build" not in SERVICES[service]:
        assert re.search(r":[\w.-]*\d", SERVICES[service]["image"]), service


def test_database_has_the_embedded_major_version():
    assert SERVICES["postgres"]["image"].startswith(f"postgres:{MAJOR}")


def instructions(name: str) -> list[str]:
    joined = DOCKERFILE.replace("\\\n", " ")
    return [line.split(None, 1)[1].strip() for line in joined.splitlines() if line.startswith(f"{name} ")]


def test_image_is_built_in_stages_from_named_versions():
    stages = instructions("FROM")
    assert len(stages) == 3
    assert all(re.search(r":\d", stage) for stage in stages)
    assert instructions("ADD") == []
    assert instructions("VOLUME") == []  # a container without a folder for data must not get an own one


def test_image_runs_as_unprivileged_user_with_health_check():
    last = DOCKERFILE.rindex("\nFROM ")
    assert instructions("USER") == ["stazhirovka:stazhirovka"]
    assert DOCKERFILE.index("\nUSER ") > last
    assert "/healthz" in instructions("HEALTHCHECK")[0]


def test_image_installs_from_locks_only():
    installs = [part for line in instructions("RUN") for part in line.split("&&") if "pip install" in part]
    assert installs
    assert all("--require-hashes" in part or "--no-deps --no-build-isolation" in part for part in installs)
    assert any("npm ci" in line for line in instructions("RUN"))


def test_image_context_has_copied_files_only():
    sources = {source for line in instructions("COPY") if "--from=" not in line for source in line.split()[:-1]}
    let_in = set(re.findall(r"^!(.+)$", (ROOT / ".dockerignore").read_text(encoding="utf-8"), flags=re.M))
    assert sources == let_in
    assert [source for source in sources if not (ROOT / source).exists()] == []


def test_container_keeps_idle_connections_longer_than_any_browser():
    assert KEPT_SECONDS > 300
    assert f'"--keep-alive", "{KEPT_SECONDS}"' in DOCKERFILE


def test_container_loads_the_application_once_for_all_processes():
    assert '"--preload", "--config", "python:lms.web_server"' in DOCKERFILE
