import re

import pytest
from sqlalchemy import select

from lms.core.auth import passwords
from lms.core.auth.policy import SYSTEM
from lms.core.clock import utc_now
from lms.core.jobs.kinds import known
from lms.core.jobs.models import Job
from lms.core.mail.models import Message
from lms.core.people import consent, invitations, one_time_links, operations, sessions
from lms.core.people.models import Consent, PasswordRequest
from tests.factories import make
from tests.support.browsing import log_in

SECRET = "три зелёных кота"
NEW = "четыре рыжих кота"


def account_with_password(session, **values):
    account = make.account(session, **values)
    operations.set_password(session, actor=None, account=account, password=SECRET, now=utc_now())
    session.commit()
    return account


def issued(session, account, purpose="invitation"):
    token = one_time_links.issue(session, account=account, purpose=purpose, actor=SYSTEM, now=utc_now())
    session.commit()
    return token


def sign_in(client, login, password=SECRET, **values):
    return client.post("/log-in", data={"login": login, "password": password} | values)


def test_logging_in_and_out(client, session):
    account = account_with_password(session, username="nina")
    answer = sign_in(client, "nina", next="/account?x=1")
    assert (answer.status_code, answer.location) == (302, "/account?x=1")
    assert account.person.full_name in client.get("/account").text
    assert client.get("/log-in").status_code == 302
    client.post("/log-out")
    assert "/log-in" in client.get("/account").location
    assert sessions.list_sessions(session, account.id, now=utc_now()) == []


@pytest.mark.parametrize("path", ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)"])
def test_log_in_never_redirects_to_another_host(client, session, path):
    account_with_password(session, username="nina")
    assert "evil" not in sign_in(client, "nina", next=path).location
    assert "javascript" not in sign_in(client, "nina", next=path).location


def test_wrong_password_is_refused_at_its_field_and_name_stays(client, session):
    account_with_password(session, username="nina")
    answer = sign_in(client, "nina", "не тот пароль")
    assert answer.status_code == 422
    assert 'value="nina"' in answer.text
    assert "не тот пароль" not in answer.text
    assert re.search(r'id="password-err".*не\s+подходит', answer.text)


def test_empty_fields_are_named(client):
    answer = sign_in(client, "", "")
    assert answer.status_code == 422
    assert answer.text.count("Заполните это поле.") == 4


def test_demo_log_ins_are_offered_and_work(client, session):
    account = make.account(session, username="demo-leader", is_administrator=True)
    account.password_hash = passwords.hash_password("demo-stazhirovka")
    session.commit()
    page = client.get("/log-in").text
    assert account.person.full_name in page
    assert sign_in(client, "demo-leader", "demo-stazhirovka").status_code == 302


def test_outside_the_demo_nobody_is_offered(client, session, app, monkeypatch):
    from dataclasses import replace

    from lms import composition

    parts = composition.parts()
    settings = parts.settings.model_copy(update={"demo": False})
    monkeypatch.setattr(composition, "_current", [replace(parts, settings=settings)])
    account = account_with_password(session, username="demo-leader")
    assert account.person.full_name not in client.get("/log-in").text


def test_invitation_leads_to_first_password_and_home(client, session):
    account = make.account(session, username="nina")
    token = issued(session, account)
    page = client.get(f"/link/{token}")
    assert page.status_code == 200
    assert "nina" in page.text
    answer = client.post(f"/link/{token}", data={"password": NEW, "repeat": NEW})
    assert answer.status_code == 302
    assert client.get("/account").status_code == 200
    client.post("/log-out")
    assert client.get(f"/link/{token}").status_code == 410
    assert sign_in(client, "nina", NEW).status_code == 302


@pytest.mark.parametrize(
    ("password", "repeat", "words"),
    [
        ("мало", "мало", "10"),
        (NEW, SECRET, "не совпали"),
        ("", "", "Заполните"),
        ("1234567890", "1234567890", "в списках тех"),
    ],
)
def test_refused_password_leaves_link_valid(client, session, password, repeat, words):
    token = issued(session, make.account(session))
    answer = client.post(f"/link/{token}", data={"password": password, "repeat": repeat})
    assert answer.status_code == 422
    assert words in answer.text.replace("\xa0", " ")
    assert client.post(f"/link/{token}", data={"password": NEW, "repeat": NEW}).status_code == 302


