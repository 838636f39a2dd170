"""Pages of groups in a browser without scripts."""

import io
from datetime import timedelta

import openpyxl
import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session, object_session

from assessment.models.attestation import AttestationTask, Submission
from courses.groups import operations, queries
from courses.models.groups import Cohort, Enrolment, TopicProgress
from courses.models.programmes import ImportDraft
from lms.core.auth.policy import Actor
from lms.core.clock import utc_now
from lms.core.mail.models import Message
from lms.core.people import consent
from lms.core.people.models import Account, Person
from lms.registry.models import Site
from tests.factories import make
from tests.support.browsing import log_in
from tests.support.uploads import outcome

DAY = timedelta(days=1)


@pytest.fixture
def leader(session: Session) -> Account:
    return make.member(session, "leader", site=make.site(session))


@pytest.fixture
def cohort(session: Session, leader: Account) -> Cohort:
    site_id = next(iter(queries_of(session, leader)))
    version = make.programme(session, session.get_one(Site, site_id))
    made = operations.create_cohort(
        session,
        actor=Actor(leader.id, leader.person_id),
        version=version,
        title="Осень 2026",
        starts_on=make.TODAY - 10 * DAY,
        ends_on=make.TODAY + 20 * DAY,
    )
    made.enrolment_key, made.key_enabled = f"kkkk-{made.id:04d}", True
    session.commit()
    return made


def queries_of(session: Session, account: Account) -> list[int]:
    from courses.actors import actor_of

    return actor_of(session, account).ids("site", "leader")


@pytest.fixture
def browser(client: FlaskClient, session: Session, leader: Account) -> FlaskClient:
    return log_in(client, session, leader)


def trainee(session: Session, cohort: Cohort, surname: str, **values: object) -> Enrolment:
    person = make.person(session, surname=surname)
    account = make.account(session, person=person, **values)
    found = make.enrolment(session, cohort, account=account, enrolled_on=cohort.starts_on)
    session.commit()
    return found


def workbook(*rows: tuple[object, ...]) -> io.BytesIO:
    book = openpyxl.Workbook()
    for row in (("ФИО", "Должность", "Эл. почта"), *rows):
        book.active.append(row)
    stream = io.BytesIO()
    book.save(stream)
    stream.seek(0)
    return stream


class TestNewGroup:
    def test_group_is_created_and_shown(self, browser, session, cohort):
        data = {
            "version": cohort.version_id,
            "title": "Зима 2026",
            "starts_on": "2026-12-01",
            "ends_on": "05.02.2027",
            "order_number": "8-к",
        }
        answer = browser.post("/groups/new", data=data, follow_redirects=True)
        assert "Зима 2026" in answer.text
        assert "Зачислите первых стажёров" in answer.text
        made = session.scalars(select(Cohort).where(Cohort.title == "Зима 2026")).one()
        assert (made.order_number, made.ends_on.isoformat()) == ("8-к", "2027-02-05")

    @pytest.mark.parametrize(
        ("change", "field"),
        [
            ({"title": " "}, "title"),
            ({"ends_on": "2026-11-01"}, "ends_on"),
            ({"ends_on": "скоро"}, "ends_on"),
            ({"version": 0}, "version"),
        ],
    )
    def test_invalid_form_shows_error_at_its_field(self, browser, cohort, change, field):
        data = {"version": cohort.version_id, "title": "Зима", "starts_on": "2026-12-01", "ends_on": "2027-02-05"}
        answer = browser.post("/groups/new", data=data | change)
        assert answer.status_code == 422
        assert f'id="{field}-err"' in answer.text

    def test_form_offers_approved_versions_of_own_sites_only(self, browser, session, cohort):
        make.programme(session, cohort.site, state="draft", title="Черновик")
        foreign = make.programme(session, title="Чужая")
        session.commit()
        page = browser.get("/groups/new").text
        assert cohort.version.title in page
        assert "Черновик" not in page
        assert foreign.title not in page


