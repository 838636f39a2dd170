"""`lms restore`: nothing that is changed, and nothing over other data."""

import json
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from lms.cli import backup, restore
from lms.core.backups.manifest import DUMP, FILES, MANIFEST, UnusableBackup, read_manifest
from lms.core.backups.table_digests import digest_tables
from lms.devserver.errors import ServerError
from tests.factories import make
from tests.support.installations import Installation, MakeDatabase, same_bytes
from tests.support.processes import TEST_KEY


def test_check_tells_which_rows_and_files_were_compared(source: Installation, made: Path):
    ended = source.run(restore.command, made, "--check")
    assert ended.exit_code == 0, ended.output
    held = read_manifest(made)
    assert f"{len(held.tables)} tables with {held.rows:,} rows" in ended.output
    assert f"are row by row those of {held.made_at:%Y-%m-%d %H:%M:%S} UTC; 3 files" in ended.output
    assert "Needed beside it: LMS_SECRET_KEY, or the file `secret` of LMS_DATA." in ended.output
    assert held.tables["enrolment"].rows == 1


def test_digests_tell_a_changed_a_doubled_and_a_missing_row(source: Installation):
    with psycopg.connect(source.url) as connection:
        connection.execute("CREATE TABLE trial (name text)")
        connection.execute("INSERT INTO trial VALUES ('а'), ('б'), (NULL)")
        known = digest_tables(connection)["trial"]
        connection.execute("DELETE FROM trial")
        connection.execute("INSERT INTO trial VALUES (NULL), ('б'), ('а')")
        assert digest_tables(connection)["trial"] == known
        seen = {known}
        for change in (
            "UPDATE trial SET name = 'в' WHERE name = 'а'",
            "INSERT INTO trial VALUES ('в')",
            "DELETE FROM trial",
        ):
            connection.execute(change)
            seen.add(digest_tables(connection)["trial"])
        connection.rollback()
    assert len(seen) == 4


def test_check_finds_a_row_that_differs(source: Installation, made: Path):
    held = json.loads((made / MANIFEST).read_text())
    held["tables"]["enrolment"]["digest"] = "0-0"
    (made / MANIFEST).write_text(json.dumps(held))
    ended = source.run(restore.command, made, "--check")
    assert ended.exit_code == 1
    assert "The restored tables are not those of the backup: enrolment." in str(ended.exception)


def test_check_finds_a_file_that_the_backup_lacks(source: Installation, made: Path):
    held = json.loads((made / MANIFEST).read_text())
    lost, _size = held["files"].popitem()
    (made / MANIFEST).write_text(json.dumps(held))
    ended = source.run(restore.command, made, "--check")
    assert ended.exit_code == 1
    assert f"The backup lacks files that its database names: {lost}." in str(ended.exception)


def _cut_manifest(made: Path) -> None:
    whole = (made / MANIFEST).read_text()
    (made / MANIFEST).write_text(whole[: len(whole) // 2])


def _change_dump(made: Path) -> None:
    content = bytearray((made / DUMP).read_bytes())
    content[len(content) // 2] ^= 1
    (made / DUMP).write_bytes(content)


def _a_file(made: Path) -> Path:
    return next(path for path in (made / FILES).rglob("*") if path.is_file())


DAMAGES: dict[str, Callable[[Path], object]] = {
    "no manifest": lambda made: (made / MANIFEST).unlink(),
    "cut manifest": _cut_manifest,
    "no dump": lambda made: (made / DUMP).unlink(),
    "changed dump": _change_dump,
    "no file": lambda made: _a_file(made).unlink(),
    "cut file": lambda made: _a_file(made).write_bytes(_a_file(made).read_bytes()[:-1]),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_damaged_backup_is_refused_before_anything_is_touched(
    made: Path, source: Installation, target: Installation, damage: str
):
    DAMAGES[damage](made)
    for arguments in ((), ("--replace",), ("--check",)):
        ended = target.run(restore.command, made, *arguments)
        assert ended.exit_code == 1
        assert isinstance(ended.exception, UnusableBackup)
    assert target.asked("SELECT 1 FROM pg_class WHERE relnamespace = 'public'::regnamespace") == []
    assert not (Path(target.environment["LMS_DATA"]) / "files").exists()


def test_database_with_data_is_replaced_only_when_asked(made: Path, source: Installation):
    with source.session() as session:
        make.enrolment(session)
    with psycopg.connect(source.url) as connection:
        connection.execute("CREATE TABLE of_a_later_release (id int)")
    refused = source.run(restore.command, made)
    assert refused.exit_code == 1
    assert "The database has data" in refused.output
    assert source.asked("SELECT count(*) FROM enrolment") == [(2,)]
    ended = source.run(restore.command, made, "--replace")
    assert ended.exit_code == 0, ended.output
    assert source.asked("SELECT count(*) FROM enrolment") == [(1,)]
    assert source.asked("SELECT to_regclass('of_a_later_release')") == [(None,)]
    again = source.run(backup.command, made.with_name("again"))
    assert again.exit_code == 0, again.output
    assert read_manifest(made.with_name("again")).tables == read_manifest(made).tables


def test_migrated_database_without_data_counts_as_empty(made: Path, installed, make_database: MakeDatabase):
    fresh = installed("fresh", make_database())
    ended = fresh.run(restore.command, made)
    assert ended.exit_code == 0, ended.output
    assert same_bytes(fresh) == 3


def test_failed_load_leaves_the_database_as_it_was(made: Path, source: Installation):
    whole = (made / DUMP).read_bytes()
    (made / DUMP).write_bytes(whole[: len(whole) * 2 // 3])
    with pytest.raises(ServerError, match="pg_restore failed"):
        restore.replace_database(source.url, made / DUMP)
    assert source.asked("SELECT count(*) FROM enrolment") == [(1,)]


def test_database_in_use_is_left_alone(made: Path, target: Installation):
    with psycopg.connect(target.url) as connection:
        connection.execute("SELECT 1")
        ended = target.run(restore.command, made)
    assert ended.exit_code == 1
    assert "The database is in use (connections: 1): stop the web and the workers first." in ended.output


@pytest.mark.parametrize(
    ("name", "value", "told"), [("revision", "9999", "later release"), ("postgres_major", 99, "99")]
)
def test_backup_of_a_later_release_is_refused(made: Path, target: Installation, name: str, value: object, told: str):
    held = json.loads((made / MANIFEST).read_text())
    (made / MANIFEST).write_text(json.dumps({**held, name: value}))
    ended = target.run(restore.command, made)
    assert ended.exit_code == 1
    assert told in str(ended.exception)


def test_restore_warns_of_another_secret_and_names_needed_keys(made: Path, target: Installation):
    held = json.loads((made / MANIFEST).read_text())
    (made / MANIFEST).write_text(json.dumps({**held, "personal_data_keys": ["derived", "k1"]}))
    target.environment["LMS_SECRET_KEY"] = TEST_KEY[::-1]
    ended = target.run(restore.command, made)
    assert ended.exit_code == 0, ended.output
    assert "and of LMS_PERSONAL_DATA_KEYS the keys derived, k1." in ended.output
    assert "Warning: the secret of this installation is another one than that of the backup." in ended.output