def test_double_click_sets_password_once(app, session):
    token = issued(session, make.account(session))
    first, second, stranger = app.test_client(), app.test_client(), app.test_client()
    for client in (first, second):
        assert client.post(f"/link/{token}", data={"password": NEW, "repeat": NEW}).status_code == 302
        assert client.get("/account").status_code == 200
    answer = stranger.post(f"/link/{token}", data={"password": SECRET, "repeat": SECRET})
    assert answer.status_code == 410
    assert "воспользовались" in answer.text
    assert stranger.get("/account").status_code == 302


def test_by_card(client, session):
    account = make.account(session, username="nina")
    code = one_time_links.as_printed(issued(session, account, "card"))
    wrong = client.post("/log-in/card", data={"username": "nina", "code": "AAAA-AAAA-AAAA-AAAA"})
    assert wrong.status_code == 422
    assert 'id="code-err"' in wrong.text
    answer = client.post("/log-in/card", data={"username": "Nina", "code": code.lower()})
    assert answer.status_code == 302
    assert code not in answer.location
    assert 'name="code"' in client.application.test_client().get(answer.location).text, "another browser: no card"
    assert "карточка больше не\xa0действует" in client.get(answer.location).text
    assert client.post(answer.location, data={"password": NEW, "repeat": NEW}).status_code == 302
    assert client.get("/account").status_code == 200
    assert 'name="code"' in client.get(answer.location).text, "the log-in forgets the code"


def test_double_click_at_card_logs_in_both_times(app, session):
    code = issued(session, make.account(session, username="nina"), "card")
    browser = app.test_client()
    page = browser.post("/log-in/card", data={"username": "nina", "code": code}).location
    cookie = browser.get_cookie("stazhirovka").value
    for _ in range(2):
        browser.set_cookie("stazhirovka", cookie)
        assert browser.post(page, data={"password": NEW, "repeat": NEW}).location == "/"
    other = app.test_client()
    other.set_cookie("stazhirovka", cookie)
    assert other.post(page, data={"password": SECRET, "repeat": SECRET}).status_code == 410


@pytest.mark.parametrize("signs", [12, 16])
def test_code_of_card_in_address_opens_nothing(client, session, signs):
    account = make.account(session, username="nina")
    code = issued(session, account, "card")[:signs]
    for method in ("GET", "POST"):
        answer = client.open(f"/link/{code}", method=method, data={"password": NEW, "repeat": NEW})
        assert (answer.status_code, answer.location) == (302, f"/log-in/card#/{code}")
    session.refresh(account)
    assert account.password_hash is None


def test_forgotten_password_is_reset_by_mailed_link(client, session):
    account_with_password(session, username="nina", email="nina@school.ru")
    answers = [client.post("/password/forgotten", data={"login": name}) for name in ("nina@school.ru", "nobody")]
    assert answers[0].status_code == answers[1].status_code == 200
    mains = [answer.text.partition("<main")[2].partition("</main>")[0] for answer in answers]
    assert mains[0] == mains[1]
    assert session.scalars(select(Message)).all() == [], "the request itself looks for no account"
    requests = session.scalars(select(Job.subject_id).where(Job.kind == invitations.RESET)).all()
    assert len(requests) == 2
    for request_id in requests:
        known(invitations.RESET).handle(session, request_id)
    assert session.scalars(select(PasswordRequest)).all() == []
    session.commit()
    letter = session.scalars(select(Message)).one()
    path = re.search(r"http://localhost(/link/\S+)", letter.body).group(1)
    assert client.post(path, data={"password": NEW, "repeat": NEW}).status_code == 302
    assert sign_in(client, "nina", NEW).status_code == 302
    assert sign_in(client, "nina", SECRET).status_code == 422


def test_details_of_the_account(client, session):
    account = make.account(session)
    log_in(client, session, account)
    answer = client.post("/account", data={"email": "Nina@School.ru", "locale": "en", "time_zone": "Europe/Moscow"})
    assert answer.status_code == 302
    session.refresh(account)
    assert (account.email, account.locale, account.time_zone) == ("nina@school.ru", "en", "Europe/Moscow")
    assert "My account" in client.get("/account").text
    wrong = client.post("/account", data={"email": "nina@", "locale": "en", "time_zone": ""})
    assert wrong.status_code == 422
    assert 'id="email-err"' in wrong.text
    assert 'value="nina@"' in wrong.text


