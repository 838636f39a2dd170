"""The administrator's pages of platforms and the endpoints requested by platforms, over HTTP."""

import re
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import func, select

from lms.core.auth.policy import SYSTEM
from lms.core.clock import utc_now
from lms.core.sentences import ErrorDetail
from lms.lti.connections import operations, registration_links
from lms.lti.connections.platform_settings import PlatformSettings
from lms.lti.grades import outages
from lms.lti.messages import refusals
from lms.lti.models.platforms import FAMILIES, Deployment, OwnKey, Platform, Refusal, RegistrationAddress
from lms.lti.services import tokens
from lms.lti.trust import tool_keys
from lms.web.platforms.presenters import REASONS
from tests.factories import make
from tests.support.browsing import log_in

MOODLE = {"issuer": "https://moodle.test/", "client_id": "aBc123", "deployment_id": "3", "site_id": "0", "name": ""}


def reading(client):
    """The same client, whose pages have plain spaces."""

    class Plain(client.response_wrapper):
        @property
        def text(self) -> str:
            return super().text.replace("\N{NO-BREAK SPACE}", " ")

    client.response_wrapper = Plain
    return client


@pytest.fixture
def stranger(app):
    """A client without a log-in."""
    return reading(app.test_client())


@pytest.fixture
def office(client, session):
    """The administrator's client."""
    return reading(log_in(client, session, make.account(session, is_administrator=True)))


@pytest.fixture
def moodle(session) -> Platform:
    given = PlatformSettings(family="moodle", issuer="https://moodle.test", client_id="aBc123", name="Moodle гимназии")
    made = operations.add(session, actor=SYSTEM, given=given, deployment_id="1", now=utc_now())
    session.commit()
    return made


def one_time_address(office) -> str:
    answer = office.post("/admin/platforms/addresses", data={"site_id": "0"})
    assert answer.status_code == 303
    found = re.search(r'data-copy="(http://localhost/lti/register/[\w-]+)"', office.get(answer.location).text)
    assert found
    return found[1]


def test_empty_list_links_to_connecting(office):
    page = office.get("/admin/platforms").text
    assert "Ни одна платформа не подключена" in page
    assert 'href="/admin/platforms/new"' in page
    assert 'href="/admin/platforms"' in office.get("/admin").text


@pytest.mark.parametrize("family", FAMILIES)
def test_family_has_setup_guide(office, family):
    page = office.get(f"/admin/platforms/new/{family}").text
    wanted = {"canvas": "/lti/canvas.json", "moodle": "/lti/icon.svg"}.get(family, "/lti/jwks.json")
    assert f'data-copy="http://localhost{wanted}"' in page
    assert 'name="client_id"' in page


def test_moodle_gets_the_key_pasted_where_our_address_is_private(office):
    page = office.get("/admin/platforms/new").text
    assert 'href="/admin/platforms/new/moodle"' in page
    assert "во внутренней сети или со своим портом" in page
    guide = office.get("/admin/platforms/new/moodle").text
    assert "Ключ RSA" in guide
    assert "BEGIN PUBLIC KEY" in guide
    assert 'data-copy="http://localhost/lti/jwks.json"' not in guide


def test_two_connections_of_one_platform_have_names_of_their_own(office, session):
    for client_id in ("first", "second", "third"):
        office.post("/admin/platforms/new/moodle", data=MOODLE | {"client_id": client_id})
    names = session.scalars(select(Platform.name).order_by(Platform.id)).all()
    assert names == ["Moodle, moodle.test", "Moodle, moodle.test (2)", "Moodle, moodle.test (3)"]


def test_platform_that_does_not_answer_is_shown_in_the_list(office, session, moodle):
    moodle.last_launch_at = utc_now()
    session.commit()
    assert "не отвечает" not in office.get("/admin/platforms").text
    outages.record_failure(session, moodle.id, ErrorDetail("timeout"), now=utc_now())
    session.commit()
    assert "не отвечает" in office.get("/admin/platforms").text


def test_connecting_anew_tells_that_activities_of_a_deleted_tool_stay_dead(office, moodle):
    assert "не откроются и после подключения заново" in office.get(f"/admin/platforms/{moodle.id}/anew").text


def test_unknown_family_is_not_found(office):
    assert office.get("/admin/platforms/new/webct").status_code == 404


