"""No answer is kept by a browser or a proxy, except static files and the few views that declare it."""

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from lms.http.caching import REVALIDATED, policy_of
from tests.rules.access.matrix import rules

CACHED = {
    "course.file": REVALIDATED,  # a material's file
    "materials.file": REVALIDATED,
    "materials.image": REVALIDATED,  # a picture in a material
    "lti.keys": "public, max-age=300",  # public keys
}


def test_only_listed_views_may_be_cached(app: Flask):
    with app.app_context():
        declared = {rule.endpoint: policy for rule in rules(app) if (policy := policy_of(rule.endpoint))}
    assert declared == CACHED


def fault_of_caching(answer: TestResponse, endpoint: str) -> str:
    """Returns what is wrong about the answer's ``Cache-Control``; ``test_access`` asks it of every answer."""
    wanted = CACHED.get(endpoint, "no-store") if answer.status_code < 400 else "no-store"
    given = answer.headers.get("Cache-Control")
    return "" if given == wanted else f"{answer.status_code} with Cache-Control {given!r} instead of {wanted!r}"


@pytest.mark.parametrize("path", ["/nothing/here", "/log-in", "/static/nothing.css", "/healthz"])
def test_pages_of_strangers_are_not_kept(app: Flask, path: str):
    assert app.test_client().get(path).headers["Cache-Control"] == "no-store"
