"""The container files are valid, have health checks, hold no secret, and run without root."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from lms.core.settings import Settings

ROOT = Path(__file__).parents[2]
COMPOSE = ROOT / "docker-compose.yml"
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
EXAMPLE = (ROOT / ".env.example").read_text(encoding="utf-8")
SECRET = re.compile(r"(PASSWORD|SECRET|_KEYS?$|AUTH$|TOKEN)")
DEMANDED = re.compile(r"\$\{[A-Z0-9_]+:\?[^}]*\}")
VARIABLE = re.compile(r"\$\{([A-Z0-9_]+)(:[?-])?[^}]*\}")
SERVICES: dict[str, Any] = YAML(typ="safe").load(COMPOSE)["services"]
LASTING = sorted(set(SERVICES) - {"migrate"})


def settings_of(service: str) -> dict[str, str]:
    return dict(SERVICES[service].get("environment", {}))


def test_compose_file_is_valid():
    checked = subprocess.run(
        [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", str(COMPOSE)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_compose_file_has_every_service():
    assert set(SERVICES) == {
        "web",
        "worker",
        "platforms",
        "letters",
        "beat",
        "migrate",
        "postgres",
        "redis",
        "mail",
        "s3",
    }


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
def test_secrets_are_required_and_not_in_the_file(service: str):
    for name, value in settings_of(service).items():
        if SECRET.search(name):
            assert DEMANDED.fullmatch(value), f"{service}: {name}"
        password = re.search(r"://[^/@]*:([^@]*)@", DEMANDED.sub("DEMANDED", value))
        assert not password or password[1] == "DEMANDED", f"{service}: {name}"


def test_example_names_every_variable_without_value():
    named = dict(re.findall(r"^#?([A-Z0-9_]+)=(.*)$", EXAMPLE, flags=re.M))
    wanted = {match[1] for match in VARIABLE.finditer(COMPOSE.read_text(encoding="utf-8"))}
    assert wanted <= set(named)
    assert {name: value for name, value in named.items() if SECRET.search(name) and value} == {}
    demanded = {match[1] for match in VARIABLE.finditer(COMPOSE.read_text(encoding="utf-8")) if match[2] == ":?"}
    for name in demanded:
        assert re.search(rf"^{name}=$", EXAMPLE, flags=re.M), f"{name} must be in .env.example, empty"


@pytest.mark.parametrize("service", ["web", "worker", "platforms", "letters", "beat", "migrate"])
def test_application_gets_existing_settings_only(service: str):
    known = {f"LMS_{name.upper()}" for name in Settings.model_fields}
    assert set(settings_of(service)) <= known
    assert "LMS_DEMO" not in settings_of(service)


@pytest.mark.parametrize("service", ["web", "worker", "platforms", "letters", "beat", "migrate"])
def test_application_has_no_more_rights_than_it_needs(service: str):
    kept = SERVICES[service]
    assert kept["read_only"] is True
    assert kept["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in kept["security_opt"]


@pytest.mark.parametrize("service", sorted(SERVICES))
def test_ports_are_open_to_this_machine_only(service: str):
    assert all(str(port).startswith("127.0.0.1:") for port in SERVICES[service].get("ports", []))


@pytest.mark.parametrize("service", sorted(SERVICES))
def test_images_name_their_version(service: str):
    if "build" not in SERVICES[service]:
        assert re.search(r":[\w.-]*\d", SERVICES[service]["image"]), service


def test_database_has_the_embedded_major_version():
    from lms.devserver.postgres import MAJOR

    assert SERVICES["postgres"]["image"].startswith(f"postgres:{MAJOR}")
    assert SERVICES["postgres"]["volumes"] == ["database:/var/lib/postgresql"]  # where version 18 and later keep it


def instructions(name: str) -> list[str]:
    joined = DOCKERFILE.replace("\\\n", " ")
    return [line.split(None, 1)[1].strip() for line in joined.splitlines() if line.startswith(f"{name} ")]


def test_image_is_built_in_stages_from_named_versions():
    stages = instructions("FROM")
    assert len(stages) == 3
    assert all(re.search(r":\d", stage) for stage in stages)
    assert instructions("ADD") == []


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
