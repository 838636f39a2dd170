"""The walk through every address that can be read, as every role that may open it."""

import itertools
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, event
from sqlalchemy.orm import Session, sessionmaker
from werkzeug.routing import Rule

from lms.bench.queries import ASIDE
from lms.bench.volume.samples import SEARCHES, Samples
from lms.core.clock import utc_now
from lms.core.people.models import Account
from lms.core.people.sessions import open_session
from lms.http.login import COOKIE

ANYONE = "anyone"
"""A reader without a log-in."""
TIMES = 2
"""Measured requests of a page; the quickest counts, after one that fills the caches."""
MOST_FOUND = 2
"""Objects of one address that are looked at as one role."""
REFUSED = frozenset({302, 403})
MOST_REFUSED = 4
"""Refusals of one address after which a role is not tried with further objects."""
NOT_WALKED = {
    "static": "files of the front end",
    "health.metrics": "counts the service itself; the operator's token opens it",
    "styleguide.index": "a page for developers",
}
"""Endpoint → reason why it is left out."""
LINKS, PLATFORMS, DRAFTS = "a token of a letter", "a platform", "an uploaded document"
WITHOUT_SAMPLE = {
    "accounts.confirm_email": LINKS,
    "accounts.consent_step": "a person who has not consented",
    "accounts.link": LINKS,
    "admin.message": "a letter",
    "course.file": "a file as material",
    "course.follow": "leads to another server",
    "course.index": "leads to the only course",
    "groups.join_key": "a key of a group",
    "groups.preview": DRAFTS,
    "linking.anonymous": PLATFORMS,
    "linking.look_as_trainee": PLATFORMS,
    "linking.mentees": PLATFORMS,
    "linking.own_log_in": PLATFORMS,
    "linking.unset": PLATFORMS,
    "linking.welcome": PLATFORMS,
    "lti.check": PLATFORMS,
    "lti.enter": PLATFORMS,
    "lti.login": PLATFORMS,
    "lti.open": PLATFORMS,
    "materials.file": "a file as material",
    "materials.image": "a picture of a page",
    "materials.revision": "a changed material",
    "notices.unsubscribe": LINKS,
    "placing.choose": PLATFORMS,
    "placing.start": PLATFORMS,
    "platforms.address": PLATFORMS,
    "platforms.anew": PLATFORMS,
    "platforms.connected": PLATFORMS,
    "platforms.edit": PLATFORMS,
    "platforms.register": PLATFORMS,
    "platforms.remove": PLATFORMS,
    "platforms.tool_icon": "leads to a file of the front end",
    "programmes.preview": DRAFTS,
    "rosters.show": PLATFORMS,
    "rosters.state": PLATFORMS,
    "scores.log": PLATFORMS,
    "second_factor.step": "a log-in with a second factor",
    "self_checks.attempt": "an attempt under way",
    "self_checks.essays": "leads to the queue",
    "self_checks.imported": DRAFTS,
    "self_checks.regrading_state": "grading anew under way",
    "uploads.show": DRAFTS,
    "uploads.state": DRAFTS,
}
"""Endpoint → what its page needs and generated data do not have."""


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement with its parameters, to be explained afterwards."""

    text: str
    parameters: Any


@dataclass(slots=True)
class Recorded:
    """Statements of one request, and the seconds that the database took for them."""

    statements: list[Statement] = field(default_factory=list)
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Visit:
    """A page that one role opened: its cost and its statements."""

    endpoint: str
    role: str
    path: str
    cpu_ms: float
    database_ms: float
    size: int
    is_page: bool
    """False for a file."""
    statements: Sequence[Statement]

    @property
    def place(self) -> tuple[str, str, str]:
        """Endpoint, role and query: the same in databases of any volume."""
        return self.endpoint, self.role, self.path.partition("?")[2]


@dataclass(slots=True)
class Walk:
    """Opens pages with the product's own application in this process."""

    app: Flask
    engine: Engine
    samples: Samples
    tokens: dict[str, str]
    times: int = TIMES
    most_found: int = MOST_FOUND
    answers: dict[str, set[int]] = field(default_factory=dict)
    """Endpoint → statuses of its answers."""

    def visits(self) -> Iterator[Visit]:
        """Yields a visit for each address, role and object that answers with a page."""
        rules = sorted(self.app.url_map.iter_rules(), key=lambda rule: rule.rule)
        for rule in rules:
            if "GET" in (rule.methods or ()) and rule.endpoint not in NOT_WALKED:
                for role in (ANYONE, *self.tokens):
                    yield from self._of_role(rule, role)

    def _of_role(self, rule: Rule, role: str) -> Iterator[Visit]:
        client = self._client(role)
        shown = refused = 0
        for path in self._paths(rule):
            status = self._status(client, rule.endpoint, path)
            shown, refused = shown + (status == 200), refused + (status in REFUSED)
            if status == 200:
                yield self._visit(client, rule.endpoint, role, path)
                for query in SEARCHES.get(rule.endpoint, ()):
                    yield self._visit(client, rule.endpoint, role, f"{path}?{query}")
            if shown == self.most_found or refused == MOST_REFUSED:
                break

    def _paths(self, rule: Rule) -> Iterator[str]:
        """Yields the rule's addresses for every combination of sample values."""
        names = sorted(rule.arguments)
        adapter = self.app.url_map.bind("localhost")
        for values in itertools.product(*(self.samples.values.get(name, ()) for name in names)):
            given = dict(zip(names, values, strict=True))
            try:
                yield adapter.build(rule.endpoint, given)
            except ValueError:  # the value is of another kind than this address takes
                continue

    def _client(self, role: str) -> FlaskClient:
        client = self.app.test_client()
        if role in self.tokens:
            client.set_cookie(COOKIE, self.tokens[role])
        return client

    def _status(self, client: FlaskClient, endpoint: str, path: str) -> int:
        with client.get(path, headers=RUSSIAN) as answer:
            self.answers.setdefault(endpoint, set()).add(answer.status_code)
            return answer.status_code

    def _visit(self, client: FlaskClient, endpoint: str, role: str, path: str) -> Visit:
        """Returns the quickest of some requests."""
        found = []
        for _time in range(self.times):
            with recorded(self.engine) as sent:
                began = time.process_time()
                with client.get(path, headers=RUSSIAN) as answer:
                    size, html = len(answer.get_data()), answer.mimetype == "text/html"
                taken = (time.process_time() - began) * 1000
            found.append(Visit(endpoint, role, path, taken, sent.seconds * 1000, size, html, tuple(sent.statements)))
        return min(found, key=lambda one: one.cpu_ms)


RUSSIAN = {"Accept-Language": "ru"}


def log_in(sessions: sessionmaker[Session], samples: Samples) -> dict[str, str]:
    """Opens a session for each role; returns role → token."""
    with sessions.begin() as session:
        return {
            role: open_session(
                session, session.get_one(Account, key), user_agent="bench", ip_address="127.0.0.1", now=utc_now()
            )
            for role, key in samples.accounts.items()
        }


@contextmanager
def recorded(engine: Engine) -> Iterator[Recorded]:
    """Records the statements sent within the block with their parameters, without those of transactions."""
    sent = Recorded()
    began = [0.0]

    def note(_connection: Any, _cursor: Any, text: str, parameters: Any, *_rest: Any) -> None:
        if not text.lstrip().upper().startswith(ASIDE):
            sent.statements.append(Statement(text, parameters))
        began[0] = time.perf_counter()

    def add_up(*_arguments: Any) -> None:
        sent.seconds += time.perf_counter() - began[0]

    event.listen(engine, "before_cursor_execute", note)
    event.listen(engine, "after_cursor_execute", add_up)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", note)
        event.remove(engine, "after_cursor_execute", add_up)
