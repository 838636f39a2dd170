"""Endpoints open inside a launch; all others are not found."""

import re

import pytest
from sqlalchemy import update

from lms.core.people.models import Account
from lms.http.launch_access import is_open
from tests.factories import make, platforms
from tests.support.browsing import log_in

TAKES_OVER = ("accounts", "admin", "registry", "council", "platforms", "styleguide", "health", "programmes")


def endpoints(app) -> dict[str, str]:
    """Endpoint → a URL of it."""
    shapes = {}
    for rule in app.url_map.iter_rules():
        filled = re.sub(r"<(?:int|[^:>]*any[^>]*):?[^>]*>", "1", rule.rule)
        filled = re.sub(r"<uuid:[^>]*>", "00000000-0000-0000-0000-000000000001", filled)
        shapes[rule.endpoint] = re.sub(r"<[^>]*>", "x", filled)
    return shapes


def test_closed_endpoint_is_not_found(app, client, session, shown):
    launched = shown.launch(client)
    session.execute(update(Account).values(is_administrator=True))
    session.commit()
    wrong = []
    with app.app_context():
        closed = [rule for rule in app.url_map.iter_rules() if not is_open(rule.endpoint)]
    for rule in closed:
        address = f"/in/{launched.id}{endpoints(app)[rule.endpoint]}"
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            status = client.open(address, method=method).status_code
            if status != 404:
                wrong.append(f"{method} {rule.endpoint}: {status}")
    assert not wrong, "\n".join(wrong)


def test_page_inside_launch_writes_nothing(app, client, session, shown):
    """A view that writes in a GET fails with 500 (``lms.http.read_only``); all those without parameters are opened."""
    launched = shown.launch(client)
    with app.app_context():
        rules = [rule for rule in app.url_map.iter_rules() if is_open(rule.endpoint) and not rule.arguments]
    opened = {}
    for rule in rules:
        if "GET" in (rule.methods or ()):
            opened[rule.endpoint] = client.get(f"/in/{launched.id}{rule.rule}").status_code
    assert {"linking.welcome", "linking.look_as_trainee", "linking.own_log_in", "placing.choose"} <= opened.keys()
    assert not {endpoint: status for endpoint, status in opened.items() if status >= 500}


def test_account_and_admin_pages_are_closed(app):
    with app.app_context():
        open_ones = {name for name in endpoints(app) if is_open(name)} - {"accounts.consent_step"}
    assert not [name for name in open_ones if name.partition(".")[0] in TAKES_OVER]


def test_launch_gives_no_admin_rights(client, session, shown):
    launched = shown.launch(client)
    launched.session.account.is_administrator = True
    make._add(session, platforms_member(session, launched, shown.group.site.authority_id))
    session.commit()
    page = client.get(f"/in/{launched.id}{launched.path}")
    assert page.status_code == 200
    assert client.get(f"/in/{launched.id}/groups").status_code in (403, 404)


def platforms_member(session, launched, authority_id):
    from lms.registry.models import Membership

    person_id = launched.session.account.person_id
    return Membership(person_id=person_id, role="methodologist", starts_on=make.TODAY, authority_id=authority_id)


def test_visitor_opens_welcome_pages_only(app, client, session, shown):
    at = platforms.context(session, shown.row)
    visiting = platforms.launch(session, at, path="/welcome", subject="7")
    token = "a visitor's token"
    from lms.core.people.sessions import hash_of

    visiting.visitor_hash = hash_of(token)
    session.commit()
    client.set_cookie("stazhirovka_launch", token, path=f"/in/{visiting.id}")
    for address in ("/", "/course", "/works", "/grading", "/groups", "/certificates", "/consent"):
        answer = client.get(f"/in/{visiting.id}{address}")
        assert answer.status_code == 303, address
        assert answer.location.startswith(f"/in/{visiting.id}/"), answer.location
    assert client.get(f"/in/{visiting.id}/account").status_code == 404


def test_front_page_redirects_to_destination(client, shown):
    launched = shown.launch(client)
    answer = client.get(f"/in/{launched.id}/")
    assert (answer.status_code, answer.location) == (303, f"/in/{launched.id}{launched.path}")


def test_enter_requires_launch(client):
    assert client.get("/enter").status_code == 404


@pytest.mark.parametrize("address", ["/in/0/course", "/in/x/course", "/in/01/course", "/in/9999999999/course"])
def test_invalid_launch_id_is_not_found(client, address):
    assert client.get(address).status_code == 404


def test_prefixes_do_not_nest(client, shown):
    launched = shown.launch(client)
    assert client.get(f"/in/{launched.id}/in/{launched.id}{launched.path}").status_code == 404


def test_open_urls_keep_prefix(app, client, session, shown):
    leader = make.member(session, "leader", site=shown.group.site)
    instructor = shown.platform.course.instructor
    platforms.identity(session, leader, shown.row, instructor.subject)
    session.commit()
    launched = shown.launch(client, instructor)
    text = client.get(f"/in/{launched.id}{launched.path}").text
    addresses = set(re.findall(r'(?:href|action|src)="(/[^"#?]*)', text))
    assert any(address.startswith(f"/in/{launched.id}/groups/") for address in addresses)
    for address in addresses:
        if address.startswith("/static/"):
            continue
        inside = address.startswith(f"/in/{launched.id}/") or address == f"/in/{launched.id}"
        path = address.removeprefix(f"/in/{launched.id}") or "/"
        adapter = app.url_map.bind("localhost")
        found = {
            adapter.match(path, method=method)[0] for method in adapter.allowed_methods(path) if method in "GET POST"
        }
        with app.app_context():
            assert {is_open(endpoint) for endpoint in found} == {inside}, address


def test_signed_in_leader_has_no_launch(client, session, shown):
    leader = make.member(session, "leader", site=shown.group.site)
    log_in(client, session, leader)
    assert client.get(f"/in/1/groups/{shown.group.id}").status_code == 401