def test_moodle_form_needs_three_values(office, session):
    answer = office.post("/admin/platforms/new/moodle", data=MOODLE)
    made = session.scalars(select(Platform)).one()
    assert answer.location == f"/admin/platforms/{made.id}"
    assert (made.issuer, made.jwks_url) == ("https://moodle.test", "https://moodle.test/mod/lti/certs.php")
    page = office.get(answer.location).text
    assert "Спросите, отвечает ли" in page
    assert "BEGIN PUBLIC KEY" in page


def test_duplicate_connection_shows_error_at_field(office, moodle):
    answer = office.post("/admin/platforms/new/moodle", data=MOODLE)
    assert answer.status_code == 422
    assert 'id="client_id-err"' in answer.text


def test_errors_appear_at_fields_and_input_is_kept(office, session):
    values = MOODLE | {"issuer": "moodle.test", "client_id": "aBc"}
    answer = office.post("/admin/platforms/new/moodle", data=values)
    assert answer.status_code == 422
    assert 'id="issuer-err"' in answer.text
    assert 'value="aBc"' in answer.text
    answer = office.post("/admin/platforms/new/moodle", data=MOODLE | {"token_endpoint": "http://10.0.0.1/token"})
    assert 'id="token_endpoint-err"' in answer.text
    assert re.search(r"<details[^>]* open>", answer.text), "the fold with the wrong field is open"
    assert session.scalar(select(func.count(Platform.id))) == 0


def test_instructors_teach_only_with_site(office, session):
    office.post("/admin/platforms/new/moodle", data=MOODLE | {"instructors_teach": "y"})
    assert not session.scalars(select(Platform)).one().instructors_teach
    site = make.site(session)
    session.commit()
    values = MOODLE | {"client_id": "x", "instructors_teach": "y", "site_id": str(site.id)}
    office.post("/admin/platforms/new/moodle", data=values)
    made = session.scalars(select(Platform).where(Platform.client_id == "x")).one()
    assert (made.site_id, made.instructors_teach) == (site.id, True)


def test_edit_changes_settings(office, session, moodle):
    page = office.get(f"/admin/platforms/{moodle.id}/edit").text
    assert 'value="https://moodle.test/mod/lti/token.php"' in page
    values = MOODLE | {"name": "Moodle лицея", "token_endpoint": "https://moodle.test/t"}
    answer = office.post(f"/admin/platforms/{moodle.id}/edit", data=values)
    assert answer.status_code == 303
    session.refresh(moodle)
    assert (moodle.name, moodle.token_endpoint) == ("Moodle лицея", "https://moodle.test/t")
    assert office.post(f"/admin/platforms/{moodle.id}/edit", data=values | {"jwks_url": "x"}).status_code == 422


def test_connection_is_removed_and_reconnected(office, session, moodle):
    assert "Удалить подключение?" in office.get(f"/admin/platforms/{moodle.id}/remove").text
    for _twice in range(2):
        assert office.post(f"/admin/platforms/{moodle.id}/remove").status_code == 303
    page = office.get(f"/admin/platforms/{moodle.id}").text
    assert "Это подключение удалено" in page
    assert "1 удалённое подключение" in office.get("/admin/platforms").text
    values = {
        "client_id": "new",
        "deployment_id": "8",
        "token_endpoint": moodle.token_endpoint,
        "jwks_url": moodle.jwks_url,
    }
    assert office.get(f"/admin/platforms/{moodle.id}/anew").status_code == 200
    assert office.post(f"/admin/platforms/{moodle.id}/anew", data=values | {"client_id": ""}).status_code == 422
    office.post(f"/admin/platforms/{moodle.id}/anew", data=values)
    session.refresh(moodle)
    assert (moodle.client_id, moodle.removed_at) == ("new", None)


def test_waiting_deployment_is_next_step(office, session, moodle):
    make.site(session)
    seen = Deployment(platform_id=moodle.id, deployment_id="42")
    session.add(seen)
    session.commit()
    assert "развёртывание" in office.get("/admin").text
    assert "ждёт вас" in office.get("/admin/platforms").text
    assert "Принять развёртывание «42»?" in office.get(f"/admin/platforms/{moodle.id}").text
    answer = office.post(f"/admin/platforms/{moodle.id}/deployments/{seen.id}/accept")
    assert answer.status_code == 303
    session.refresh(seen)
    assert seen.accepted_at
    office.post(f"/admin/platforms/{moodle.id}/deployments/{seen.id}/forget")
    again = office.post(f"/admin/platforms/{moodle.id}/deployments/{seen.id}/forget", follow_redirects=True)
    assert "уже нет" in again.text


