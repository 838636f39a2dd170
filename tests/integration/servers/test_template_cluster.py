"""The template of a data folder that tests copy: when it is built, and that a copy is a migrated database."""

import multiprocessing
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from lms.core.migrate import FOLDER as MIGRATIONS
from lms.core.settings import Settings
from lms.devserver.supervisor import running
from tests.support.clusters import KEPT, fingerprint, obtain, template_cluster

WAIT_SECONDS = 0.3


class Builder:
    """Builds a folder with two files and counts how often."""

    def __init__(self) -> None:
        self.built = 0

    def __call__(self, data: Path) -> None:
        self.built += 1
        (data / "base").mkdir(parents=True)
        (data / "PG_VERSION").write_text("18")
        (data / "base" / "rows").write_text("all")


@pytest.fixture
def builder() -> Builder:
    return Builder()


@pytest.mark.parametrize(
    "change",
    [
        lambda folder: (folder / "versions" / "9999_new.py").write_text("revision = '9999'"),
        lambda folder: (folder / "versions" / "0001_initial.py").write_text("revision = '0001'"),
        lambda folder: (folder / "versions" / "0001_initial.py").unlink(),
    ],
    ids=["added", "edited", "removed"],
)
def test_fingerprint_changes_with_migrations(tmp_path: Path, change: Callable[[Path], None]):
    copied = shutil.copytree(MIGRATIONS, tmp_path / "migrations")
    assert fingerprint(copied) == fingerprint(MIGRATIONS)
    change(copied)
    assert fingerprint(copied) != fingerprint(MIGRATIONS)


def test_template_is_built_once(tmp_path: Path, builder: Builder):
    first, second = (obtain(tmp_path, "one", builder) for _ in range(2))
    assert first == second
    assert (first / "base" / "rows").read_text() == "all"
    assert builder.built == 1


@pytest.mark.parametrize("damaged", ["postgres/base/rows", "contents.json"])
def test_damaged_template_is_built_anew(tmp_path: Path, builder: Builder, damaged: str):
    folder = obtain(tmp_path, "one", builder).parent
    (folder / damaged).write_text("")
    assert (obtain(tmp_path, "one", builder) / "base" / "rows").read_text() == "all"
    assert builder.built == 2


def test_failed_build_leaves_nothing(tmp_path: Path, builder: Builder):
    def fail(data: Path) -> None:
        builder(data)
        raise RuntimeError("killed half-way")

    with pytest.raises(RuntimeError, match="half-way"):
        obtain(tmp_path, "one", fail)
    assert [path.name for path in tmp_path.iterdir()] == ["lock"]


def test_stale_templates_and_half_built_ones_are_removed(tmp_path: Path, builder: Builder):
    (tmp_path / "half-killed").mkdir()
    for number in range(KEPT + 2):
        folder = obtain(tmp_path, f"template-{number}", builder).parent
        os.utime(folder, (number, number))
    obtain(tmp_path, "last", builder)
    kept = {path.name for path in tmp_path.iterdir() if path.is_dir()}
    assert kept == {"last", f"template-{KEPT + 1}", f"template-{KEPT}"}


def _build_slowly(data: Path) -> None:
    with (data.parents[1] / "builds").open("a") as builds:
        builds.write("built\n")
    data.mkdir()
    multiprocessing.Event().wait(WAIT_SECONDS)


def test_two_processes_build_one_template(tmp_path: Path):
    started = multiprocessing.get_context("fork")
    processes = [started.Process(target=obtain, args=(tmp_path, "one", _build_slowly)) for _ in range(2)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0, 0]
    assert (tmp_path / "builds").read_text() == "built\n"


def test_copied_cluster_has_every_migration_and_is_ones_own(data: Path):
    newest = max(path.name[:4] for path in (MIGRATIONS / "versions").glob("[0-9]*.py"))
    template = template_cluster()
    before = sorted(template.rglob("*"))
    with running(Settings(data=data), fast=True, template=template) as servers:
        with psycopg.connect(servers.database_url) as connection:
            row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
        assert row == (newest,)
        assert servers.postgres is not None
        assert servers.postgres.data != template
    assert sorted(template.rglob("*")) == before
