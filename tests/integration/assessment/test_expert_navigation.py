"""The expert of a site grades: the navigation says how many works wait, and leads to no page that is closed to them."""

import re

import pytest

from tests.factories import attestation, make
from tests.support.browsing import log_in


@pytest.fixture
def waiting_work(session):
    enrolment = make.enrolment(session)
    task = attestation.task(session, enrolment.cohort.version)
    return attestation.handed_in(session, task, enrolment)


def navigation_of(client, session, account) -> str:
    text = log_in(client, session, account).get("/grading").text
    found = re.search(r'<a class="nav-link" href="/grading".*?</a>', text)
    assert found, text
    return found[0]


@pytest.mark.parametrize("role", ["leader", "teacher", "expert"])
def test_grader_sees_count_of_waiting_works_in_navigation(client, session, waiting_work, role):
    account = make.member(session, role, site=waiting_work.enrolment.cohort.site)
    assert re.search(r'<span class="count num">1</span>', navigation_of(client, session, account))


def test_expert_of_another_site_sees_no_count(client, session, waiting_work):
    account = make.member(session, "expert", site=make.site(session))
    assert "count" not in navigation_of(client, session, account)


def test_navigation_of_expert_leads_to_open_pages_only(client, session, waiting_work):
    account = make.member(session, "expert", site=waiting_work.enrolment.cohort.site)
    links = re.findall(r'<a class="nav-link" href="([^"]+)"', log_in(client, session, account).get("/grading").text)
    assert "/grading" in links
    assert [link for link in links if client.get(link).status_code != 200] == []


def test_home_of_expert_shows_oldest_waiting_works(client, session, waiting_work):
    account = make.member(session, "expert", site=waiting_work.enrolment.cohort.site)
    text = log_in(client, session, account).get("/").text
    assert waiting_work.task.title in text