class TestGrid:
    def test_grid_shows_late_trainees_and_filters_sorts_finds(self, browser, session, cohort):
        late, fine = trainee(session, cohort, "Лебедев"), trainee(session, cohort, "Аверин")
        first = make.topics(session, cohort.version)[0]
        for topic in make.topics(session, cohort.version):
            operations.set_deadlines(session, cohort, {topic.lineage: cohort.ends_on})
        operations.set_deadlines(session, cohort, {first.lineage: make.TODAY - DAY})
        session.add(TopicProgress(enrolment_id=fine.id, topic_lineage=first.lineage))
        session.commit()
        page = browser.get(f"/groups/{cohort.id}").text
        assert page.index("Аверин") < page.index("Лебедев")
        assert "1 тема" in page.replace("\xa0", " ")
        assert f'href="/groups/{cohort.id}/print"' in page
        assert f"/groups/{cohort.id}/export.xlsx" in page
        filtered = browser.get(f"/groups/{cohort.id}?show=late").text
        assert "Лебедев" in filtered
        assert "Аверин" not in filtered
        assert browser.get(f"/groups/{cohort.id}?q=аверин").text.count('scope="row"') == 1
        turned = browser.get(f"/groups/{cohort.id}?sort=-name").text
        assert turned.index("Лебедев") < turned.index("Аверин")
        assert "Никого нет" in browser.get(f"/groups/{cohort.id}?q=никто").text
        assert late.state == "enrolled"

    def test_topic_is_marked_for_several_and_unmarked(self, browser, session, cohort):
        people = [trainee(session, cohort, name) for name in ("Аверин", "Белов", "Власов")]
        topic = make.topics(session, cohort.version)[0]
        page = browser.get(f"/groups/{cohort.id}?topic={topic.lineage}").text
        assert page.count('type="checkbox"') == 3
        data = {"topic": str(topic.lineage), "shown": [one.id for one in people], "show": "late"}
        answer = browser.post(f"/groups/{cohort.id}/mark", data=data | {"done": [one.id for one in people[:2]]})
        assert answer.headers["Location"] == f"/groups/{cohort.id}?show=late"
        session.expire_all()
        assert [one.hours_done for one in people] == [4, 4, 0]
        browser.post(f"/groups/{cohort.id}/mark", data=data | {"done": [people[2].id]})
        session.expire_all()
        assert [one.hours_done for one in people] == [0, 0, 4]

    def test_marks_do_not_reach_other_groups(self, browser, session, cohort):
        stranger = make.enrolment(session, make.cohort(session, cohort.version))
        session.commit()
        topic = make.topics(session, cohort.version)[0]
        data = {"topic": str(topic.lineage), "shown": [stranger.id], "done": [stranger.id]}
        browser.post(f"/groups/{cohort.id}/mark", data=data)
        session.expire_all()
        assert stranger.hours_done == 0

    def test_workbook_has_no_formulas(self, browser, session, cohort):
        one = trainee(session, cohort, "Аверин")
        one.person.workplace = '=HYPERLINK("http://evil.example";"Школа")'
        session.commit()
        answer = browser.get(f"/groups/{cohort.id}/export.xlsx")
        assert "filename*=UTF-8''" in answer.headers["Content-Disposition"]
        book = openpyxl.load_workbook(io.BytesIO(answer.data))
        answer.close()
        cell = book.active["C4"]
        assert (cell.data_type, cell.value, cell.quotePrefix) == ("s", one.person.workplace, True)
        assert book.active["B4"].value == one.person.full_name
        assert [cell.value for cell in book.active[3]][4].startswith("1.1. ")

    def test_class_list_is_printed(self, browser, session, cohort):
        trainee(session, cohort, "Аверин")
        topic = make.topics(session, cohort.version)[0]
        page = browser.get(f"/groups/{cohort.id}/print?topic={topic.lineage}&columns=3").text
        assert "Аверин" in page
        assert page.count("<td></td>") == 6
        pdf = browser.get(f"/groups/{cohort.id}/class-list.pdf?topic={topic.lineage}&day=2026-11-24&day=never")
        assert pdf.data.startswith(b"%PDF-")