def test_deployment_is_added_by_hand(office, session, moodle):
    wrong = office.post(f"/admin/platforms/{moodle.id}/deployments", data={"deployment_id": "семь"})
    assert wrong.status_code == 422
    assert 'id="deployment_id-err"' in wrong.text
    office.post(f"/admin/platforms/{moodle.id}/deployments", data={"deployment_id": "7"})
    assert session.scalars(select(Deployment).where(Deployment.deployment_id == "7")).one().accepted_at


def test_deployment_of_another_platform_is_not_changed(office, session, moodle):
    given = PlatformSettings(family="moodle", issuer="https://other.test", client_id="o")
    other = operations.add(session, actor=SYSTEM, given=given, deployment_id="1", now=utc_now())
    session.commit()
    mine = moodle.deployments[0]
    office.post(f"/admin/platforms/{other.id}/deployments/{mine.id}/forget")
    session.refresh(mine)
    assert mine.accepted_at


def test_check_shows_answers_of_platform(office, session, platform):
    platform.tool_keys = tool_keys.public_set(session, now=utc_now())
    tokens.reset_tokens()
    addresses_there = {
        "authorization_endpoint": platform.url("auth"),
        "token_endpoint": platform.url("token"),
        "jwks_url": platform.url("keys"),
    }
    given = PlatformSettings(family="moodle", issuer=platform.issuer, client_id=platform.client_id, **addresses_there)
    made = operations.add(session, actor=SYSTEM, given=given, deployment_id="1", now=utc_now())
    session.commit()
    page = office.post(f"/admin/platforms/{made.id}/check", follow_redirects=True).text
    assert "Платформа показала 1 ключ" in page
    assert "даёт доступ к" in page
    platform.fail("keys", status=500)
    assert "кодом 500" in office.post(f"/admin/platforms/{made.id}/check", follow_redirects=True).text


def test_keys_are_rotated_and_replaced(office, session):
    assert "BEGIN PUBLIC KEY" in office.get("/admin/platforms/keys").text
    for _twice in range(2):
        assert office.post("/admin/platforms/keys/rotate").status_code == 303
    assert session.scalar(select(func.count(OwnKey.id))) == 2
    page = office.get("/admin/platforms/keys").text
    assert "Следующий ключ уже опубликован" in page
    before = tool_keys.signing_key(session, now=utc_now()).kid
    office.post("/admin/platforms/keys/replace")
    assert tool_keys.signing_key(session, now=utc_now()).kid != before


def test_refusals_have_explanations(office, session, moodle):
    session.add_all(
        [
            Refusal(platform_id=moodle.id, reason="expired", detail="exp was 5 minutes ago"),
            Refusal(reason="issuer", issuer="https://stranger.test", client_id="who", detail="…"),
            Refusal(reason="something new"),
        ]
    )
    session.commit()
    page = office.get(f"/admin/platforms/{moodle.id}").text
    assert "Срок токена истёк" in page
    assert "Сверьте часы" in page
    strangers = office.get("/admin/platforms/refused").text
    assert "https://stranger.test" in strangers
    link = re.search(r'href="(/admin/platforms/new\?[^"]+)"', strangers)
    assert link
    new = office.get(link[1].replace("&amp;", "&")).text
    assert "issuer=https" in new
    assert "Запуск отклонён" in strangers
    assert 'value="who"' in office.get("/admin/platforms/new/other?issuer=https://stranger.test&client_id=who").text


def test_every_refusal_reason_has_explanation():
    assert set(refusals.MESSAGES) <= set(REASONS)


def test_address_is_shown_to_its_browser_only(office, stranger, session):
    address = one_time_address(office)
    row = session.scalars(select(RegistrationAddress)).one()
    assert row.token_hash == registration_links.hash_of(address.rpartition("/")[2])
    elsewhere = log_in(stranger, session, make.account(session, is_administrator=True))
    page = elsewhere.get(f"/admin/platforms/addresses/{row.id}").text
    assert address not in page
    assert "только в" in page
    assert f'href="/admin/platforms/addresses/{row.id}"' in office.get("/admin/platforms").text


