"""The bell in the top bar, the page of notices, the choice of letters on the account's page."""

import re

import pytest
from sqlalchemy import select

from lms.core.notifications.models import Notice
from lms.core.notifications.operations import NewNotice, notify_all
from lms.core.notifications.queries import letter_choices, unread_count
from tests.factories import make
from tests.support.browsing import log_in
from tests.support.counting import count_queries


def detail(number: int) -> dict[str, object]:
    return {"enrolment_id": 1, "task_id": 2, "task": f"Работа {number}"}


@pytest.fixture
def reader(session):
    return make.enrolment(session).person.account


@pytest.fixture
def browser(client, session, reader):
    return log_in(client, session, reader)


def notified(session, reader, count: int) -> list[int]:
    notify_all(
        session, [NewNotice(reader.person_id, "work_returned", detail(number)) for number in range(1, count + 1)]
    )
    session.commit()
    return list(session.scalars(select(Notice.id).where(Notice.person_id == reader.person_id).order_by(Notice.id)))


def bell(page: str) -> str:
    return " ".join(re.search(r'<a class="bell".*?</a>', page, re.S)[0].split())


def test_bell_counts_unread_notices_on_every_page(session, browser, reader):
    assert "count" not in bell(browser.get("/account").text)
    notified(session, reader, 2)
    found = bell(browser.get("/account").text)
    assert "Уведомления: 2 новых" in found
    assert '<span class="count num" aria-hidden="true">2</span>' in found


def test_bell_of_ten_thousand_notices_costs_one_short_query(session, browser, reader, engine):
    notified(session, reader, 10_000)
    with count_queries(engine) as sent:
        page = browser.get("/notices").text
    assert ">99+</span>" in bell(page)
    assert len([one for one in sent if "FROM notice" in one]) == 2, "\n".join(sent)
    assert page.count("data-read") == 30


def test_page_lists_newest_first_in_pages_with_links(session, browser, reader):
    keys = notified(session, reader, 35)
    page = browser.get("/notices").text
    assert page.index("«Работа 35»") < page.index("«Работа 6»")
    assert "«Работа 5»" not in page
    assert 'href="/course/1/tasks/2"' in page
    older = browser.get(f"/notices?before={keys[5]}").text
    assert "«Работа 5»" in older
    assert "«Работа 6»" not in older
    assert 'rel="next"' not in older


def test_looking_marks_nothing(session, browser, reader):
    notified(session, reader, 1)
    browser.get("/notices")
    assert unread_count(session, reader.person_id) == 1


def test_one_notice_and_all_are_marked_by_post(session, browser, reader):
    keys = notified(session, reader, 3)
    assert browser.post(f"/notices/{keys[0]}/read").headers["Location"] == "/notices"
    assert unread_count(session, reader.person_id) == 2
    assert browser.post("/notices/read").status_code == 303
    assert unread_count(session, reader.person_id) == 0
    assert "Отметить все прочитанными" not in browser.get("/notices").text


def test_notice_of_another_person_is_not_marked(session, browser):
    other = make.account(session)
    (key,) = notified(session, other, 1)
    browser.post(f"/notices/{key}/read")
    assert unread_count(session, other.person_id) == 1


def test_account_page_offers_kinds_of_the_person_and_keeps_the_choice(session, browser, reader):
    page = browser.get("/account").text
    assert "Моя работа возвращена на доработку" in page
    assert "Сданы работы" not in page
    chosen = {"letters-work_returned": "never", "letters-deadline": "digest", "letters-work_handed_in": "at_once"}
    assert browser.post("/notices/letters", data=chosen).headers["Location"] == "/account#letters"
    assert letter_choices(session, reader.person_id) == {"work_returned": "never", "deadline": "digest"}
    again = browser.get("/account").text
    box = re.search(r'<select[^>]*name="letters-work_returned".*?</select>', again, re.S)[0]
    assert '<option value="never" selected>' in box


def test_unknown_choice_is_not_stored(session, browser, reader):
    browser.post("/notices/letters", data={"letters-deadline": "yearly"})
    assert letter_choices(session, reader.person_id) == {}


def test_site_staff_choose_letters_about_works(client, session):
    leader = make.member(session, "leader", site=make.site(session))
    page = log_in(client, session, leader).get("/account").text
    assert "Сданы работы" in page
    assert "Наша программа утверждена" in page
    assert "Моя работа зачтена" not in page