class TestImport:
    def upload(self, browser: FlaskClient, cohort: Cohort, stream: io.BytesIO, name: str = "список.xlsx"):
        answer = browser.post(f"/groups/{cohort.id}/import", data={"file": (stream, name)})
        session = object_session(cohort)
        assert session
        return outcome(browser, session, answer)

    def test_file_is_imported_into_enrolments(self, browser, session, cohort):
        known = make.person(session, surname="Фёдорова", given_name="Кира", patronymic="Игоревна")
        session.commit()
        rows = (
            ("Титова Анна Львовна", "учитель", "titova@school.example"),
            ("Федорова Кира Игоревна", "учитель", None),
            ("Белова", "учитель", None),
        )
        answer = self.upload(browser, cohort, workbook(*rows))
        assert answer.status_code == 303
        address = answer.headers["Location"]
        page = browser.get(address).text
        assert "совпадают только фамилия, имя и" in page
        assert "Нет имени." in page.replace("\xa0", " ")
        draft = session.scalars(select(ImportDraft).where(ImportDraft.subject_id == cohort.id)).one()
        data = {"choice-2": "new", "choice-3": "", "seen-3": str(known.id), "choice-4": "skip", "send": "1"}
        again = browser.post(address, data=data)
        assert again.status_code == 422
        assert 'href="#row-3"' in again.text
        assert "Выберите: новый человек или тот, кого мы знаем." in again.text.replace("\xa0", " ")
        assert session.scalar(select(func.count()).where(Enrolment.cohort_id == cohort.id)) == 0
        data["choice-3"] = f"known:{known.id}"
        data |= {"choice-4": "new", "surname-4": "Белова", "given_name-4": "Ольга"}
        done = browser.post(address, data=data, follow_redirects=True)
        assert "Зачислено 3 стажёра" in done.text
        twice = browser.post(address, data=data, follow_redirects=True)
        assert "Белова Ольга" in twice.text
        people = {one.person.full_name for one in queries.enrolments(session, cohort.id)}
        assert people == {"Титова Анна Львовна", "Фёдорова Кира Игоревна", "Белова Ольга"}
        session.refresh(draft)
        assert set(draft.content) == {"result"}

    @pytest.mark.parametrize(
        ("content", "name", "message"),
        [
            (b"abc", "список.doc", "Сохранить как"),
            (b"abc", "список.xlsx", ""),
            (b"", "список.xlsx", ""),
        ],
    )
    def test_unreadable_file_is_refused_at_its_field(self, browser, session, cohort, content, name, message):
        answer = self.upload(browser, cohort, io.BytesIO(content), name)
        assert 'id="file-err"' in answer.text
        assert message in answer.text.replace("\xa0", " ")
        assert session.scalar(select(func.count()).where(ImportDraft.subject_id == cohort.id)) == 0

    def test_trainee_is_added_by_form(self, browser, session, cohort):
        data = {"surname": "Юдин", "given_name": "Пётр", "email": "yudin@school.example"}
        address = browser.post(f"/groups/{cohort.id}/add", data=data).headers["Location"]
        browser.post(address, data={"choice-1": "new", "send": "1"})
        assert session.scalars(select(Person).where(Person.email == "yudin@school.example")).one().account
        assert session.scalar(select(func.count()).where(Message.recipient == "yudin@school.example")) == 1
        wrong = browser.post(f"/groups/{cohort.id}/add", data=data | {"email": "почта"})
        assert wrong.status_code == 422

    def test_imported_list_can_be_discarded(self, browser, session, cohort):
        address = self.upload(browser, cohort, workbook(("Титова Анна Львовна", "", None))).headers["Location"]
        browser.post(f"{address}/discard")
        assert session.scalar(select(func.count()).where(ImportDraft.subject_id == cohort.id)) == 0
        assert browser.get(address).status_code == 404


