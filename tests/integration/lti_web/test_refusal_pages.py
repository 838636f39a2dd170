"""Refused launches: page, row, log line."""

import pytest
from sqlalchemy import select
from structlog.testing import capture_logs

from lms.lti.models.launches import Launch
from lms.lti.models.platforms import Deployment, Refusal


def the_refusal(session, request_id):
    session.rollback()
    return session.scalars(select(Refusal).where(Refusal.request_id == request_id)).one()


def test_refusal_is_shown_stored_and_logged(client, session, shown):
    form = shown.platform.launch_form(client, shown.learner, shown.link, claims={"roles": 7})
    with capture_logs() as lines:
        page = client.post("/lti/launch", data=form)
    assert page.status_code == 403
    request_id = page.headers["X-Request-ID"]
    assert "<code>roles</code>" in page.text
    assert f"<code>{request_id}</code>" in page.text
    assert "Ссылка не" in page.text
    assert 'href="/log-in"' not in page.text
    line = next(line for line in lines if line["event"] == "launch_refused")
    assert (line["reason"], line["issuer"], line["client_id"]) == ("roles", shown.row.issuer, shown.row.client_id)
    kept = the_refusal(session, request_id)
    assert (kept.platform_id, kept.reason) == (shown.row.id, "roles")
    assert kept.detail == line["detail"]
    assert not session.scalars(select(Launch)).all()
    for told in (str(lines), kept.detail, page.text):
        assert form["id_token"] not in told
        assert form["state"] not in told


def test_return_url_carries_refusal(client, shown):
    back = f"{shown.platform.url('return')}?course=7"
    presentation = {"launch_presentation": {"return_url": back, "document_target": "iframe", "locale": "ru"}}
    form = shown.platform.launch_form(client, shown.learner, shown.link, claims=presentation | {"roles": 7})
    page = client.post("/lti/launch", data=form)
    assert f'href="{back}&amp;lti_errormsg=' in page.text


def test_unknown_platform_may_frame_refusal(client, session):
    told = {"iss": "https://nobody.example", "login_hint": "1", "target_link_uri": "http://localhost/lti/launch"}
    page = client.get("/lti/login", query_string=told)
    assert page.status_code == 403
    assert "<code>issuer</code>" in page.text
    assert "frame-ancestors *" in page.headers["Content-Security-Policy"]
    kept = the_refusal(session, page.headers["X-Request-ID"])
    assert (kept.platform_id, kept.issuer) == (None, "https://nobody.example")


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_invalid_launch_is_refused_with_message(client, session, method):
    for address in ("/lti/login", "/lti/login/check"):
        page = client.open(address, method=method, data={"iss": "no address"} if method == "POST" else None)
        assert page.status_code == 403
        assert "<code>login</code>" in page.text
    page = client.post("/lti/launch", data={"id_token": "x", "state": "y"})
    assert "<code>state</code>" in page.text


def test_platform_error_is_shown(client, session):
    page = client.post(
        "/lti/launch", data={"error": "login_required", "error_description": "Вас не узнали", "state": "x"}
    )
    assert page.status_code == 403
    assert "Вас не узнали" in page.text
    assert the_refusal(session, page.headers["X-Request-ID"]).reason == "platform_error"


def test_new_deployment_waits_for_administrator(client, session, shown):
    shown.platform.deployment = "another"
    form = shown.platform.launch_form(client, shown.learner, shown.link)
    assert "<code>deployment</code>" in client.post("/lti/launch", data=form).text
    session.rollback()
    found = session.scalars(select(Deployment).where(Deployment.platform_id == shown.row.id)).all()
    assert {(one.deployment_id, one.accepted_at is None) for one in found} == {("1", False), ("another", True)}
