"""Long lists of the registry and of people: pages, the whole list for the printer, search by a part of a name."""

import html
import re
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import text

from lms.core.pages import SIZE
from lms.core.people import queries as people
from lms.core.people.queries import find_people
from lms.registry import queries
from lms.registry.models import Organization, Site
from tests.factories import make
from tests.support.browsing import log_in

THEME = re.compile(r"Тема \d{3}")
MORE = 3
"""Rows of the second page."""


@pytest.fixture
def authority(session):
    """An authority with one page and some more of organisations, each with a site."""
    site = make.site(session, status=False, theme="Тема 000")
    for number in range(1, SIZE + MORE):
        name = f"Школа № {number:03d}"
        host = Organization(authority_id=site.authority_id, name=name, short_name=name)
        session.add(host)
        session.flush()
        session.add(Site(authority_id=site.authority_id, organization_id=host.id, theme=f"Тема {number:03d}"))
    session.flush()
    return site.authority


@pytest.fixture
def desk(client, session, authority):
    return log_in(client, session, make.member(session, "methodologist", authority=authority))


def test_registry_shows_a_page_and_all_for_the_printer(desk):
    first, second, whole = (desk.get(f"/registry{query}").text for query in ("", "?page=2", "?all=1"))
    assert [len(THEME.findall(page)) for page in (first, second, whole)] == [SIZE, MORE, SIZE + MORE]
    assert 'href="/registry?all=1"' in first
    assert 'href="/registry?all=1"' not in whole


def test_pages_keep_the_filter(desk):
    page = desk.get("/registry?q=Тема&state=applied").text
    found = re.search(r'href="(/registry[^"]*page=2)"', page)
    assert found is not None
    assert parse_qs(urlsplit(html.unescape(found[1])).query) == {"q": ["Тема"], "state": ["applied"], "page": ["2"]}
    assert desk.get("/registry?q=Тема&state=applied&page=2").text.count("Тема 0") == MORE


def test_organisations_are_shown_in_pages(desk):
    pages = [desk.get(f"/registry/organizations{query}").text for query in ("", "?page=2", "?page=99")]
    assert [page.count('<span class="sub small">Школа') for page in pages][1:] == [MORE, MORE]
    assert len(re.findall(r'href="/registry/organizations/\d+"', pages[0])) == SIZE


def test_organisation_shows_its_own_sites_only(session, desk, authority):
    host = session.query(Organization).filter_by(short_name="Школа № 007").one()
    assert [row.site.theme for row in queries.sites_of(session, host, day=make.TODAY)] == ["Тема 007"]
    assert desk.get(f"/registry/organizations/{host.id}").text.count("Тема 0") == 1


@pytest.mark.parametrize("query", ["имофеев", "timof", "@shkola7", "Нина"])
def test_people_are_found_by_a_part(session, query):
    person = make.person(session, surname="Тимофеева", email="N@Shkola7.example")
    make.account(session, person=person, username="timofeeva.no", email="no@shkola7.example")
    assert person in find_people(session, query=query).rows


def test_search_by_a_part_of_a_name_uses_an_index(session):
    session.execute(text("SET LOCAL enable_seqscan = off"))
    plan = session.scalars(text("EXPLAIN SELECT id FROM person WHERE sort_key LIKE '%иванов%'")).all()
    assert "ix_person_sort_key_part" in "\n".join(plan)


@pytest.mark.parametrize("known", [False, True])
def test_search_that_finds_many_counts_the_first_of_them(session, monkeypatch, known):
    if known:
        monkeypatch.setattr(people, "FOUND", SIZE + 1)
    for number in range(SIZE + MORE):
        by_name, by_account = number % 2, f"surname{number:03d}@" if number % 3 else None
        person = make.person(session, surname=f"Surname{number:03d}", email=by_account)
        if by_name:
            make.account(session, person=person, username=f"surname.{number:03d}")
    first, last = (find_people(session, query="surname", page=page) for page in (1, 99))
    total = SIZE + 1 if known else SIZE + MORE
    assert (first.total, first.more, first.count, last.number) == (total, known, 2, 2)
    names = [person.surname for person in (*first.rows, *last.rows)]
    assert names == [f"Surname{number:03d}" for number in range(SIZE + MORE)]
    assert find_people(session, query="surname", which="no_account").total == -(-(SIZE + MORE) // 2)


def test_list_says_that_there_are_more_people(session, client, monkeypatch):
    monkeypatch.setattr(people, "FOUND", SIZE + 1)
    desk = log_in(client, session, make.account(session, is_administrator=True))
    for number in range(SIZE + MORE):
        make.person(session, surname=f"Фамилия{number:03d}")
    assert "всего: больше 51" in desk.get("/admin/people?q=фамилия").text
    assert "больше" not in desk.get("/admin/people").text