class TestPeople:
    def test_trainees_get_invitations_and_cards(self, browser, session, cohort):
        mail = trainee(session, cohort, "Аверин", email="averin@school.example")
        card = trainee(session, cohort, "Белов")
        page = browser.get(f"/groups/{cohort.id}/trainees").text
        assert "1 стажёр ещё не приглашён" in page.replace("\xa0", " ")
        browser.post(f"/groups/{cohort.id}/invite", data={"which": "first"})
        session.refresh(mail)
        assert mail.invited_at is not None
        assert session.scalar(select(func.count()).where(Message.recipient == "averin@school.example")) == 1
        printed = browser.post(f"/groups/{cohort.id}/cards", data={"which": "card"})
        assert printed.status_code == 200
        assert card.person.account.username in printed.text
        assert mail.person.account.username not in printed.text
        nobody = browser.post(f"/groups/{cohort.id}/cards", data={}, follow_redirects=True)
        assert "отметьте таких" in nobody.text

    def test_one_order_changes_state_of_several(self, browser, session, cohort):
        people = [trainee(session, cohort, name) for name in ("Аверин", "Белов")]
        data = {
            "who": [one.id for one in people],
            "state": "withdrawn",
            "on_date": make.TODAY.isoformat(),
            "order_number": "5-о",
        }
        browser.post(f"/groups/{cohort.id}/states", data=data)
        session.expire_all()
        assert {one.state for one in people} == {"withdrawn"}
        nobody = browser.post(f"/groups/{cohort.id}/states", data=data | {"who": []})
        assert nobody.status_code == 422
        early = browser.post(f"/groups/{cohort.id}/states", data=data | {"on_date": "2020-01-01"})
        assert early.status_code == 422
        assert "checked" in early.text

    def test_page_of_trainee_shows_progress_and_history(self, browser, session, cohort):
        one = trainee(session, cohort, "Аверин", email="averin@school.example")
        other = make.cohort(session, cohort.version, title="Весна 2027")
        session.commit()
        page = browser.get(f"/groups/trainees/{one.id}").text
        assert "Весна 2027" in page
        assert make.topics(session, cohort.version)[0].title in page
        data = {"move-to_cohort": other.id, "move-order_number": "3-п", "move-reason": "болезнь"}
        moved = browser.post(f"/groups/trainees/{one.id}/transfer", data=data, follow_redirects=True)
        assert "Весна 2027" in moved.text
        former = browser.get(f"/groups/trainees/{one.id}").text
        assert "3-п" in former
        assert "болезнь" in former

    def test_works_link_to_grading_desk(self, browser, session, cohort):
        one = trainee(session, cohort, "Аверин")
        task = AttestationTask(version_id=cohort.version_id, kind="final", title="Итоговая карта")
        session.add(task)
        session.flush()
        work = Submission(task_id=task.id, enrolment_id=one.id, state="handed_in", waiting_since=utc_now())
        session.add(work)
        session.commit()
        page = browser.get(f"/groups/trainees/{one.id}").text
        assert f'href="/grading/{work.id}"' in page
        assert "Итоговая карта" in page

    def test_reminder_of_late_topics_is_sent(self, browser, session, cohort):
        one = trainee(session, cohort, "Аверин", email="averin@school.example")
        first = make.topics(session, cohort.version)[0]
        operations.set_deadlines(session, cohort, {first.lineage: make.TODAY - DAY})
        session.commit()
        browser.post(f"/groups/trainees/{one.id}/remind", data={"back": "home"})
        again = browser.post(f"/groups/trainees/{one.id}/remind", follow_redirects=True)
        assert "уже отправляли недавно" in again.text
        assert session.scalar(select(func.count()).where(Message.recipient == "averin@school.example")) == 1

    def test_individual_plan_is_set(self, browser, session, cohort):
        one = trainee(session, cohort, "Аверин")
        topic = make.topics(session, cohort.version)[0]
        field = f"due-{topic.lineage}"
        later = (cohort.ends_on + 9 * DAY).isoformat()
        browser.post(f"/groups/trainees/{one.id}/plan", data={"individual": "1", field: later})
        assert queries.deadlines(session, cohort.id, one.id)[topic.lineage].isoformat() == later
        wrong = browser.post(f"/groups/trainees/{one.id}/plan", data={"individual": "1", field: "32.13.2026"})
        assert wrong.status_code == 422
        assert "32.13.2026" in wrong.text, "what was typed stays"


