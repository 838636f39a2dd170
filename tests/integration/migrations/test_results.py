"""Migration 0004 copies decided reviews into results."""

from collections.abc import Callable

from sqlalchemy import text

from lms.core.db import make_engine
from lms.core.migrate import upgrade
from tests.support.database_dump import load_dump

DECIDED = """
    SELECT version_id, decision, total, reviewer_id, decided_at, decided_at FROM review WHERE decided_at IS NOT NULL
"""
RESULTS = "SELECT version_id, decision, total, decided_by_id, decided_at, released_at FROM result"


def test_results_are_the_decided_reviews(make_empty_database: Callable[[], str]):
    url = make_empty_database()
    upgrade(url, "0003")
    load_dump(url, "0003")
    engine = make_engine(url)
    with engine.begin() as connection:
        decided = connection.execute(text(f"{DECIDED} ORDER BY version_id")).all()
    upgrade(url)
    with engine.begin() as connection:
        results = connection.execute(text(f"{RESULTS} ORDER BY version_id")).all()
        undecided = connection.execute(text("SELECT count(*) FROM review")).scalar_one() - len(decided)
    engine.dispose()
    assert len(decided) > 1
    assert undecided == 1
    assert results == decided
