"""Refused launches over HTTP, one fault each: page with a code, log line, row."""

import html
import re

import pytest
from sqlalchemy import func, select

from lms.core.clock import utc_now
from lms.core.people.models import Account
from lms.lti.models.launches import Launch
from lms.lti.models.platforms import Refusal, UsedNonce
from tests.factories import make
from tests.factories.launches import placed
from tests.support.platform.strict import registered
from tests.support.wrong_launches import WRONG, WRONG_LOGINS

CYRILLIC = re.compile("[А-Яа-яё]{3,}")


@pytest.fixture
def row(session, platform):
    return registered(session, platform)


@pytest.fixture
def link(session, platform, row):
    made = placed(session, row, platform, make.cohort(session))
    session.commit()
    return made


def check_refused(answer, reason, session, capsys):
    """Checks page, log line and row of a refusal with this reason."""
    assert 400 <= answer.status_code < 500 or (reason == "keys" and answer.status_code < 504), answer.status
    words = html.unescape(re.sub("<(script|style).*?</\\1>|<[^>]+>", " ", answer.text, flags=re.S))
    assert CYRILLIC.search(words), words
    assert "Traceback" not in answer.text
    assert reason in answer.text, "the page shows the code that an administrator finds in the log"
    assert answer.headers["Cache-Control"].startswith("no-store")
    lines = [line for line in capsys.readouterr().err.splitlines() if "launch_refused" in line]
    assert len(lines) == 1, lines
    assert re.search(rf"""reason["']?[=:]\s*["']?{reason}\b""", lines[0]), lines[0]
    assert "eyJ" not in lines[0], "no token in the log"
    refusal = session.scalars(select(Refusal)).one()
    assert (refusal.reason, "eyJ" in refusal.detail) == (reason, False)


def nothing_was_opened(session, accounts):
    assert session.scalars(select(Launch)).all() == []
    assert session.scalar(select(func.count()).select_from(Account)) == accounts


@pytest.mark.parametrize("fault", WRONG, ids=lambda fault: fault.name)
def test_faulty_token_is_refused(client, session, platform, link, capsys, fault):
    platform.keys.rotate()  # two keys: a token that names none is ambiguous
    accounts = session.scalar(select(func.count()).select_from(Account))
    answer = platform.launch_wrong(client, platform.course.learner, link, fault)
    check_refused(answer, fault.reason, session, capsys)
    nothing_was_opened(session, accounts)


@pytest.mark.parametrize("wrong", WRONG_LOGINS, ids=lambda wrong: wrong.name)
def test_faulty_login_is_refused(client, session, platform, link, capsys, wrong):
    told = platform.login_parameters(platform.course.learner, link, login=wrong.login)
    answer = client.post("/lti/login", data=told)
    check_refused(answer, wrong.reason, session, capsys)
    assert "https://elsewhere.test" not in answer.headers.get("Location", "")


def test_covers_forty_faults(platform):
    assert len(WRONG) + len(WRONG_LOGINS) >= 40


def test_missing_client_id_is_refused_with_several_platforms(client, session, platform, link, capsys):
    platform.client_id = "second-client"
    registered(session, platform)
    session.commit()
    told = platform.login_parameters(platform.course.learner, link, login={"client_id": None})
    check_refused(client.post("/lti/login", data=told), "client_missing", session, capsys)


def test_removed_platform_refuses_launch(client, session, platform, row, link, capsys):
    form = platform.launch_form(client, platform.course.learner, link)
    row.removed_at = utc_now()
    session.commit()
    check_refused(platform.post_launch(client, form), "removed", session, capsys)


def test_removed_platform_refuses_login(client, session, platform, row, link, capsys):
    row.removed_at = utc_now()
    session.commit()
    told = platform.login_parameters(platform.course.learner, link)
    answer = client.post("/lti/login", data=told)
    assert answer.status_code in (403, 404)
    assert "launch_refused" in capsys.readouterr().err


def test_unaccepted_deployment_is_recorded_and_refused(client, session, platform, row, link, capsys):
    form = platform.launch_form(
        client, platform.course.learner, link, claims={"deployment_id": "2"}, login={"lti_deployment_id": None}
    )
    check_refused(platform.post_launch(client, form), "deployment", session, capsys)
    session.expire_all()
    waiting = [one.deployment_id for one in row.deployments if one.accepted_at is None]
    assert waiting == ["2"]


def test_deployment_other_than_in_login_is_refused(client, session, platform, link, capsys):
    form = platform.launch_form(client, platform.course.learner, link, login={"lti_deployment_id": "2"})
    check_refused(platform.post_launch(client, form), "deployment_changed", session, capsys)


