"""Rotation of the keys of personal data: in batches, resumable, and by the command."""

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy.orm import Session

from courses.models.programmes import ImportDraft
from lms.cli.keys import command
from lms.core.auth.policy import SYSTEM
from lms.core.crypto.key_ring import Key, KeyRing, parse_keys
from lms.core.db import make_engine, make_sessions, transaction
from lms.core.people import key_rotation, personal_data
from lms.core.people.models import Person, PersonalData
from lms.devserver.supervisor import Servers
from tests.factories import make
from tests.support.personal_data import person_with
from tests.support.processes import TEST_KEY

OLD, NEW, LOST = Key("old", b"a" * 32), Key("new", b"b" * 32), Key("lost", b"c" * 32)
NUMBER, BORN = "11223344595", date(1979, 5, 17)


@pytest.fixture(autouse=True)
def restored_ring() -> Iterator[None]:
    before = personal_data._ring[:]
    yield
    personal_data._ring[:] = before


def use(*keys: Key) -> None:
    personal_data.configure(KeyRing(keys))


def keep(session: Session, person: Person, number: str | None = None) -> None:
    personal_data.keep(session, actor=SYSTEM, person_id=person.id, identity_number=number, birth_date=BORN)


def test_renewed_rows_need_new_key_alone(session: Session):
    use(OLD)
    first, second = make.person(session), make.person(session)
    keep(session, first, NUMBER)
    keep(session, second)
    use(NEW, OLD)
    assert key_rotation.renew_batch(session).renewed == 2
    use(NEW)
    assert person_with(session, NUMBER) == first.id
    assert personal_data.read(session, actor=SYSTEM, person_id=second.id, purpose="test") == (None, BORN)
    assert key_rotation.rows_by_key(session) == {"new": 2}


def test_interrupted_rotation_continues_with_remaining_rows(session: Session):
    use(OLD)
    for _ in range(3):
        keep(session, make.person(session))
    use(NEW, OLD)
    assert key_rotation.renew_batch(session, limit=2).renewed == 2
    assert key_rotation.rows_by_key(session) == {"new": 2, "old": 1}
    assert key_rotation.renew_batch(session, limit=2).renewed == 1
    assert key_rotation.renew_batch(session, limit=2) == key_rotation.Batch(None)


def test_row_of_missing_key_stays_and_does_not_stop_others(session: Session):
    use(LOST)
    lost = make.person(session)
    keep(session, lost)
    use(OLD)
    other = make.person(session)
    keep(session, other)
    use(NEW, OLD)
    batch = key_rotation.renew_batch(session)
    assert (batch.last, batch.renewed, batch.unreadable) == (other.id, 1, (lost.id,))
    assert key_rotation.renew_batch(session, after=other.id).last is None
    use(LOST)
    assert personal_data.read(session, actor=SYSTEM, person_id=lost.id, purpose="test") == (None, BORN)


class Command:
    """`lms keys` on a database of its own that has three rows of an earlier key and an unsaved list."""

    def __init__(self, data: Path, servers: Servers, database_url: str) -> None:
        self.environment = {
            "LMS_DATA": str(data),
            "LMS_DATABASE_URL": database_url,
            "LMS_REDIS_URL": servers.redis_url,
            "LMS_SECRET_KEY": TEST_KEY,
        }
        self.sessions = make_sessions(make_engine(database_url))

    def fill(self, key: Key, *, drafts: int = 0) -> None:
        use(key)
        with transaction(self.sessions) as session:
            for _ in range(3):
                keep(session, make.person(session))
            cohort = make.cohort(session)
            account = make.member(session, "leader", site=cohort.site)
            for _ in range(drafts):
                content = {"key_id": key.id}
                session.add(
                    ImportDraft(
                        site_id=cohort.site_id, account_id=account.id, kind="roster", file_name="", content=content
                    )
                )

    def run(self, *arguments: str, keys: tuple[Key, ...]) -> Result:
        listed = {"LMS_PERSONAL_DATA_KEYS": ",".join(key.as_setting() for key in keys)}
        return CliRunner().invoke(command, arguments, env=self.environment | listed)

    def keys_of_rows(self) -> list[str]:
        with transaction(self.sessions) as session:
            return [row.key_id for row in session.query(PersonalData)]


@pytest.fixture
def keys_command(tmp_path: Path, servers: Servers, make_database: Callable[[], str]) -> Iterator[Command]:
    made = Command(tmp_path, servers, make_database())
    yield made
    made.sessions.kw["bind"].dispose()


def test_command_rotates_in_batches(keys_command: Command, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(key_rotation.renew_batch, "__kwdefaults__", {"after": 0, "limit": 2})
    keys_command.fill(OLD, drafts=1)
    ended = keys_command.run("rotate", keys=(NEW, OLD))
    assert ended.exit_code == 0, ended.output
    assert keys_command.keys_of_rows() == ["new"] * 3
    assert "2 people done." in ended.output
    assert "3 people done." in ended.output
    assert "1 unsaved lists of trainees are sealed with earlier keys" in ended.output
    assert "Everything is encrypted with the key new." in ended.output


def test_command_rotates_from_derived_key(keys_command: Command):
    keys_command.fill(Key("derived", f"personal-data:{TEST_KEY}".encode()))
    assert keys_command.run("rotate", keys=(NEW,)).exit_code == 0
    assert keys_command.keys_of_rows() == ["new"] * 3


def test_command_fails_and_names_missing_key(keys_command: Command):
    keys_command.fill(LOST)
    ended = keys_command.run("rotate", keys=(NEW, OLD))
    assert ended.exit_code == 1
    assert "No key decrypts the personal data of 3 people" in ended.output
    assert keys_command.keys_of_rows() == ["lost"] * 3
    lines = keys_command.run("list", keys=(NEW, OLD)).output.splitlines()
    assert lines[0] == "new\tpeople 0\tlists 0\tencrypts"
    assert lines[-1] == "lost\tpeople 3\tlists 0\tmissing from LMS_PERSONAL_DATA_KEYS"


def test_new_key_can_be_listed():
    made = CliRunner().invoke(command, ["new", "k2"]).output.strip()
    assert [key.id for key in parse_keys(made)] == ["k2"]
    assert CliRunner().invoke(command, ["new", "a:b"]).exit_code == 1
