"""Number of statements that a page sends to the database, for a small and a large group."""

from collections.abc import Iterator
from contextlib import contextmanager

from flask.testing import FlaskClient
from sqlalchemy import Engine, event

from lms.app import create_app
from lms.bench.figures import Figure, counted
from lms.bench.world import World
from lms.composition import parts
from lms.core.settings import Settings
from lms.http.login import COOKIE

ASIDE = ("SAVEPOINT", "RELEASE", "ROLLBACK", "COMMIT", "BEGIN")


def count_all(settings: Settings, world: World) -> Iterator[Figure]:
    """Returns the numbers of the three pages; of the small and the large group the greater one counts."""
    app = create_app(settings)
    few, many = world.few_trainee, world.trainees[0]
    pages = {
        "queries_course": [(f"/course/{key}", token) for key, token in (few, many)],
        "queries_dashboard": [(f"/?face=course-{key}", token) for key, token in (few, many)],
        "queries_group_grid": [(f"/groups/{key}", world.leader) for key in (world.few, world.stage.cohort)],
    }
    for name, wanted in pages.items():
        yield counted(name, max(count(app.test_client(), path, token) for path, token in wanted))


def count(client: FlaskClient, path: str, token: str) -> int:
    """Returns the number of statements of one request with warm caches. Raises ``ValueError`` when the page is not
    shown.
    """
    client.set_cookie(COOKIE, token)
    client.get(path)
    with statements(parts().engine) as sent:
        answer = client.get(path)
    if answer.status_code != 200:
        raise ValueError(f"{path} answered {answer.status_code}")
    return len(sent)


@contextmanager
def statements(engine: Engine) -> Iterator[list[str]]:
    """Collects the statements sent within the block, without those of transactions."""
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.lstrip().upper().startswith(ASIDE):
            sent.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", note)