def test_revoked_address_shows_message(office, session):
    address = one_time_address(office)
    row = session.scalars(select(RegistrationAddress)).one()
    office.post(f"/admin/platforms/addresses/{row.id}/take-back")
    assert "больше не" in office.get(f"/admin/platforms/addresses/{row.id}").text
    answer = office.get(urlsplit(address).path)
    assert answer.status_code == 410
    assert "истёк" in answer.text


def registered(client, address, platform):
    return client.get(f"{urlsplit(address).path}?{platform.registration_query()}")


def test_registration_page_shows_next_step(office, stranger, session, platform):
    address = one_time_address(office)
    row = session.scalars(select(RegistrationAddress)).one()
    state = {"HX-Request": "true"}
    assert "data-poll" in office.get(f"/admin/platforms/addresses/{row.id}", headers=state).text
    answer = registered(stranger, address, platform)
    assert answer.status_code == 200
    assert "Активировать" in answer.text
    assert "lti-close" in answer.text
    assert f"frame-ancestors {platform.address}" in answer.headers["Content-Security-Policy"]
    assert platform.complaints == []
    (agreed,) = platform.registrations
    assert agreed["logo_uri"] == "http://localhost/lti/icon.svg"
    made = session.scalars(select(Platform)).one()
    fragment = office.get(f"/admin/platforms/addresses/{row.id}", headers=state).text
    assert "data-poll" not in fragment
    assert f'href="/admin/platforms/{made.id}"' in fragment
    again = registered(stranger, address, platform)
    assert "Уже подключено" in again.text
    assert len(platform.registrations) == 1


def test_address_opened_in_browser_changes_nothing(office, stranger, session):
    address = one_time_address(office)
    answer = stranger.get(urlsplit(address).path)
    assert answer.status_code == 200
    assert "Вставьте его в" in answer.text
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
    assert session.scalars(select(RegistrationAddress)).one().used_at is None


def test_refused_registration_is_shown_to_both_sides(office, stranger, session, platform):
    address = one_time_address(office)
    platform.fail("registration", status=400, body='{"error_description": "missing_domain"}')
    answer = registered(stranger, address, platform)
    assert answer.status_code == 422
    assert "missing_domain" in answer.text
    kept = session.scalars(select(Refusal)).one()
    assert (kept.reason, kept.issuer) == ("registration_refused", platform.address)
    assert kept.request_id
    assert "Платформа отклонила нашу регистрацию" in office.get("/admin/platforms/refused").text
    assert registered(stranger, address, platform).status_code == 200


def test_guessed_token_is_not_found_and_not_stored(stranger, session, platform):
    answer = registered(stranger, "http://localhost/lti/register/guess", platform)
    assert answer.status_code == 404
    assert session.scalar(select(func.count(Refusal.id))) == 0
    assert platform.received == []


def test_address_expires_after_a_day(client, session, platform):
    yesterday = utc_now() - timedelta(days=1)
    token = registration_links.create_link(session, actor=SYSTEM, now=yesterday)[1]
    session.commit()
    answer = registered(client, f"http://localhost/lti/register/{token}", platform)
    assert answer.status_code == 410
    assert platform.received == []


@pytest.mark.parametrize(
    "given", ["javascript:alert(1)", "https://a.test;script-src *", "x" * 9000, "https://a b", "\u0000"]
)
def test_invalid_configuration_url_is_refused(office, stranger, given):
    address = one_time_address(office)
    answer = stranger.get(urlsplit(address).path, query_string={"openid_configuration": given})
    assert answer.status_code == 422
    assert "script-src" not in answer.headers["Content-Security-Policy"]


