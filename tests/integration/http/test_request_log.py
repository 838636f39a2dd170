"""Log lines of requests: account, IP address and way in; no secret of a path, no value of a failed statement."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from lms import composition
from lms.core.auth.policy import SYSTEM
from lms.core.clock import utc_now
from lms.core.logs import configure_logging
from lms.core.people import one_time_links, operations
from lms.http.request_log import SECRETS
from tests.factories import make
from tests.support.browsing import log_in

SECRET = "три зелёных кота"
NAME = "Гаврилова"
NAMED = {"at", "deed", "family", "kind", "page", "locale", "filename", "lineage", "text"}
"""Parts of paths that are texts and no secrets."""

Read = Callable[[], list[dict[str, object]]]


@pytest.fixture
def lines(app: Flask, capsys: pytest.CaptureFixture[str]) -> Iterator[Read]:
    """Reads the lines logged so far, as machines read them."""
    configure_logging("json")
    yield lambda: [json.loads(line) for line in capsys.readouterr().err.splitlines() if line.startswith("{")]
    configure_logging("console")


@pytest.fixture
def account(session: Session):
    made = make.account(session, username="nina")
    operations.set_password(session, actor=None, account=made, password=SECRET, now=utc_now())
    session.commit()
    return made


def test_every_text_of_a_path_is_masked_or_no_secret(app: Flask):
    texts = {
        name
        for rule in app.url_map.iter_rules()
        for name, converter in rule._converters.items()
        if type(converter).__name__ not in ("BoundedIntegerConverter", "IntegerConverter", "AnyConverter")
    }
    assert texts - SECRETS - NAMED == set()


@pytest.mark.parametrize(
    ("path", "logged"),
    [
        ("/link/Zm9vYmFy", "/link/…"),
        ("/verify/ABCD-EFGH", "/verify/…"),
        ("/join/ABCDEFGH", "/join/…"),
        ("/lti/register/Zm9vYmFy", "/lti/register/…"),
        ("/link/Zm9vYmFy/more", "/link/…"),
        ("/unknown", "/unknown"),
    ],
)
def test_secret_of_path_is_not_logged(lines: Read, client, path: str, logged: str):
    client.get(path)
    (line,) = [one for one in lines() if one["event"] == "request"]
    assert line["path"] == logged


def test_failure_logs_neither_secret_nor_values(lines: Read, client, monkeypatch):
    def failing(_session: Session, token: str, **_more: object) -> None:
        with composition.parts().engine.begin() as connection:
            connection.execute(text("CREATE TEMPORARY TABLE once (name text UNIQUE) ON COMMIT DROP"))
            for _ in range(2):
                connection.execute(text("INSERT INTO once VALUES (:name)"), {"name": f"{NAME} {token}"})

    monkeypatch.setattr(one_time_links, "consume", failing)
    new = {"password": "четыре рыжих кота", "repeat": "четыре рыжих кота"}
    assert client.post("/link/Zm9vYmFy", data=new).status_code == 500
    (line,) = [one for one in lines() if one["event"] == "request_failed"]
    assert line["path"] == "/link/…"
    assert "INSERT INTO once" in str(line["exception"])
    assert not [word for word in (NAME, "Zm9vYmFy") if word in json.dumps(line, ensure_ascii=False)]


def test_engine_hides_values(engine):
    with engine.connect() as connection, pytest.raises(DBAPIError) as caught:
        connection.execute(text("SELECT 1 / :zero, :name"), {"zero": 0, "name": "Гаврилова"})
    assert "Гаврилова" not in str(caught.value)


def test_log_in_and_failure_are_logged_with_account_address_and_way(lines: Read, app: Flask, session, account):
    client = app.test_client()
    client.post("/log-in", data={"login": "nina", "password": "не тот пароль"})
    client.post("/log-in", data={"login": "nobody", "password": "не тот пароль"})
    client.post("/log-in", data={"login": "nina", "password": SECRET})
    client.post("/log-out")
    found = [one for one in lines() if str(one["event"]).startswith("log_")]
    told = [(one["event"], one.get("way"), one["account"], one["address"]) for one in found]
    assert told == [
        ("log_in_failed", "password", account.id, "127.0.0.1"),
        ("log_in_failed", "password", None, "127.0.0.1"),
        ("log_in", "password", account.id, "127.0.0.1"),
        ("log_out", None, account.id, "127.0.0.1"),
    ]
    assert "nobody" not in json.dumps(found)


def test_cards_and_links_are_logged_by_their_way(lines: Read, client, session, account):
    code = one_time_links.issue(session, account=account, purpose="card", actor=SYSTEM, now=utc_now())
    session.commit()
    client.post("/log-in/card", data={"username": "nina", "code": "AAAA-AAAA-AAAA-AAAA"})
    client.post("/log-in/card", data={"username": "vera", "code": code})
    client.post("/log-in/card", data={"username": "nina", "code": code})
    new = {"password": "четыре рыжих кота", "repeat": "четыре рыжих кота"}
    client.post("/log-in/card/password", data=new)
    client.get("/link/nothing")
    found = [one for one in lines() if str(one["event"]).startswith("log_in")]
    assert [(one["event"], one["way"], one.get("account")) for one in found] == [
        ("log_in_failed", "card", None),
        ("log_in_failed", "card", account.id),
        ("log_in", "card", account.id),
        ("log_in_failed", "link", account.id),
    ]


def test_refusal_is_logged(lines: Read, client, session, account):
    log_in(client, session, account)
    assert client.get("/admin").status_code == 403
    (refused,) = [one for one in lines() if one["event"] == "forbidden"]
    assert (refused["account"], refused["path"], refused["address"]) == (account.id, "/admin", "127.0.0.1")


def test_id_of_request_is_taken_from_trusted_proxy_only(lines: Read, client):
    given = {"X-Request-ID": "abc123"}
    assert client.get("/verify", headers=given).headers["X-Request-ID"] != "abc123"
    parts = composition.parts()
    trusting = parts.settings.model_copy(update={"trusted_proxies": 1})
    composition._current[:] = [replace(parts, settings=trusting)]
    assert client.get("/verify", headers=given).headers["X-Request-ID"] == "abc123"
