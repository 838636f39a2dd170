"""The pages' queries stay few, whatever the size of the group."""

from collections.abc import Callable
from pathlib import Path

from lms import composition
from lms.bench.queries import count_all
from lms.bench.world import make_world
from lms.core.jobs.queueing import job_notifier
from lms.core.settings import Settings


def test_at_most_twelve_queries_a_page(tmp_path: Path, make_database: Callable[[], str]):
    before = composition._current[:], job_notifier.send
    settings = Settings(data=tmp_path, database_url=make_database(), demo=True, public_url="http://localhost")
    try:
        parts = composition.compose(settings)
        with parts.sessions.begin() as session:
            world = make_world(session, clients=1, many=12)
        figures = {figure.name: figure.value for figure in count_all(settings, world)}
        parts.engine.dispose()
        composition.parts().engine.dispose()
    finally:
        composition._current[:], job_notifier.send = before
    assert set(figures) == {"queries_course", "queries_dashboard", "queries_group_grid"}
    assert all(value <= 12 for value in figures.values()), figures
