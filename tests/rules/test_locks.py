"""Locks hash every package, name no package index, and there is one for each language."""

import json
import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).parents[2]
LOCKS = ("requirements.txt", "requirements-dev.txt", "requirements-build.txt", "requirements-node.txt")
OPTION = re.compile(r"^\s*(-i\b|-f\b|--(index-url|extra-index-url|find-links|trusted-host|no-index|pre)\b)", re.M)


def blocks(name: str) -> dict[str, str]:
    """Returns every pinned distribution of a lock with its lines."""
    text = (ROOT / name).read_text(encoding="utf-8")
    found = re.split(r"^(?=[A-Za-z0-9])", text, flags=re.M)
    return {canonicalize_name(block.split("==")[0]): block for block in found if block[:1].isalnum()}


def pinned(name: str) -> dict[str, Version]:
    return {package: Version(block.split("==")[1].split()[0]) for package, block in blocks(name).items()}


def direct(*extras: str) -> list[Requirement]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lines = project["dependencies"] + [line for extra in extras for line in project["optional-dependencies"][extra]]
    return [Requirement(line) for line in lines]


@pytest.mark.parametrize("name", LOCKS)
def test_lock_names_no_address_and_no_option(name: str):
    text = (ROOT / name).read_text(encoding="utf-8")
    assert "://" not in text
    assert " @ " not in text
    assert not OPTION.search(text)


@pytest.mark.parametrize("name", LOCKS)
def test_every_package_of_a_lock_is_pinned_and_hashed(name: str):
    loose = [package for package, block in blocks(name).items() if "==" not in block or "--hash=sha256:" not in block]
    assert blocks(name)
    assert loose == []


@pytest.mark.parametrize(("name", "extras"), [("requirements.txt", ()), ("requirements-dev.txt", ("dev",))])
def test_lock_holds_every_declared_dependency(name: str, extras: tuple[str, ...]):
    versions = pinned(name)
    wrong = [
        str(wanted)
        for wanted in direct(*extras)
        if not wanted.specifier.contains(versions.get(canonicalize_name(wanted.name), Version("0")))
    ]
    assert wrong == [], "run `make lock` and commit what it changes"


def test_developers_lock_has_the_versions_of_the_users_lock():
    developers = pinned("requirements-dev.txt")
    differing = {
        name: version for name, version in pinned("requirements.txt").items() if developers.get(name) != version
    }
    assert differing == {}


def test_front_end_lock_is_clean_and_complete():
    lock = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))
    packages = {path: entry for path, entry in lock["packages"].items() if path and not entry.get("link")}
    assert packages
    assert [path for path, entry in packages.items() if "resolved" in entry] == []
    assert [path for path, entry in packages.items() if "integrity" not in entry and not entry.get("inBundle")] == []


def test_front_end_lock_holds_dependencies_of_package_json():
    lock = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))
    wanted = json.loads((ROOT / "package.json").read_text(encoding="utf-8"))
    for kind in ("dependencies", "devDependencies"):
        assert lock["packages"][""].get(kind, {}) == wanted.get(kind, {})
        for name, version in wanted.get(kind, {}).items():
            assert re.fullmatch(r"\d+\.\d+\.\d+", version), f"{name}: pin a version, not a range"
            assert lock["packages"][f"node_modules/{name}"]["version"] == version


def test_npm_omits_addresses_from_its_lock():
    assert "omit-lockfile-registry-resolved=true" in (ROOT / ".npmrc").read_text(encoding="utf-8").split()
    assert "://" not in (ROOT / ".npmrc").read_text(encoding="utf-8")


def test_each_language_has_one_lock():
    ignored = (ROOT / ".gitignore").read_text(encoding="utf-8").split()
    assert "uv.lock" in ignored
    for other in ("poetry.lock", "Pipfile.lock", "pdm.lock", "yarn.lock", "pnpm-lock.yaml"):
        assert not (ROOT / other).exists()
