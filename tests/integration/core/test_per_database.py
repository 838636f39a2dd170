"""Values that a process keeps of one database are not shown of another."""

from lms.core.db import make_engine, make_sessions
from lms.core.per_database import PerDatabase
from tests.factories import make


def test_each_database_has_its_own_value(make_database):
    kept = PerDatabase(dict)
    engines = [make_engine(make_database()) for _ in range(2)]
    for engine, name in zip(engines, ("Первая", "Вторая"), strict=True):
        with make_sessions(engine).begin() as session:
            group = make.cohort(session, title=name)
            assert kept.of(session).setdefault(group.id, group.title) == name
    for engine, name in zip(engines, ("Первая", "Вторая"), strict=True):
        with make_sessions(engine)() as session:
            assert list(kept.of(session).values()) == [name]
            kept.forget(session)
            assert kept.of(session) == {}
        engine.dispose()
