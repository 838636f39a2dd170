"""Migrations keep what a filled database holds: each dump is loaded at its own revision and upgraded to the newest."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from lms.core.db import make_engine
from lms.core.migrate import upgrade
from tests.support.database_dump import FOLDER, dump_settings, known_of, load_dump, opened
from tests.support.dump_facts import facts, row_counts

DUMPS = sorted(path.name.removesuffix(".sql.gz") for path in FOLDER.glob("*.sql.gz"))
CHANGED_ROWS: dict[str, int | None] = {"criterion": None, "task_criterion": None, "job": 215}
"""Tables whose number of rows a migration changes on purpose (none: the table is gone): name → rows expected.

Two jobs evaluate the requirements of the dump's two programmes with groups again.
"""


def test_there_is_a_dump():
    assert DUMPS


@pytest.fixture(scope="module", params=DUMPS)
def dump(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def upgraded(
    dump: str, make_empty_database: Callable[[], str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Session]:
    url = make_empty_database()
    upgrade(url, dump)
    load_dump(url, dump)
    upgrade(url)
    engine = make_engine(url)
    folder: Path = tmp_path_factory.mktemp("upgraded")
    with opened(dump_settings(folder, url), engine) as session:
        yield session
    engine.dispose()


def test_keeps_every_row(dump: str, upgraded: Session):
    expected = {name: count for name, count in (known_of(dump)["rows"] | CHANGED_ROWS).items() if count is not None}
    assert row_counts(upgraded) | expected == row_counts(upgraded)


@pytest.mark.parametrize("heading", list(known_of(DUMPS[0])["facts"]))
def test_keeps_facts(dump: str, upgraded: Session, heading: str):
    assert facts(upgraded)[heading] == known_of(dump)["facts"][heading]