def test_reconnecting_by_address_keeps_connection(office, stranger, session, platform):
    there = {
        "authorization_endpoint": platform.url("auth"),
        "token_endpoint": platform.url("token"),
        "jwks_url": platform.url("keys"),
    }
    given = PlatformSettings(
        family="moodle", issuer=platform.issuer, client_id="before", name="Moodle гимназии", **there
    )
    known = operations.add(session, actor=SYSTEM, given=given, deployment_id="1", now=utc_now())
    session.commit()
    answer = office.post(f"/admin/platforms/{known.id}/addresses")
    page = office.get(answer.location).text
    assert "Moodle гимназии" in page
    found = re.search(r'data-copy="(http://localhost/lti/register/[\w-]+)"', page)
    assert found
    assert registered(stranger, found[1], platform).status_code == 200
    session.refresh(known)
    assert known.client_id == platform.client_id
    assert session.scalar(select(func.count(Platform.id))) == 1


def test_canvas_configuration_is_served(client):
    told = client.get("/lti/canvas.json").json
    assert told["oidc_initiation_url"] == "http://localhost/lti/login"
    assert told["target_link_uri"] == "http://localhost/lti/launch"
    assert told["public_jwk_url"] == "http://localhost/lti/jwks.json"
    placements = told["extensions"][0]["settings"]["placements"]
    assert {each["placement"] for each in placements} == {"assignment_selection", "link_selection"}
    assert all(each["message_type"] == "LtiDeepLinkingRequest" for each in placements)


def test_icon_has_permanent_url(client):
    answer = client.get("/lti/icon.svg")
    assert answer.status_code == 302
    with client.get(answer.location) as mark:
        assert mark.mimetype == "image/svg+xml"


def test_registration_page_contains_no_platform_parameters(office, stranger, platform):
    address = one_time_address(office)
    query = platform.registration_query()
    page = stranger.get(f"{urlsplit(address).path}?{query}").text
    assert parse_qs(query)["registration_token"][0] not in page


def test_registered_platform_launches_until_removed(office, app, stranger, session, platform):
    registered(stranger, one_time_address(office), platform)
    made = session.scalars(select(Platform)).one()
    browser = reading(app.test_client())
    answer = platform.launch(browser, platform.course.instructor)
    assert answer.status_code == 303
    assert answer.location.startswith("/in/")
    assert browser.get(answer.location, follow_redirects=True).status_code == 200
    assert "1 запуск" in office.get(f"/admin/platforms/{made.id}").text
    office.post(f"/admin/platforms/{made.id}/remove")
    assert browser.get(answer.location).status_code == 401, "what was open has ended"
    told = platform.login_parameters(platform.course.learner, platform.course.links[0])
    assert reading(app.test_client()).post("/lti/login", data=told).status_code == 403
    assert "Подключение здесь удалено" in office.get(f"/admin/platforms/{made.id}").text


def test_launch_of_unknown_deployment_waits_for_administrator(office, app, stranger, session, platform):
    platform.tells_deployment = False
    registered(stranger, one_time_address(office), platform)
    made = session.scalars(select(Platform)).one()
    assert platform.launch(app.test_client(), platform.course.instructor).status_code == 403
    page = office.get(f"/admin/platforms/{made.id}").text
    assert f"Принять развёртывание «{platform.deployment}»?" in page
    (waiting,) = session.scalars(select(Deployment).where(Deployment.platform_id == made.id)).all()
    office.post(f"/admin/platforms/{made.id}/deployments/{waiting.id}/accept")
    assert platform.launch(app.test_client(), platform.course.instructor).status_code == 303


@pytest.mark.parametrize("nonsense", ["a\0b", "x" * 2100, "<script>", "\u202e"])
def test_invalid_input_is_refused_with_message(office, nonsense):
    for field in ("issuer", "client_id", "deployment_id", "name", "token_endpoint", "jwks_url", "token_audience"):
        answer = office.post("/admin/platforms/new/moodle", data=MOODLE | {field: nonsense})
        assert answer.status_code in (303, 422), field
        assert "<script>" not in answer.text
    assert office.post("/admin/platforms/new/moodle", data={"site_id": "999999"}).status_code == 422
    assert office.post("/admin/platforms/addresses", data={"site_id": nonsense}).status_code in (303, 422)
    assert office.get("/admin/platforms/new/moodle", query_string={"issuer": nonsense}).status_code in (200, 422)
    assert office.get("/lti/register/%00").status_code == 422


def test_missing_connection_is_not_found(office):
    for path in ("/admin/platforms/999", "/admin/platforms/addresses/999", "/admin/platforms/999/edit"):
        assert office.get(path).status_code == 404
