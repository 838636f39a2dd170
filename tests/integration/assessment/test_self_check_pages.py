"""A trainee's pages of self-checks by HTTP: started, saved in parts, handed in, graded, shown."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from assessment.attempts.grading import grade_many
from assessment.attempts.operations import hand_in_overdue
from assessment.models.self_checks import Attempt
from lms.core.clock import utc_now
from tests.factories import make
from tests.support.browsing import log_in
from tests.support.checks import ALL_KINDS, make_check, right_values
from tests.support.counting import count_queries

NO_ESSAY = ALL_KINDS.partition("::Эссе::")[0]
AS_SCRIPT = {"Accept": "application/json"}


@pytest.fixture
def enrolment(session):
    made = make.enrolment(session)
    session.commit()
    return made


@pytest.fixture
def browser(client, session, enrolment):
    return log_in(client, session, enrolment.person.account)


def begin(browser, session, enrolment, check) -> Attempt:
    session.commit()
    answer = browser.post(f"/course/{enrolment.id}/self-checks/{check.id}/begin", data={"begin": "sure"})
    assert answer.status_code == 303
    return session.get_one(Attempt, int(answer.location.rsplit("/", 1)[1]))


def grade(session, attempt):
    grade_many(session, [attempt.id])
    session.commit()
    session.expire_all()


def test_trainee_takes_self_check_and_sees_result(browser, session, enrolment):
    check = make_check(session, enrolment.cohort.version, instructions="Отвечайте **сами**.", attempts_allowed=2)
    session.commit()
    start = browser.get(f"/course/{enrolment.id}/self-checks/{check.id}").text
    assert "<strong>сами</strong>" in start
    assert "осталось 2 попытки" in start
    attempt = begin(browser, session, enrolment, check)
    assert begin(browser, session, enrolment, check).id == attempt.id
    page = browser.get(f"/attempts/{attempt.id}").text
    assert page.count("<fieldset") == 8
    assert "Прочитайте вопросы не спеша" in page
    values = right_values(session, attempt)
    saved = browser.post(f"/attempts/{attempt.id}", data=values, headers=AS_SCRIPT)
    assert saved.json["saved_at"]
    handed = browser.post(f"/attempts/{attempt.id}/hand-in", data={"hand_in": "1"})
    assert handed.location == f"/attempts/{attempt.id}/result"
    assert "data-poll" in browser.get(handed.location).text
    asked_again = browser.get(handed.location, headers={"HX-Request": "true"}).text
    assert "data-poll" in asked_again
    assert "<html" not in asked_again
    grade(session, attempt)
    result = browser.get(handed.location, headers={"HX-Request": "true"}).text
    assert "data-poll" not in result
    assert "Пока 87,5" in result
    assert "ждёт проверки" in result
    assert "Верно: это можно увидеть." in result
    assert browser.get(f"/attempts/{attempt.id}").location == handed.location


def test_tab_saves_only_its_changes(browser, session, enrolment):
    check = make_check(session, enrolment.cohort.version)
    attempt = begin(browser, session, enrolment, check)
    values = right_values(session, attempt)
    saved = browser.post(f"/attempts/{attempt.id}", data=values, headers=AS_SCRIPT).json
    session.refresh(attempt)
    before = dict(attempt.answers)
    first = values["q"][1]
    browser.post(
        f"/attempts/{attempt.id}", data={"q": first, f"seen-q{first}": saved["seen"][f"q{first}"]}, headers=AS_SCRIPT
    )
    session.refresh(attempt)
    assert attempt.answers == {**before, first: {}}
    again = browser.get(f"/attempts/{attempt.id}").text
    assert "data-done>7</b>" in again
    assert "Ученица сама задала вопрос." in again


def test_hand_in_with_unanswered_questions_asks_for_confirmation(browser, session, enrolment):
    check = make_check(session, enrolment.cohort.version)
    attempt = begin(browser, session, enrolment, check)
    values = right_values(session, attempt)
    essay = values["q"][-1]
    part = {"q": [essay], f"q{essay}-text": "Тишина в классе", "hand_in": "1"}
    asking = browser.post(f"/attempts/{attempt.id}/hand-in", data=part)
    assert asking.status_code == 200
    assert "7 вопросов остались без ответа." in asking.text
    session.refresh(attempt)
    assert (attempt.state, attempt.answers[essay]) == ("in_progress", {"text": "Тишина в классе"})
    browser.post(f"/attempts/{attempt.id}/hand-in", data={"hand_in": "sure"})
    browser.post(f"/attempts/{attempt.id}/hand-in", data={"hand_in": "sure"})
    session.refresh(attempt)
    assert attempt.state == "handed_in"


def test_key_is_shown_only_without_further_attempts(browser, session, enrolment):
    check = make_check(session, enrolment.cohort.version, NO_ESSAY, attempts_allowed=2)
    for number in (1, 2):
        attempt = begin(browser, session, enrolment, check)
        browser.post(f"/attempts/{attempt.id}/hand-in", data={"hand_in": "sure"})
        grade(session, attempt)
        result = browser.get(f"/attempts/{attempt.id}/result").text
        assert "ниже порога" in result
        assert ("Правильный ответ" in result) == (number == 2)
        assert ("осталась 1 попытка" in result) == (number == 1)
    refused = browser.post(f"/course/{enrolment.id}/self-checks/{check.id}/begin", follow_redirects=True)
    assert "Все разрешённые попытки этого теста использованы." in refused.text
    assert session.scalar(select(func.count()).select_from(Attempt)) == 2


def test_passed_self_check_is_shown_as_passed(browser, session, enrolment):
    check = make_check(session, enrolment.cohort.version, NO_ESSAY)
    attempt = begin(browser, session, enrolment, check)
    browser.post(f"/attempts/{attempt.id}/hand-in", data={**right_values(session, attempt), "hand_in": "1"})
    grade(session, attempt)
    assert "100 % — пройден" in browser.get(f"/attempts/{attempt.id}/result").text
    assert "Тест пройден" in browser.get(f"/course/{enrolment.id}/self-checks/{check.id}").text


def test_overdue_attempt_is_handed_in_by_the_clock_and_not_by_a_visit(browser, session, enrolment):
    check = make_check(session, enrolment.cohort.version, NO_ESSAY, time_limit_minutes=20)
    attempt = begin(browser, session, enrolment, check)
    page = browser.get(f"/attempts/{attempt.id}").text
    assert 'data-left="11' in page or 'data-left="1200' in page
    past = utc_now() - timedelta(minutes=1)
    session.execute(update(Attempt).where(Attempt.id == attempt.id).values(deadline_at=past))
    session.commit()
    session.expire_all()
    values = right_values(session, attempt)
    late = browser.post(f"/attempts/{attempt.id}", data=values, headers=AS_SCRIPT)
    assert (late.status_code, late.json["result"]) == (409, f"/attempts/{attempt.id}/result")
    session.expire_all()
    assert browser.get(f"/attempts/{attempt.id}").status_code == 303
    assert "data-poll" in browser.get(f"/attempts/{attempt.id}/result").text
    session.expire_all()
    assert attempt.state == "in_progress"
    hand_in_overdue(session, utc_now())
    session.expire_all()
    assert (attempt.state, attempt.handed_in_at, attempt.answers) == ("handed_in", past, {})


def test_autosave_reports_ended_session(client, session, enrolment):
    check = make_check(session, enrolment.cohort.version)
    session.commit()
    answer = client.post(f"/attempts/{check.id}", data={}, headers=AS_SCRIPT)
    assert answer.status_code == 401


def test_pages_take_few_queries_and_elements(browser, session, enrolment):
    check = make_check(session, enrolment.cohort.version)
    attempt = begin(browser, session, enrolment, check)
    session.expunge_all()
    with count_queries(session.get_bind().engine) as sent:
        page = browser.get(f"/attempts/{attempt.id}")
    assert page.status_code == 200
    assert len(sent) <= 8, "\n".join(sent)
    assert page.text.count("<") - page.text.count("</") < 330
    assert len(page.data) < 24_000
