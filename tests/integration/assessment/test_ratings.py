"""Competency ratings: saved as a draft, handed in once, scored by the worker's operation, growth shown."""

import pytest
from sqlalchemy import func, select

from assessment.completion.operations import EVALUATE
from assessment.completion.queries import completion_of
from assessment.course_items import RatingDetail
from assessment.models.self_checks import CompetencyRating
from assessment.ratings import operations, queries
from assessment.ratings.errors import SheetAlreadyHandedIn
from assessment.ratings.grading import score_many
from courses.progress.queries import course_items
from lms.core.clock import utc_now
from lms.core.errors import Invalid
from lms.core.jobs.models import Job
from lms.core.revisions import revision_of
from tests.factories import make
from tests.support.browsing import log_in
from tests.support.counting import count_queries


@pytest.fixture
def enrolment(session):
    version = make.programme(session, asks_rating=True)
    made = make.enrolment(session, make.cohort(session, version))
    session.commit()
    return made


@pytest.fixture
def browser(client, session, enrolment):
    return log_in(client, session, enrolment.person.account)


def keys(session, enrolment) -> list[str]:
    version_id = enrolment.cohort.version_id
    return [one.key for one in queries.descriptors_of(session, [version_id])[version_id]]


def filled(session, enrolment, level: str) -> dict[str, str]:
    return {f"d-{key}": level for key in keys(session, enrolment)}


def score(session):
    score_many(session, list(session.scalars(select(CompetencyRating.id).order_by(CompetencyRating.id))))
    session.commit()
    session.expire_all()


def test_sheet_is_saved_in_parts_and_handed_in_once(session, enrolment):
    one, two, *rest = keys(session, enrolment)
    operations.save(session, enrolment, "before", {one: "2", "unknown": "3"})
    sheet = operations.save(session, enrolment, "before", {two: "9", one: "3"})
    assert sheet.answers == {one: 3}
    with pytest.raises(Invalid) as wrong:
        operations.hand_in(session, enrolment, "before", {two: "1"}, now=utc_now())
    assert wrong.value.field == rest[0]
    levels = dict.fromkeys(keys(session, enrolment), "2")
    for _ in range(2):
        operations.hand_in(session, enrolment, "before", levels, now=utc_now())
    assert session.scalar(select(func.count()).select_from(Job).where(Job.kind == operations.SCORE)) == 1
    with pytest.raises(SheetAlreadyHandedIn):
        operations.save(session, enrolment, "before", {one: "5"})


def test_batch_scores_sheets_and_completes_condition(session, enrolment):
    other = make.enrolment(session, enrolment.cohort)
    now = utc_now()
    for who, first, last in ((enrolment, "2", "4"), (other, "3", "3")):
        operations.hand_in(session, who, "before", dict.fromkeys(keys(session, who), first), now=now)
        operations.hand_in(session, who, "after", dict.fromkeys(keys(session, who), last), now=now)
    assert not [one for one in course_items(session, enrolment) if one.kind == "rating" and one.done]
    with count_queries(session.get_bind().engine) as sent:
        score_many(session, list(session.scalars(select(CompetencyRating.id))))
    assert len(sent) <= 9, "\n".join(sent)
    after = queries.sheets_of(session, enrolment)["after"]
    assert after.scores["overall"] == {
        "before": "2.00",
        "after": "4.00",
        "growth": "2.00",
        "asked": 6,
        "rated_before": 6,
        "rated_after": 6,
        "rated_twice": 6,
    }
    whole, trainees = queries.growth_of_group(session, enrolment.cohort)
    assert (str(whole.overall.growth), len(trainees)) == ("1.00", 2)
    assert session.scalar(select(func.count()).select_from(Job).where(Job.kind == EVALUATE)) == 2
    rated = [one for one in course_items(session, enrolment) if one.kind == "rating"]
    assert [(one.detail, one.required, one.done) for one in rated] == [
        (RatingDetail("before"), False, True),
        (RatingDetail("after"), True, True),
    ]
    conditions = completion_of(session, enrolment).as_json()
    assert conditions
    score_many(session, [after.id])
    assert session.scalar(select(func.count()).select_from(Job).where(Job.kind == EVALUATE)) == 2


def test_version_without_descriptors_has_no_rating_item(session):
    version = make.programme(session, state="draft")
    for one in version.competencies:
        session.delete(one)
    session.flush()
    enrolment = make.enrolment(session, make.cohort(session, version))
    assert not [one for one in course_items(session, enrolment) if one.kind == "rating"]


def test_trainee_fills_sheets_and_sees_growth(browser, session, enrolment):
    base = f"/course/{enrolment.id}/rating"
    assert "Оцените себя до стажировки" in browser.get(base).text
    page = browser.get(f"{base}/before").text
    assert page.count("<fieldset") == 6
    first = keys(session, enrolment)[0]
    saved = browser.post(f"{base}/before", data={f"d-{first}": "2"}, headers={"Accept": "application/json"})
    assert saved.json["saved_at"]
    seen = {f"seen-d-{first}": saved.json["seen"][f"d-{first}"]}
    half = browser.post(f"{base}/before/hand-in", data={f"d-{first}": "3", **seen})
    assert "Осталось 5 незаполненных строк." in half.text
    session.expire_all()
    assert session.scalars(select(CompetencyRating)).one().answers == {first: 3}
    levels = filled(session, enrolment, "2") | {f"seen-d-{first}": revision_of("3")}
    handed = browser.post(f"{base}/before/hand-in", data=levels)
    assert handed.location == base
    assert "data-poll" in browser.get(base).text
    score(session)
    polled = browser.get(base, headers={"HX-Request": "true"}).text
    assert "data-poll" not in polled
    assert "2 из" in polled
    assert browser.get(f"{base}/before").location == base
    browser.post(f"{base}/after/hand-in", data=filled(session, enrolment, "4"))
    score(session)
    assert "рост на\xa02" in browser.get(base).text


def test_leader_sees_growth_of_group(client, session, enrolment):
    leader = make.member(session, "leader", site=enrolment.cohort.site)
    browser = log_in(client, session, leader)
    address = f"/groups/{enrolment.cohort_id}/ratings"
    assert "листа нет" in browser.get(address).text
    for moment, level in (("before", "1"), ("after", "5")):
        levels = dict.fromkeys(keys(session, enrolment), level)
        operations.hand_in(session, enrolment, moment, levels, now=utc_now())
    score(session)
    page = browser.get(address).text
    assert "рост на\xa04" in page
    assert enrolment.person.short_name in page
    session.expunge_all()
    with count_queries(session.get_bind().engine) as sent:
        browser.get(address)
    assert len(sent) <= 10, "\n".join(sent)
