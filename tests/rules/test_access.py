"""Requests every endpoint as every role and compares the answers with the access matrix."""

import importlib
import pkgutil

import pytest
from flask import Flask, url_for
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

import tests.rules.access
from lms.http.launch_access import LaunchAccess, launch_access
from lms.http.login import COOKIE
from tests.rules.access import ROLES, Access
from tests.rules.access.world import World, build
from tests.support.browsing import opened_token

PUBLIC_FILES = {"static"}


def matrix() -> dict[str, Access]:
    rows: dict[str, Access] = {}
    for module in pkgutil.iter_modules(tests.rules.access.__path__):
        found = getattr(importlib.import_module(f"tests.rules.access.{module.name}"), "MATRIX", {})
        assert not rows.keys() & found.keys(), f"named twice: {rows.keys() & found.keys()}"
        rows.update(found)
    return rows


MATRIX = matrix()


@pytest.fixture
def world(session: Session) -> World:
    return build(session)


def rules(app: Flask) -> list[Rule]:
    return [rule for rule in app.url_map.iter_rules() if rule.endpoint not in PUBLIC_FILES]


def test_every_endpoint_has_a_row(app: Flask):
    named, existing = set(MATRIX), {rule.endpoint for rule in rules(app)}
    assert not existing - named, f"no row in the access matrix: {sorted(existing - named)}"
    assert not named - existing, f"rows of endpoints that are gone: {sorted(named - existing)}"


def test_launch_access_of_every_endpoint_is_the_matrix_column(app: Flask):
    with app.app_context():
        declared = {rule.endpoint: launch_access(rule.endpoint).name.lower() for rule in rules(app)}
    assert declared == {endpoint: row.launch for endpoint, row in MATRIX.items()}


def test_static_files_are_open_before_a_launch_has_a_session(app: Flask):
    with app.app_context():
        assert launch_access("static") is LaunchAccess.ENTRY


@pytest.mark.parametrize("role", ROLES)
def test_role_opens_exactly_its_endpoints(app: Flask, session: Session, world: World, role: str):
    wrong: list[str] = []
    token = None if role == "anyone" else opened_token(session, world.people[role])
    for rule in rules(app):
        row = MATRIX.get(rule.endpoint)
        if row is None:
            continue
        for method in row.methods or sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            if fault := _fault(app, session, world, role, token, rule.endpoint, method, row):
                wrong.append(f"{method} {rule.endpoint}: {fault}")
    assert not wrong, "\n".join(wrong)


def _fault(
    app: Flask, session: Session, world: World, role: str, token: str | None, endpoint: str, method: str, row: Access
) -> str:
    with app.test_request_context():
        address = url_for(endpoint, **row.values(world))
    client = app.test_client()  # a request that changes its cookies does not reach the next one
    if token:
        client.set_cookie(COOKIE, token)
    data = dict(row.data(world)) if method == "POST" else None
    shown = row.shows(world) if row.shows else None
    session.commit()
    undo = session.begin_nested()  # what the request does is taken back before the next one
    session.connection()  # the savepoint is set at the first use only
    answer = client.open(address, method=method, data=data)
    answer.get_data()
    answer.close()
    undo.rollback()
    if role in row.allowed:
        return _fault_of_allowed(answer, method, shown)
    return _fault_of_refused(answer, role, shown)


def _fault_of_allowed(answer, method: str, shown: str | None) -> str:
    to_log_in = answer.status_code in (302, 303) and "/log-in" in answer.headers.get("Location", "")
    if to_log_in or answer.status_code in (401, 403, 404) or answer.status_code >= 500:
        return f"should be allowed, got {answer.status_code}"
    if method == "GET" and shown and answer.status_code == 200 and shown not in answer.text:
        return f"does not show {shown!r}"
    return ""


def _fault_of_refused(answer, role: str, shown: str | None) -> str:
    refused = answer.status_code in (403, 404) or (
        role == "anyone" and (answer.status_code == 401 or "/log-in" in answer.headers.get("Location", ""))
    )
    if not refused:
        return f"should be refused, got {answer.status_code}"
    if shown and shown in answer.text:
        return f"refused, and still shows {shown!r}"
    return ""
