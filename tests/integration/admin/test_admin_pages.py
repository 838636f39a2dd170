import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from lms.core import audit
from lms.core.audit import AuditEntry
from lms.core.auth.policy import Actor
from lms.core.clock import utc_now
from lms.core.jobs.models import Job, JobAttempt
from lms.core.mail.models import Message
from lms.core.pages import SIZE
from lms.core.people import consent
from lms.core.people.models import Account, Person, PersonName
from lms.registry.models import Authority, Membership
from tests.factories import make
from tests.support.browsing import log_in
from tests.support.counting import count_queries

NEW_PERSON = {"surname": "СЕВЕРЦЕВА", "given_name": "алла", "patronymic": "Игоревна"}


@pytest.fixture
def office(client, session):
    """The administrator's browser."""
    return log_in(client, session, make.account(session, is_administrator=True))


def test_new_person_is_invited(office, session):
    answer = office.post("/admin/people/new", data=NEW_PERSON | {"email": "alla@school.ru", "account": "y"})
    person = session.scalars(select(Person).where(Person.surname == "Северцева")).one()
    assert answer.location == f"/admin/people/{person.id}"
    assert person.account.username == "severtseva.ai"
    letter = session.scalars(select(Message)).one()
    assert (letter.recipient, letter.person_id) == ("alla@school.ru", person.id)
    assert "отправлено" in office.get(answer.location).text


def test_new_person_without_account(office, session):
    office.post("/admin/people/new", data=NEW_PERSON)
    person = session.scalars(select(Person).where(Person.surname == "Северцева")).one()
    assert person.account is None
    page = office.get(f"/admin/people/{person.id}").text
    assert "severtseva.ai" in page
    assert office.post(f"/admin/people/{person.id}/account", data={"username": "алла"}).status_code == 422
    office.post(f"/admin/people/{person.id}/account", data={"username": ""})
    session.refresh(person)
    assert person.account.username == "severtseva.ai"


def test_invalid_form_keeps_typed_values_and_shows_error_at_field(office, session):
    before = len(session.scalars(select(Person)).all())
    answer = office.post(
        "/admin/people/new", data={"surname": "Северцева", "given_name": "", "email": "alla@", "account": "y"}
    )
    assert answer.status_code == 422
    assert 'id="given_name-err"' in answer.text
    assert 'value="Северцева"' in answer.text
    answer = office.post("/admin/people/new", data=NEW_PERSON | {"email": "alla@"})
    assert 'id="email-err"' in answer.text
    assert len(session.scalars(select(Person)).all()) == before


def test_name_and_address_are_changed(office, session):
    account = make.account(session, email="old@school.ru")
    person = account.person
    values = {"surname": "Орлова", "given_name": "Нина", "patronymic": "", "email": "new@school.ru", "phone": "+7 900"}
    assert office.post(f"/admin/people/{person.id}", data=values).status_code == 302
    session.expire_all()
    assert (person.full_name, person.email, account.email, person.phone) == (
        "Орлова Нина",
        "new@school.ru",
        "new@school.ru",
        "+7 900",
    )
    assert len(session.scalars(select(PersonName).where(PersonName.person_id == person.id)).all()) == 1
    assert "Прежние имена" in office.get(f"/admin/people/{person.id}").text.replace("\xa0", " ")


def test_people_are_searched_and_filtered(office, session):
    known = make.account(session, username="known.user", person=make.person(session, surname="Ёлкина"))
    without = make.person(session, surname="Елизарова")
    for query in ("елк", "ЁЛК", "known.us"):
        page = office.get("/admin/people", query_string={"q": query}).text
        assert "known.user" in page
        assert "Елизарова" not in page
    page = office.get("/admin/people?which=no_account&q=Ел").text
    assert "Елизарова" in page
    assert "Ёлкина" not in page
    assert f"/admin/people/{without.id}" in page
    assert known.username not in office.get("/admin/people?which=administrators").text


def test_long_list_has_pages(office, session):
    for _ in range(SIZE + 5):
        make.person(session, surname="Множество")
    session.commit()
    first = office.get("/admin/people?q=множ").text
    assert first.count("Множество") == SIZE
    assert "which=&amp;" not in first
    assert "page=2" in first
    last = office.get("/admin/people?q=множ&page=99").text
    assert last.count("Множество") == 5


