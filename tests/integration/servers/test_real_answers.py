"""Every page and download of the URL map, asked from gunicorn on a database whose titles are awkward.

Flask's test client accepts headers that a server cannot send (Cyrillic, line breaks), so that only a server shows them.
"""

import http.client
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask, url_for
from sqlalchemy import String, text
from sqlalchemy.orm import Session
from werkzeug.http import parse_options_header

from lms import composition
from lms.core.db import make_engine
from lms.core.settings import Settings
from lms.devserver.supervisor import Servers
from lms.http.login import COOKIE
from lms.metadata import metadata
from tests.rules.access.matrix import MATRIX
from tests.rules.access.world import World, build
from tests.support.browsing import opened_token
from tests.support.processes import free_port, running_processes, wait_for_address
from tests.support.superuser import as_superuser

AWKWARD = 'Урок «Тишина» "в кавычках" 1/2;\r\nX-Injected: 1 ' + "ы" * 255
NAMED = ("title", "name", "short_name", "theme", "file_name", "locality")
FIRST = ("leader", "trainee", "administrator", "methodologist", "anyone")
"""Roles by preference: each page is asked once, as the first of these that may open it."""

Asked = tuple[str, str, str]


def _give_awkward_titles(url: str) -> None:
    """Sets every column that holds a title to a text of 255 characters, the row's id at its end."""
    engine = make_engine(as_superuser(url))
    with Session(engine) as session:
        _set_titles(session)
    engine.dispose()


def _set_titles(session: Session) -> None:
    session.execute(text("SET LOCAL session_replication_role = replica"))  # approved versions too
    for table in metadata.sorted_tables:
        for column in table.columns:
            wide = isinstance(column.type, String) and (column.type.length or 255) >= 255
            if column.name in NAMED and wide and "id" in table.columns:
                tail = f"left('{AWKWARD}', 255 - length(id::text)) || id"
                session.execute(text(f'UPDATE "{table.name}" SET "{column.name}" = {tail}'))
    session.commit()


def _requests(app: Flask, world: World) -> Iterator[tuple[str, str, str]]:
    """Yields endpoint, role and path of every page of the matrix; creates the rows that the paths name."""
    for endpoint, row in MATRIX.items():
        rules = list(app.url_map.iter_rules(endpoint))
        if not row.allowed or not any("GET" in (rule.methods or ()) for rule in rules):
            continue
        values = row.values(world)
        with app.test_request_context():
            path = url_for(endpoint, **values)
        yield endpoint, next((role for role in FIRST if role in row.allowed), sorted(row.allowed)[0]), path


@pytest.fixture
def awkward(
    _app: Flask, servers: Servers, settings: Settings, make_database: Callable[[], str], tmp_path: Path
) -> Iterator[tuple[int, list[Asked], dict[str, str]]]:
    """Port of a server, the requests, and the log-in token of each role."""
    composition.wire()
    composition.configure_ports(settings)
    url = make_database()
    engine = make_engine(url)
    with Session(engine, expire_on_commit=False) as session:
        world = build(session)
        asked = list(_requests(_app, world))
        session.commit()
        _give_awkward_titles(url)
        tokens = {role: opened_token(session, account) for role, account in world.people.items()}
    engine.dispose()
    port = free_port()
    with running_processes(tmp_path, database_url=url, redis_url=servers.redis_url, data=settings.data) as processes:
        processes.start_web(port)
        wait_for_address(f"http://127.0.0.1:{port}/healthz")
        yield port, asked, tokens


def _answer(port: int, path: str, token: str | None) -> tuple[int, str | None]:
    """Returns the status and the raw Content-Disposition; fails if the answer breaks off."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("GET", path, headers={"Cookie": f"{COOKIE}={token}"} if token else {})
        response = connection.getresponse()
        response.read()
        assert response.headers.get("X-Injected") is None
        return response.status, response.headers.get("Content-Disposition")
    finally:
        connection.close()


def test_every_page_is_sent_with_awkward_titles(awkward: tuple[int, list[Asked], dict[str, str]]) -> None:
    port, asked, tokens = awkward
    wrong, downloads = [], {}
    for endpoint, role, path in asked:
        status, disposition = _answer(port, path, tokens.get(role))
        if status >= 500 and endpoint != "health.readyz":  # no worker runs here
            wrong.append(f"{endpoint} as {role}: {status}")
        if disposition is not None:
            downloads[endpoint] = disposition
    assert not wrong, "\n".join(wrong)
    assert {"self_checks.export", "groups.export", "groups.class_list", "tasks.file"} <= downloads.keys()
    for value in downloads.values():
        assert value.isascii()
        assert parse_options_header(value)[1]["filename"]
    assert parse_options_header(downloads["self_checks.export"])[1]["filename"].startswith("Урок «Тишина» _в кавычках_")
