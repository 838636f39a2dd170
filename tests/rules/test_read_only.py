"""Finds statements that write during a GET, except in a short list of views; ``test_access`` sends the requests."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Engine, event, text
from sqlalchemy.orm import Session

from lms.http.read_only import OWN_TABLES, WriteWhileReading, is_write, reason_to_write, refusing_writes
from tests.rules.access import ROLES
from tests.rules.access.matrix import MATRIX, rules
from tests.support.walking import Walk

WRITES_ON_GET = {
    "home.index": "the date of the trainee's last visit",
    "course.show": "the date of the trainee's last visit",
    "course.material": "a page of text or video is opened by reading it",
    "course.file": "a file is opened by downloading it",
    "course.follow": "a link is opened by following it",
    "lti.enter": "a click in the frame redeems its one-time ticket; only our own page can send it",
    "platforms.register": "a platform registers the tool by a GET: LTI Dynamic Registration 1.0 §3.3",
}
"""The whole list, written here again: a view that is added to it needs a reason that holds here too."""

OWN_COUNTERS = {
    **WRITES_ON_GET,
    "groups.join_key": "tries of a group's key are counted",
    "lti.keys": "the first reader makes the installation's first key",
}
"""Endpoints whose requests the database may not refuse to write: the list, and writes to ``OWN_TABLES``."""

OF_THE_APPLICATION = {
    "the time of the session's last request",
    "the time of the launch's last request",
    "a refused launch is told to the administrator",
    "a refused registration is told to the administrator",
}
"""Reasons of the application's own writes (``permitted_write``)."""

WRITING = re.compile(r"^\s*(insert|update|delete|merge|truncate)\b|\b(insert into|delete from|merge into)\b", re.I)
AHEAD = {"Sec-Purpose": "prefetch"}
CREDITING = {"course.material", "course.file", "course.follow"}
"""Views whose opening is credited: no other site may cause it."""
FOREIGN = [
    {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"},
    {"Sec-Fetch-Site": "same-site"},
    {"Referer": "https://other.example/page"},
]


@contextmanager
def writes() -> Iterator[list[str]]:
    """Collects the statements that write, by a pattern of its own."""
    found: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        if WRITING.search(statement):
            found.append(statement[:120])

    event.listen(Engine, "before_cursor_execute", note)
    yield found
    own = (" throttle ", "INTO lti_key ")  # counters of tries, the first key
    found[:] = [statement for statement in found if not any(table in statement for table in own)]
    event.remove(Engine, "before_cursor_execute", note)


@contextmanager
def only_reading(session: Session, endpoint: str, method: str) -> Iterator[list[str]]:
    """Collects the statements that write during a GET of an endpoint outside the list; ``test_access`` finds none."""
    if method != "GET" or endpoint in WRITES_ON_GET:
        yield []
        return
    refuse_writes(session, endpoint)
    with writes() as written:
        yield written


def refuse_writes(session: Session, endpoint: str) -> None:
    """Makes PostgreSQL refuse what no pattern recognises, until the savepoint is rolled back."""
    if endpoint not in OWN_COUNTERS:
        session.execute(text("SET LOCAL transaction_read_only = on"))


def fault(walk: Walk, endpoint: str, **how) -> str:
    """Returns what is wrong about a request of the endpoint by the first role that may open it."""
    allowed, address = MATRIX[endpoint].allowed, walk.address(endpoint)
    role = next(role for role in ("trainee", "leader", "administrator", *ROLES) if role in (allowed or {"anyone"}))
    with walk.taken_back():
        refuse_writes(walk.session, endpoint)
        with writes() as written:
            answer = walk.ask(role, address, **how)
    if written or answer.status_code >= 500:
        return f"{how} {endpoint} as {role}: {answer.status_code}, {written}"
    return ""


def test_views_of_the_list_write_nothing_ahead_of_a_person(walk: Walk):
    wrong = []
    for endpoint in WRITES_ON_GET:
        wrong += [fault(walk, endpoint, method="HEAD"), fault(walk, endpoint, method="GET", headers=AHEAD)]
    assert not any(wrong), "\n".join(filter(None, wrong))


def test_other_sites_cannot_cause_a_credited_opening(walk: Walk):
    wrong = [fault(walk, endpoint, method="GET", headers=headers) for endpoint in CREDITING for headers in FOREIGN]
    assert not any(wrong), "\n".join(filter(None, wrong))


def test_list_is_the_marked_views(app: Flask):
    with app.app_context():
        marked = {rule.endpoint: reason_to_write(rule.endpoint) for rule in rules(app)}
    assert {endpoint: reason for endpoint, reason in marked.items() if reason} == WRITES_ON_GET


def test_reasons_of_the_applications_own_writes_are_the_list():
    sources = [path.read_text() for folder in ("http", "web") for path in Path("lms", folder).rglob("*.py")]
    given = {reason for source in sources for reason in re.findall(r'permitted_write\("([^"]*)"\)', source)}
    assert given == OF_THE_APPLICATION
    assert set(OWN_TABLES) == {"throttle", "lti_key"}
    assert sum(source.count("permitted_write(") for source in sources) == 1 + 4, "a permission without a reason"


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO job (kind) VALUES (1)",
        "UPDATE submission SET claimed_by_id = 1",
        'UPDATE ONLY public."submission" AS s SET claimed_by_id = 1',
        "WITH gone AS (DELETE FROM job RETURNING id) SELECT * FROM gone",
        "\n  merge into job USING job AS other ON true WHEN MATCHED THEN DELETE",
    ],
)
def test_write_is_recognised(statement: str):
    assert is_write(statement)


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT id FROM job FOR UPDATE",
        "SELECT updated_set, deleted FROM inserted",
        "INSERT INTO throttle (key) VALUES (1) ON CONFLICT (key) DO UPDATE SET failures = 1",
    ],
)
def test_reading_is_no_write(statement: str):
    assert not is_write(statement)


def test_reading_request_refuses_a_write(app: Flask, session: Session):
    for method, endpoint in (("GET", "/grading"), ("HEAD", "/grading"), ("HEAD", "/")):
        with app.test_request_context(endpoint, method=method), refusing_writes(), pytest.raises(WriteWhileReading):
            session.execute(text("UPDATE job SET kind = kind"))
    with app.test_request_context("/grading", method="POST"), refusing_writes():
        session.execute(text("UPDATE job SET kind = kind"))