def test_cards_are_printed_for_selected_people(app, office, session):
    accounts = [make.account(session) for _ in range(2)]
    nobody = make.person(session)
    session.commit()
    ticked = [account.person_id for account in accounts] + [nobody.id]
    page = office.post("/admin/cards", data={"person": ticked})
    codes = re.findall(r"<code>([A-Z2-9]{4}(?:-[A-Z2-9]{4}){3})</code>", page.text)
    assert len(codes) == 2
    assert page.text.count("<svg") >= 2
    visitor = app.test_client()
    taken = visitor.post("/log-in/card", data={"username": accounts[0].username, "code": codes[0]})
    assert taken.status_code == 302
    assert office.post("/admin/cards").status_code == 302


def test_administrator_logs_account_out_everywhere(app, office, session):
    account = make.account(session)
    browsers = [log_in(app.test_client(), session, account) for _ in range(2)]
    assert "Завершить все сеансы" in office.get(f"/admin/people/{account.person_id}").text
    assert office.post(f"/admin/accounts/{account.id}/sessions/end").status_code == 302
    assert [browser.get("/account").status_code for browser in browsers] == [302, 302]
    session.refresh(account)
    assert account.is_active


def test_account_is_closed_and_opened(app, office, session):
    account = make.account(session)
    other = log_in(app.test_client(), session, account)
    office.post(f"/admin/accounts/{account.id}/active/close")
    assert other.get("/account").status_code == 302
    assert "закрыта" in office.get(f"/admin/people/{account.person_id}").text
    office.post(f"/admin/accounts/{account.id}/active/open")
    session.refresh(account)
    assert account.is_active


def test_administrator_cannot_give_up_own_rights(office, session):
    account = make.account(session)
    office.post(f"/admin/accounts/{account.id}/administrator/give")
    session.refresh(account)
    assert account.is_administrator
    me = session.scalars(select(Account).where(Account.is_administrator).order_by(Account.id)).first()
    assert office.post(f"/admin/accounts/{me.id}/administrator/take").status_code == 422
    assert office.post(f"/admin/accounts/{me.id}/active/close").status_code == 422


def test_person_is_invited_again(office, session):
    account = make.account(session, email="nina@school.ru")
    silent = make.account(session)
    office.post(f"/admin/accounts/{account.id}/invite")
    office.post(f"/admin/accounts/{silent.id}/invite")
    assert [letter.recipient for letter in session.scalars(select(Message))] == ["nina@school.ru"]


def test_consent_on_paper_is_recorded(office, session):
    person = make.person(session)
    consent.ensure_document(session)
    with office.session_transaction() as cookie:
        cookie["consent_seen"] = [session.scalars(select(Account.id)).first(), int(utc_now().timestamp())]
    tomorrow = (utc_now() + timedelta(days=2)).date().isoformat()
    wrong = office.post(f"/admin/people/{person.id}/consent", data={"paper_date": tomorrow})
    assert 'id="paper_date-err"' in wrong.text
    office.post(f"/admin/people/{person.id}/consent", data={"paper_date": "2026-09-01"})
    assert consent.needed(session, person.id) is None


def test_outbox_shows_full_message(office, session):
    session.add(
        Message(recipient="nina@school.ru", subject="Приглашение", body="Ссылка:\n\nhttps://lms.example.org/link/abc")
    )
    session.commit()
    page = office.get("/admin/outbox?q=nina").text
    assert "Приглашение" in page
    letter = office.get(re.search(r"/admin/outbox/\d+", page).group()).text
    assert 'href="https://lms.example.org/link/abc"' in letter
    assert "Приглашение" not in office.get("/admin/outbox?q=nobody").text


def dead_letter(session, number):
    job = Job(
        kind="tests.dead", subject_id=number, unique_key=f"dead{number}", state="dead", last_error="Traceback\nБеда"
    )
    session.add(job)
    session.flush()
    session.add(JobAttempt(job_id=job.id))
    session.commit()
    return job