class TestSettings:
    def test_dates_of_topics_are_changed(self, browser, session, cohort):
        topic = make.topics(session, cohort.version)[0]
        field, day = f"due-{topic.lineage}", cohort.starts_on + DAY
        browser.post(f"/groups/{cohort.id}/dates", data={field: day.isoformat()})
        assert queries.deadlines(session, cohort.id) == {topic.lineage: day}
        outside = browser.post(f"/groups/{cohort.id}/dates", data={field: "2020-01-01"})
        assert outside.status_code == 422
        browser.post(f"/groups/{cohort.id}/dates/respread")
        assert len(queries.deadlines(session, cohort.id)) == 4

    def test_name_key_orders_and_closing_are_changed(self, browser, session, cohort):
        address, former = f"/groups/{cohort.id}", cohort.enrolment_key
        data = {
            "title": "Осень, вторая",
            "starts_on": cohort.starts_on.isoformat(),
            "ends_on": cohort.ends_on.isoformat(),
        }
        browser.post(f"{address}/settings", data=data)
        browser.post(f"{address}/key", data={"do": "renew"})
        browser.post(f"{address}/order", data={"order-order_number": "7-к", "order-order_date": "2026-09-01"})
        finish = {"end-order_number": "90", "end-order_date": make.TODAY.isoformat(), "end-finish": "y"}
        browser.post(f"{address}/finish", data=finish)
        browser.post(f"{address}/close", data={"do": "close"})
        session.refresh(cohort)
        assert (cohort.title, cohort.order_number, cohort.completion_order_number) == ("Осень, вторая", "7-к", "90")
        assert cohort.enrolment_key != former
        assert cohort.closed_at is not None
        assert "Открыть снова" in browser.get(f"{address}/settings").text
        assert browser.post(f"{address}/finish", data={}).status_code == 422


class TestJoining:
    REGISTRATION = {  # noqa: RUF012
        "surname": "Юдина",
        "given_name": "Мария",
        "workplace": "Школа № 5",
        "password": "река лес облако",
        "repeat": "река лес облако",
    }

    def test_account_holder_joins_by_button(self, client, session, cohort):
        account = make.account(session)
        session.commit()
        log_in(client, session, account)
        found = client.post("/join", data={"key": cohort.enrolment_key.upper()})
        assert found.headers["Location"] == f"/join/{cohort.enrolment_key}"
        assert session.scalar(select(func.count()).where(Enrolment.cohort_id == cohort.id)) == 0
        joined = client.post(found.headers["Location"])
        one = session.scalars(select(Enrolment).where(Enrolment.cohort_id == cohort.id)).one()
        assert joined.headers["Location"] == f"/?face=course-{one.id}"

    def test_new_person_registers_and_consents_first(self, client, session, cohort):
        consent.ensure_document(session)
        session.commit()
        page = client.get(f"/join/{cohort.enrolment_key}").text
        assert cohort.title in page
        answer = client.post(f"/join/{cohort.enrolment_key}", data=self.REGISTRATION)
        assert answer.status_code == 303
        one = session.scalars(select(Enrolment).where(Enrolment.cohort_id == cohort.id)).one()
        assert one.person.full_name == "Юдина Мария"
        assert "/consent" in client.get("/").headers["Location"]

    @pytest.mark.parametrize(
        ("change", "field"), [({"repeat": "другое"}, "repeat"), ({"surname": ""}, "surname"), ({"email": "x"}, "email")]
    )
    def test_invalid_form_shows_error_at_its_field(self, client, session, cohort, change, field):
        answer = client.post(f"/join/{cohort.enrolment_key}", data=self.REGISTRATION | change)
        assert answer.status_code == 422
        assert f'id="{field}-err"' in answer.text
        assert session.scalar(select(func.count()).where(Enrolment.cohort_id == cohort.id)) == 0

    def test_wrong_keys_are_throttled(self, client, session):
        address = {"REMOTE_ADDR": "203.0.113.77"}
        for _try in range(20):
            assert client.get("/join/aaaa-aaaa", environ_base=address).status_code == 404
        assert client.get("/join/aaaa-aaaa", environ_base=address).status_code == 429
        typed = client.post("/join", data={"key": "aaaa-aaaa"}, environ_base=address)
        assert typed.status_code == 422
        assert "Слишком много попыток" in typed.text

    def test_right_keys_are_not_throttled(self, client, session, cohort):
        address = {"REMOTE_ADDR": "203.0.113.78"}
        for _try in range(25):
            assert client.get(f"/join/{cohort.enrolment_key}", environ_base=address).status_code == 200