def test_changed_password_ends_sessions_of_other_browsers(app, session):
    account = account_with_password(session, username="nina")
    here, there = app.test_client(), app.test_client()
    for client in (here, there):
        sign_in(client, "nina")
    wrong = here.post("/account/password", data={"current": "не тот", "new": NEW, "repeat": NEW})
    assert wrong.status_code == 422
    assert 'id="current-err"' in wrong.text
    assert here.post("/account/password", data={"current": SECRET, "new": NEW, "repeat": NEW}).status_code == 302
    assert here.get("/account").status_code == 200
    assert there.get("/account").status_code == 302
    assert len(sessions.list_sessions(session, account.id, now=utc_now())) == 1


def test_sessions_are_listed_and_ended_by_their_owner_alone(app, session):
    owner, stranger = make.account(session), make.account(session)
    here, there, elsewhere = app.test_client(), app.test_client(), app.test_client()
    log_in(there, session, owner)
    (of_there,) = sessions.list_sessions(session, owner.id, now=utc_now())
    log_in(here, session, owner)
    log_in(elsewhere, session, stranger)
    elsewhere.post(f"/account/sessions/{of_there.id}/end")
    assert there.get("/account").status_code == 200
    here.post(f"/account/sessions/{of_there.id}/end")
    assert there.get("/account").status_code == 302
    log_in(there, session, owner)
    here.post("/account/sessions/end-others")
    assert there.get("/account").status_code == 302
    assert here.get("/account").status_code == 200


def test_consent_is_a_step_of_its_own(client, session):
    account = make.account(session)
    document = consent.ensure_document(session)
    log_in(client, session, account)
    asked = client.get("/account")
    assert asked.status_code == 200, "one's own account is open without consent"
    page = client.get("/consent?next=/account")
    assert "персональных данных" in page.text
    assert client.post("/consent?next=/account", data={"document_id": document.id}).status_code == 422
    answer = client.post("/consent?next=/account", data={"document_id": document.id, "agree": "y"})
    assert (answer.status_code, answer.location) == (302, "/account")
    assert client.get("/consent?next=/account").location == "/account"
    client.post("/consent/withdraw")
    assert session.scalars(select(Consent.withdrawn_at)).one() is not None
    assert "не дано" in client.get("/account").text.replace("\xa0", " ")


def test_other_pages_redirect_to_consent(client, session):
    account = make.account(session, is_administrator=True)
    document = consent.ensure_document(session)
    log_in(client, session, account)
    answer = client.get("/admin?x=1")
    assert answer.status_code == 302
    assert answer.location.startswith("/consent?next=")
    scripted = client.get("/admin", headers={"HX-Request": "true"})
    assert scripted.headers["HX-Redirect"].startswith("/consent")
    assert client.get("/healthz").status_code == 200
    client.post("/consent", data={"document_id": document.id, "agree": "y"})
    assert client.get("/admin").status_code == 200
    consent.publish(session, actor=SYSTEM, text_ru="Новый текст", text_en="A new text")
    session.commit()
    with client.session_transaction() as cookie:
        cookie["consent_seen"] = [account.id, 0]
    assert client.get("/admin").status_code == 302


def test_consent_to_older_text_is_refused(client, session):
    account = make.account(session)
    first = consent.ensure_document(session)
    log_in(client, session, account)
    consent.publish(session, actor=SYSTEM, text_ru="Новый текст", text_en="A new text")
    session.commit()
    answer = client.post("/consent", data={"document_id": first.id, "agree": "y"})
    assert answer.status_code == 422
    assert "обновили" in answer.text
    assert "Новый текст" in answer.text


def test_found_card_opens_nothing_after_the_invitation_was_used(app, session):
    account = make.account(session, username="nina")
    card, invitation = issued(session, account, "card"), issued(session, account)
    owner, finder = app.test_client(), app.test_client()
    assert owner.post(f"/link/{invitation}", data={"password": NEW, "repeat": NEW}).status_code == 302
    assert finder.post("/log-in/card", data={"username": "nina", "code": card}).status_code == 422
    assert 'name="code"' in finder.get("/log-in/card/password").text
    assert sign_in(app.test_client(), "nina", NEW).status_code == 302