def test_failed_job_is_listed_and_retried(office, session):
    one, two, three = (dead_letter(session, number) for number in range(3))
    assert "Беда" in office.get("/admin/jobs").text
    assert office.get("/admin").status_code == 200
    for _ in range(2):
        office.post(f"/admin/jobs/{one.id}/retry")
    session.expire_all()
    assert (one.state, two.state) == ("waiting", "dead")
    assert session.scalars(select(JobAttempt).where(JobAttempt.job_id == one.id)).all() == []
    office.post("/admin/jobs/retry-all")
    session.expire_all()
    assert {two.state, three.state} == {"waiting"}
    retried = session.scalars(select(AuditEntry).where(AuditEntry.action == "job.retry")).all()
    assert len(retried) == 3


def test_audit_log_is_searched(office, session):
    office.post("/admin/people/new", data=NEW_PERSON)
    page = office.get("/admin/audit?action=person.create").text
    assert "person.create" in page
    assert "account.create" not in page.partition("<table")[2]
    person = session.scalars(select(Person).where(Person.surname == "Северцева")).one()
    page = office.get(f"/admin/audit?object_type=person&object_id={person.id}").text
    assert f"person {person.id}" in page
    assert "person.create" not in office.get("/admin/audit?who=Неизвестный").text.partition("<main")[2]


def test_audit_log_tells_sentences_with_names_and_site(office, session):
    leader = make.member(session, "leader", site=make.site(session, theme="Урок-исследование"))
    enrolment = make.enrolment(session, make.cohort(session, title="Осенняя"))
    actor = Actor(leader.id, leader.person_id)
    site_id = session.scalars(select(Membership.site_id).where(Membership.person_id == leader.person_id)).one()
    audit.record(session, actor, "enrolment.change", enrolment, site_id=site_id, state="finished")
    audit.record(session, actor, "cohort.invite", enrolment.cohort, site_id=site_id, mailed=3)
    audit.record(session, None, "personal_data.read", "person", person_id=leader.person_id, purpose="печать")
    audit.record(session, actor, "weather.rain", "sky", hours=2)
    session.commit()
    page = " ".join(office.get("/admin/audit").text.split())
    assert "Изменено состояние стажёра: завершил" in page
    assert f"{enrolment.person.full_name} — Осенняя</a>" in page
    assert "Отправлены 3 приглашения" in page
    assert leader.person.short_name in page
    assert "Урок-исследование" in page
    assert f"{leader.person.full_name}</a>" in page
    assert "<code>enrolment.change</code>" in page
    assert "weather.rain" in page


def test_audit_log_costs_fixed_number_of_queries(office, session, engine):
    for _number in range(30):
        audit.record(session, None, "person.create", make.person(session))
    session.commit()
    with count_queries(engine) as sent:
        office.get("/admin/audit")
    assert len(sent) <= 6, "\n".join(sent)


def test_new_consent_text_is_new_version(office, session):
    assert office.post("/admin/consent", data={"text_ru": "Текст", "text_en": ""}).status_code == 422
    assert office.post("/admin/consent", data={"text_ru": "Текст", "text_en": "Text"}).status_code == 302
    assert consent.current_document(session).number == 1


def test_authority_is_created_and_renamed(office, session):
    values = {"name": "ИМЦ Ясногорска", "locality": "Ясногорск", "time_zone": "Asia/Novokuznetsk"}
    made = office.post("/admin/authorities/new", data=values)
    assert office.get(made.location).status_code == 200
    keeper = session.scalars(select(Authority).where(Authority.name == "ИМЦ Ясногорска")).one()
    office.post(f"/admin/authorities/{keeper.id}", data=values | {"name": "Центр Ясногорска"})
    session.refresh(keeper)
    assert keeper.name == "Центр Ясногорска"
    assert office.post("/admin/authorities/new", data=values | {"name": " "}).status_code == 422


def test_corrected_email_of_invited_person_moves_the_invitation(office, session):
    office.post("/admin/people/new", data=NEW_PERSON | {"email": "ala@school.ru", "account": "y"})
    person = session.scalars(select(Person).where(Person.surname == "Северцева")).one()
    office.post(f"/admin/people/{person.id}", data=NEW_PERSON | {"email": "alla@school.ru"})
    first, told, second = session.scalars(select(Message).order_by(Message.id)).all()
    assert [each.recipient for each in (first, told, second)] == ["ala@school.ru", "ala@school.ru", "alla@school.ru"]
    paths = [re.search(r"/link/\S+", letter.body).group() for letter in (first, second)]
    assert "/link/" not in told.body
    assert [office.get(path).status_code for path in paths] == [410, 200]
