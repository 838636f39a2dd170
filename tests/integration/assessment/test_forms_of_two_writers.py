"""Sheets, questions, criteria and essays saved in two tabs: no save replaces what it has not seen."""

from decimal import Decimal

import pytest
from sqlalchemy import select

from assessment.attempts.grading import grade_many, regrade_many
from assessment.attempts.operations import begin, hand_in, save
from assessment.models.self_checks import CompetencyRating
from assessment.ratings import queries
from assessment.self_checks.queries import items_of
from lms.core.clock import utc_now
from tests.factories import attestation, make
from tests.support.browsing import log_in
from tests.support.checks import make_check
from tests.support.page_forms import forms_of

AS_SCRIPT = {"Accept": "application/json"}


@pytest.fixture
def site(session):
    return make.site(session)


@pytest.fixture
def leader(client, session, site):
    return log_in(client, session, make.member(session, "leader", site=site))


def posted(page: str, name: str) -> dict[str, list[str]]:
    """Returns the values of the form with this field."""
    return next(form.values for form in forms_of(page) if name in form.values)


# A rating sheet


@pytest.fixture
def sheet(app, session, site):
    version = make.programme(session, site, asks_rating=True)
    enrolment = make.enrolment(session, make.cohort(session, version))
    session.commit()
    keys = [one.key for one in queries.descriptors_of(session, [version.id])[version.id]]
    tabs = [log_in(app.test_client(), session, enrolment.person.account) for _each in range(2)]
    return tabs, f"/course/{enrolment.id}/rating/before", keys


def levels(session):
    session.expire_all()
    return session.scalars(select(CompetencyRating.answers)).one()


def test_older_tab_of_a_sheet_replaces_no_level(session, sheet):
    [old, new], address, keys = sheet
    first, second = f"d-{keys[0]}", f"d-{keys[1]}"
    seen = posted(old.get(address).text, f"seen-{first}")
    new.post(address, data={**seen, first: "3"}, headers=AS_SCRIPT)
    refused = old.post(address, data={**seen, first: "1", second: "2"}, headers=AS_SCRIPT)
    assert refused.status_code == 409
    assert list(refused.json["conflicts"]) == [first]
    assert levels(session) == {keys[0]: 3, keys[1]: 2}
    chosen = {first: "1", f"seen-{first}": refused.json["conflicts"][first]["seen"]}
    assert old.post(address, data=chosen, headers=AS_SCRIPT).json["seen"][first]
    assert levels(session)[keys[0]] == 1


def test_older_page_of_a_sheet_shows_both_levels(session, sheet):
    [old, new], address, keys = sheet
    first = f"d-{keys[0]}"
    seen = posted(old.get(address).text, f"seen-{first}")
    new.post(address, data={**seen, first: "3"}, headers=AS_SCRIPT)
    page = old.post(f"{address}/hand-in", data={**seen, first: "1"})
    assert page.status_code == 409
    assert "сохранено в другом месте" in page.text.replace("\xa0", " ")
    again = posted(page.text, f"seen-{first}")
    assert again[first] == ["1"]
    assert levels(session) == {keys[0]: 3}
    assert old.post(address, data=again).status_code == 303
    assert levels(session) == {keys[0]: 1}


# A question


def test_older_tab_of_a_question_replaces_no_version(leader, session, site):
    version = make.programme(session, site)
    check = make_check(session, version, "::А::Первый {=да ~нет}")
    [item] = items_of(session, check)
    session.commit()
    address = f"/programmes/{version.id}/self-checks/{check.id}/questions/{item.id}"
    old = posted(leader.get(address).text, "text-source")
    assert leader.post(address, data={**old, "text-source": "Первый вопрос"}).status_code == 303
    refused = leader.post(address, data={**old, "text-source": "Старая вкладка"})
    assert refused.status_code == 409
    assert "Старая вкладка" in refused.text
    session.expire_all()
    assert item.question.content["text"]["source"] == "Первый вопрос"
    again = posted(refused.text, "text-source")
    assert leader.post(address, data=again).status_code == 303
    session.expire_all()
    assert item.question.content["text"]["source"] == "Старая вкладка"


# The criteria of a task


def test_older_tab_of_criteria_replaces_none(leader, session, site):
    version = make.programme(session, site, state="draft")
    task = attestation.task(session, version, kind="current")
    session.commit()
    address = f"/programmes/{version.id}/tasks/{task.id}"
    old = posted(leader.get(address).text, "criterion_name")
    names = old["criterion_name"]
    newer = ["Ясность протокола", *names[1:]]
    assert leader.post(address, data={**old, "criterion_name": newer}).status_code == 303
    refused = leader.post(address, data={**old, "criterion_name": ["Другое", *names[1:]]})
    assert refused.status_code == 422
    assert "Ясность протокола" in refused.text
    assert "Другое" in refused.text
    session.expire_all()
    assert task.criteria[0].name == "Ясность протокола"
    untouched = leader.post(address, data={**old, "title": ["Новое название"]})
    assert untouched.status_code == 303
    session.expire_all()
    assert (task.title, task.criteria[0].name) == ("Новое название", "Ясность протокола")


# Essays


def test_second_grader_of_an_essay_replaces_nothing(leader, session, site):
    version = make.programme(session, site)
    enrolment = make.enrolment(session, make.cohort(session, version))
    check = make_check(session, version, "::Э::Что удивило? {}\n\n::Ю::А ещё? {}")
    attempt = begin(session, check, enrolment, now=utc_now())
    first, second = (str(one) for one, _mark in attempt.items)
    save(session, attempt, {first: {"text": "Тишина"}, second: {"text": "Шум"}}, now=utc_now())
    hand_in(session, attempt, now=utc_now())
    grade_many(session, [attempt.id])
    session.commit()
    address = f"/essays/{attempt.id}"
    old = posted(leader.get(address).text, f"points-{first}")
    newer = {f"points-{first}": "1", f"comment-{first}": "Точно", f"points-{second}": "1"}
    assert leader.post(address, data={**old, **newer}).status_code == 303
    regrade_many(session, [attempt.id])
    session.commit()
    refused = leader.post(address, data={**old, f"points-{first}": "0,5", f"points-{second}": "1"})
    assert refused.status_code == 422
    assert "сохранено: «1»" in refused.text.replace("\xa0", " ")
    session.expire_all()
    assert Decimal(attempt.result["given"][first]) == 1
    again = posted(refused.text, f"points-{first}")
    assert again[f"comment-{first}"] == ["Точно"], "what only the other grader has written stays"
    assert leader.post(address, data=again).status_code == 303
    session.expire_all()
    assert Decimal(attempt.result["given"][first]) == Decimal("0.5")
