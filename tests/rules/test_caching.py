"""No answer is kept by a browser or a proxy, except static files and the few views that declare it."""

import pytest
from flask import Flask, url_for
from sqlalchemy.orm import Session

from lms.http.caching import REVALIDATED, policy_of
from lms.http.login import COOKIE
from tests.rules.access import ROLES
from tests.rules.access.world import build
from tests.rules.test_access import MATRIX, rules
from tests.support.browsing import opened_token

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


def test_every_answer_says_whether_it_may_be_kept(app: Flask, session: Session):
    world, wrong, asked = build(session), [], 0
    for rule in rules(app):
        row = MATRIX[rule.endpoint]
        if "GET" not in (row.methods or rule.methods or ()):
            continue
        role = next((role for role in reversed(ROLES) if role in row.allowed), "anyone")
        with app.test_request_context():
            address = url_for(rule.endpoint, **row.values(world))
        client = app.test_client()
        if role != "anyone":
            client.set_cookie(COOKIE, opened_token(session, world.people[role]))
        session.commit()
        undo = session.begin_nested()
        session.connection()  # the savepoint is set at the first use only
        answer = client.get(address)
        answer.close()
        undo.rollback()
        session.expire_all()
        wanted = CACHED.get(rule.endpoint, "no-store") if answer.status_code < 400 else "no-store"
        if answer.headers.get("Cache-Control") != wanted:
            wrong.append(f"{rule.endpoint}: {answer.status_code} {answer.headers.get('Cache-Control')}")
        asked += 1
    assert asked > 100
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("path", ["/nothing/here", "/log-in", "/static/nothing.css", "/healthz"])
def test_pages_of_strangers_are_not_kept(app: Flask, path: str):
    assert app.test_client().get(path).headers["Cache-Control"] == "no-store"