def test_replay_in_same_browser_is_refused(client, session, platform, link, capsys):
    form = platform.launch_form(client, platform.course.learner, link)
    cookies = {
        cookie.key: cookie.value for cookie in client._cookies.values() if cookie.key.startswith("stazhirovka_lti_")
    }
    assert platform.post_launch(client, form).status_code == 303
    for name, value in cookies.items():  # even where the browser kept the secret
        client.set_cookie(name, value, path="/lti")
    answer = platform.post_launch(client, form)
    check_refused(answer, "replay", session, capsys)
    assert session.scalar(select(func.count()).select_from(Launch)) == 1
    assert session.scalar(select(func.count()).select_from(UsedNonce)) == 1


def test_state_of_another_browser_is_refused(app, client, session, platform, link, capsys):
    form = platform.launch_form(client, platform.course.learner, link)
    answer = platform.post_launch(app.test_client(), form | {"again": "1"})
    check_refused(answer, "browser", session, capsys)


def test_token_with_later_state_is_refused(client, session, platform, link, capsys):
    stolen = platform.launch_form(client, platform.course.learner, link)
    mine = platform.launch_form(client, platform.course.other, link)
    answer = platform.post_launch(client, {"id_token": stolen["id_token"], "state": mine["state"]})
    check_refused(answer, "nonce", session, capsys)


def test_token_of_another_platform_is_refused(client, session, platform, row, link, capsys, certificates):
    from tests.support.platform.strict import StrictPlatform

    with StrictPlatform(certificates) as other:
        registered(session, other)
        session.commit()
        mine = platform.launch_form(client, platform.course.learner, link)
        foreign = other.launch_form(client, other.course.learner)
    answer = platform.post_launch(client, {"id_token": foreign["id_token"], "state": mine["state"]})
    reason = session.scalars(select(Refusal)).one().reason
    assert reason in ("kid", "signature", "issuer_claim")
    check_refused(answer, reason, session, capsys)


@pytest.mark.parametrize("spoil", [lambda _: "", lambda _: "x", lambda state: state[:-2] + "zz", lambda s: s * 9])
def test_altered_state_is_refused(client, session, platform, link, capsys, spoil):
    form = platform.launch_form(client, platform.course.learner, link)
    form["state"] = spoil(form["state"])
    check_refused(platform.post_launch(client, form), "state", session, capsys)


def test_expired_state_is_refused(client, session, platform, link, capsys, monkeypatch):
    form = platform.launch_form(client, platform.course.learner, link)
    from datetime import timedelta

    import lms.http.request_context as edge

    monkeypatch.setattr(edge, "utc_now", lambda: utc_now() + timedelta(minutes=11))
    check_refused(platform.post_launch(client, form), "state_old", session, capsys)


def test_error_of_platform_is_shown(client, session, platform, link, capsys):
    form = platform.launch_form(client, platform.course.learner, link)
    told = {"state": form["state"], "error": "login_required", "error_description": "Session expired <b>"}
    answer = platform.post_launch(client, told)
    check_refused(answer, "platform_error", session, capsys)
    assert "Session expired &lt;b&gt;" in answer.text


@pytest.mark.parametrize(
    "failure",
    [
        {"status": 503},
        {"status": 200, "body": "<html>"},
        {"status": 200, "body": "[]"},
        {"status": 200, "body": '{"keys": 5}'},
        {"status": 302, "location": "https://localhost/elsewhere"},
        {"status": 200, "body": b" " * 1_500_000},
    ],
    ids=["down", "markup", "list", "no-keys", "redirect", "huge"],
)
def test_unreachable_keys_refuse_launch(client, session, platform, link, capsys, failure):
    form = platform.launch_form(client, platform.course.learner, link)
    platform.fail("keys", times=5, **failure)
    answer = platform.post_launch(client, form)
    reason = session.scalars(select(Refusal)).one().reason
    assert reason in ("keys", "kid")
    check_refused(answer, reason, session, capsys)
    assert len(platform.received_at("keys")) == 1


def test_withdrawn_key_is_refused(client, session, platform, link, capsys):
    assert platform.launch(client, platform.course.learner, link).status_code == 303
    form = platform.launch_form(client, platform.course.learner, link)
    platform.keys.rotate(keep=False)
    assert platform.launch(client, platform.course.other, link).status_code == 303
    check_refused(platform.post_launch(client, form), "kid", session, capsys)


def test_get_launch_shows_hint(client, session, platform, link):
    form = platform.launch_form(client, platform.course.learner, link)
    answer = client.get("/lti/launch", query_string=form)
    assert answer.status_code == 200, "a page that tells to open the link from the course"
    assert session.scalars(select(Launch)).all() == []
