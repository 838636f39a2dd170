"""Requests of endpoints of the access matrix by people of every role; what a request does is taken back after it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask, url_for
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from lms.http.login import COOKIE
from tests.rules.access.matrix import MATRIX
from tests.rules.access.world import build
from tests.support.browsing import opened_token

FRAGMENT = {"HX-Request": "true"}
"""Asks for the text of a refusal only. The page around it, with navigation and counts, is the same at every refusal."""


class Walk:
    """One world (``tests.rules.access.world``) for all requests of a file, with a log-in session for each person."""

    def __init__(self, app: Flask, session: Session) -> None:
        self.app, self.session = app, session
        self.world = build(session)
        self.tokens = {role: opened_token(session, account) for role, account in self.world.people.items()}

    def address(self, endpoint: str) -> str:
        """Returns the path with the ids of the matrix; creates the rows that they belong to."""
        values = MATRIX[endpoint].values(self.world)
        with self.app.test_request_context():
            return url_for(endpoint, **values)

    def browser(self, role: str) -> FlaskClient:
        """Returns a new browser in which the role is logged in; in the one of ``anyone``, nobody is."""
        client = self.app.test_client()
        if role != "anyone":
            client.set_cookie(COOKIE, self.tokens[role])
        return client

    @contextmanager
    def taken_back(self) -> Iterator[None]:
        """Rolls back to a savepoint what the requests of the block did."""
        self.session.commit()
        undo = self.session.begin_nested()
        self.session.connection()  # the savepoint is set at the first use only
        yield
        undo.rollback()

    def ask(self, role: str, path: str, method: str = "GET", **sent: Any) -> TestResponse:
        """Sends a request from a new browser, so that changed cookies do not reach the next one."""
        answer = self.browser(role).open(path, method=method, **sent)
        answer.get_data()
        answer.close()
        return answer
