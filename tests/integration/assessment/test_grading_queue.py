"""The queue of a grader: works and free answers of self-checks together, counted, listed and read one after another."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest

from assessment.attempts import operations
from assessment.attempts.grading import grade_many
from assessment.grading_queue import ESSAY, WORK, count_waiting, neighbours, waiting_items
from courses.models.groups import Enrolment
from lms.core.auth.policy import SYSTEM, Actor
from lms.core.clock import utc_now
from lms.web.grading import routes
from tests.factories import attestation, make
from tests.support.browsing import log_in
from tests.support.checks import make_check
from tests.support.counting import count_queries

NOW = utc_now()


@pytest.fixture
def group(session):
    return make.cohort(session)


@pytest.fixture
def leader(session, group):
    return make.member(session, "leader", site=group.site)


def essay(session, group, *, days: int, check=None):
    """Creates an attempt whose free answer has waited for so many days."""
    check = check or make_check(session, group.version, "::Э::Что удивило? {}", title="Наблюдение")
    attempt = operations.begin(session, check, make.enrolment(session, group), now=NOW)
    operations.save(session, attempt, {str(attempt.items[0][0]): {"text": "Тишина"}}, now=NOW)
    operations.hand_in(session, attempt, now=NOW - timedelta(days=days))
    grade_many(session, [attempt.id])
    session.refresh(attempt)
    return attempt


def work(session, group, *, days: int):
    made = attestation.handed_in(session, attestation.task(session, group.version), make.enrolment(session, group))
    made.waiting_since = NOW - timedelta(days=days)
    session.flush()
    return made


@pytest.fixture
def three(session, group):
    """A work, a free answer and a work, from the longest waiting to the shortest."""
    return work(session, group, days=3), essay(session, group, days=2), work(session, group, days=1)


def test_queue_holds_works_and_free_answers_longest_waiting_first(session, group, three):
    first, answer, last = three
    sites = [group.site_id]
    assert count_waiting(session, sites, SYSTEM) == 3
    items = waiting_items(session, sites, 10)
    assert [one.key for one in items] == [(WORK, first.id), (ESSAY, answer.id), (WORK, last.id)]
    assert [one.task_kind for one in items] == ["final", "essay", "final"]
    assert items[1].task == "Наблюдение"
    assert [one.key for one in waiting_items(session, sites, 1, 1)] == [(ESSAY, answer.id)]


def test_neighbours_are_of_both_kinds(session, group, three):
    first, answer, last = three
    found = neighbours(session, (ESSAY, answer.id), [group.site_id], SYSTEM)
    assert (found.place, found.count, found.before, found.after) == (2, 3, (WORK, first.id), (WORK, last.id))
    assert neighbours(session, (WORK, last.id), [group.site_id], SYSTEM).after == (WORK, first.id)


def test_other_site_has_nothing_in_its_queue(session, three):
    elsewhere = [make.site(session).id]
    assert (count_waiting(session, elsewhere, SYSTEM), waiting_items(session, elsewhere, 10)) == (0, [])
    assert count_waiting(session, [], SYSTEM) == 0


def test_queue_costs_three_queries_for_any_number(session, engine, group):
    check = make_check(session, group.version, "::Э::Что удивило? {}")
    for _number in range(10):
        essay(session, group, days=1, check=check)
    with count_queries(engine) as sent:
        waiting_items(session, [group.site_id], 50)
        count_waiting(session, [group.site_id], SYSTEM)
        neighbours(session, (WORK, 0), [group.site_id], SYSTEM)
    assert len(sent) == 3, "\n".join(sent)


def test_badge_and_home_count_free_answers(client, session, group, leader):
    essay(session, group, days=6)
    session.commit()
    home = log_in(client, session, leader).get("/").text
    badge = re.search(r'<a class="nav-link" href="/grading".*?</a>', home)[0]
    assert '<span class="count num">1</span>' in badge
    assert "Наблюдение" in home
    assert "1 работа на проверке" in home.replace("\xa0", " ")


def test_free_answers_are_read_on_the_way_through_the_queue(client, session, leader, three):
    first, answer, last = three
    session.commit()
    browser = log_in(client, session, leader)
    queue = browser.get("/grading").text
    assert queue.index(f'href="/grading/{first.id}"') < queue.index(f'href="/essays/{answer.id}"')
    assert f'href="/essays/{answer.id}" rel="next"' in browser.get(f"/grading/{first.id}").text
    page = browser.get(f"/essays/{answer.id}").text
    assert f'href="/grading/{first.id}" rel="prev"' in page
    assert "2 из 3" in page
    key = answer.items[0][0]
    done = browser.post(f"/essays/{answer.id}", data={f"points-{key}": "1", f"comment-{key}": "Да"})
    assert done.headers["Location"] == f"/grading/{last.id}"
    session.refresh(answer)
    assert Decimal(answer.result["given"][str(key)]) == 1


def test_nobody_has_their_own_free_answers_in_the_queue(session, group, three):
    _first, answer, _last = three
    author = session.get_one(Enrolment, answer.enrolment_id).person.account
    own = Actor(author.id, author.person_id)
    assert count_waiting(session, [group.site_id], own) == 2
    assert (ESSAY, answer.id) not in [one.key for one in waiting_items(session, [group.site_id], 10, grader=own)]


def test_pages_of_the_queue_link_to_each_other(client, session, leader, three, monkeypatch):
    monkeypatch.setattr(routes, "PAGE", 2)
    browser = log_in(client, session, leader)
    first = browser.get("/grading").text
    assert 'href="/grading?page=2"' in first
    second = browser.get("/grading?page=2").text
    assert 'href="/grading?page=1"' in second
    assert f'href="/grading/{three[2].id}"' in second
