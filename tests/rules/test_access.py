"""Requests every endpoint as every role and compares the answers with the access matrix.

The same walk finds a GET that writes (``test_read_only``) and an answer that a browser may keep (``test_caching``).
"""

from collections.abc import Iterator

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from lms.http.launch_access import LaunchAccess, launch_access
from tests.rules.access import ROLES
from tests.rules.access.matrix import MATRIX, rules
from tests.rules.test_caching import fault_of_caching
from tests.rules.test_read_only import only_reading
from tests.support.thoroughness import FULL
from tests.support.walking import FRAGMENT, Walk

FEATURES = sorted({endpoint.partition(".")[0] for endpoint in MATRIX})


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


@pytest.mark.parametrize("feature", FEATURES)
def test_endpoints_are_open_to_exactly_their_roles(walk: Walk, feature: str):
    wrong = [
        f"{method} {endpoint} as {role}: {fault}"
        for turn, (endpoint, method) in enumerate(requests_of(walk.app, feature))
        for role, fault in faults(walk, endpoint, method, turn)
        if fault
    ]
    assert not wrong, "\n".join(wrong)


def requests_of(app: Flask, feature: str) -> Iterator[tuple[str, str]]:
    for rule in rules(app):
        if rule.endpoint.partition(".")[0] == feature and rule.endpoint in MATRIX:
            methods = sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
            yield from ((rule.endpoint, method) for method in MATRIX[rule.endpoint].methods or methods)


def faults(walk: Walk, endpoint: str, method: str, turn: int) -> Iterator[tuple[str, str]]:
    """Yields roles with what is wrong about their answers; one role, each in turn, is refused with a whole page."""
    row, address = MATRIX[endpoint], walk.address(endpoint)
    sent = {"data": dict(row.data(walk.world))} if method == "POST" else {}
    shown = row.shows(walk.world) if row.shows else None
    allowed, refused = ([role for role in ROLES if (role in row.allowed) is may] for may in (True, False))
    for role in asked(allowed, method, turn):
        with walk.taken_back(), only_reading(walk.session, endpoint, method) as written:
            answer = walk.ask(role, address, method, **sent)
        yield role, _fault_of_allowed(answer, method, shown)
        yield role, fault_of_caching(answer, endpoint)
        yield role, f"a GET writes: {written}" if written else ""
    with walk.taken_back():
        for number, role in enumerate(refused):
            headers = {} if FULL or number == turn % len(refused) else FRAGMENT
            answer = walk.ask(role, address, method, headers=headers, **sent)
            yield role, _fault_of_refused(answer, role, shown)
            yield role, fault_of_caching(answer, endpoint)


def asked(allowed: list[str], method: str, turn: int) -> list[str]:
    """Returns the roles that ask; a form that every role may send is sent by every third, each in turn."""
    of_everybody = method != "GET" and len(allowed) >= len(ROLES) - 1
    return allowed[turn % 3 :: 3] if of_everybody and not FULL else allowed


def _fault_of_allowed(answer: TestResponse, method: str, shown: str | None) -> str:
    to_log_in = answer.status_code in (302, 303) and "/log-in" in answer.headers.get("Location", "")
    if to_log_in or answer.status_code in (401, 403, 404) or answer.status_code >= 500:
        return f"should be allowed, got {answer.status_code}"
    if method == "GET" and shown and answer.status_code == 200 and shown not in answer.text:
        return f"does not show {shown!r}"
    return ""


def _fault_of_refused(answer: TestResponse, role: str, shown: str | None) -> str:
    refused = answer.status_code in (403, 404) or (
        role == "anyone" and (answer.status_code == 401 or "/log-in" in answer.headers.get("Location", ""))
    )
    if not refused:
        return f"should be refused, got {answer.status_code}"
    if shown and shown in answer.text:
        return f"refused, and still shows {shown!r}"
    return ""