def test_second_log_in_ends_the_first_session_of_the_browser(client, session):
    first, second = (account_with_password(session, username=name) for name in ("nina", "vera"))
    sign_in(client, "nina")
    sign_in(client, "vera")
    assert sessions.list_sessions(session, first.id, now=utc_now()) == []
    assert len(sessions.list_sessions(session, second.id, now=utc_now())) == 1


def test_changed_email_needs_password_and_ends_links(client, session):
    account = account_with_password(session, username="nina", email="nina@school.ru")
    sign_in(client, "nina")
    card, tokens = issued(session, account, "card"), [issued(session, account, "reset")]
    form = {"email": "thief@example.org", "locale": "ru", "time_zone": ""}
    for wrong in ("", "не тот пароль"):
        refused = client.post("/account", data=form | {"current_password": wrong})
        assert refused.status_code == 422
        assert 'id="current_password-err"' in refused.text
        session.refresh(account)
        assert account.email == "nina@school.ru"
    assert [client.get(f"/link/{token}").status_code for token in tokens] == [200]
    assert client.post("/account", data=form | {"current_password": SECRET}).status_code == 302
    session.refresh(account)
    assert (account.email, account.person.email) == ("thief@example.org", "thief@example.org")
    assert [client.get(f"/link/{token}").status_code for token in tokens] == [410]
    assert client.post("/log-in/card", data={"username": "nina", "code": card}).status_code == 422
    told, asked = session.scalars(select(Message).order_by(Message.id)).all()
    assert [told.recipient, asked.recipient] == ["nina@school.ru", "thief@example.org"]
    assert "thief@example.org" not in told.body
    assert "/account/email/" not in told.body
    assert client.post("/account", data=form | {"locale": "en"}).status_code == 302, "the same e-mail needs no password"


def confirmation_path(session):
    letter = session.scalars(select(Message).order_by(Message.id.desc())).first()
    return re.search(r"http://localhost(/account/email/\S+)", letter.body).group(1)


def test_typed_email_counts_once_its_letter_was_answered(client, session):
    owner = account_with_password(session, username="vera", email="vera@school.ru")
    account = account_with_password(session, username="nina")
    sign_in(client, "nina")
    form = {"email": "vera@school.ru", "locale": "ru", "time_zone": "", "current_password": SECRET}
    assert client.post("/account", data=form).status_code == 302
    path = confirmation_path(session)
    assert "не подтверждена" in client.get("/account").text
    other = client.application.test_client()
    assert sign_in(other, "vera@school.ru").status_code == 302, "the owner is not shut out"
    assert owner.person.full_name in other.get("/account").text
    assert other.get(path).status_code == 404, "the letter is for the account that asked"
    assert client.get(path).status_code == 200
    session.refresh(account)
    assert account.email_confirmed_at is None, "a GET confirms nothing"
    assert client.post(path).status_code == 302
    session.refresh(account)
    assert account.email_confirmed_at is not None
    assert client.post(path).status_code == 410
    assert sign_in(client.application.test_client(), "vera@school.ru").status_code == 422, "now it is shared"


def test_confirmation_link_sets_no_password(client, session):
    token = issued(session, account_with_password(session, username="nina"), "email")
    assert client.get(f"/link/{token}").status_code == 410
    assert client.post(f"/link/{token}", data={"password": NEW, "repeat": NEW}).status_code == 410
    assert sign_in(client, "nina", NEW).status_code == 422


def test_confirmation_letter_is_sent_again_on_request(client, session):
    account = account_with_password(session, username="nina", email="nina@school.ru", email_confirmed_at=None)
    sign_in(client, "nina")
    assert client.post("/account/email/letter").status_code == 302
    assert client.post(confirmation_path(session)).status_code == 302
    session.refresh(account)
    assert account.email_confirmed_at is not None
    client.post("/account/email/letter")
    assert len(session.scalars(select(Message)).all()) == 1, "nothing is left to confirm"
