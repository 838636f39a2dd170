"""Query counts of the grid, the lists and the leader's home are the same for five trainees and five hundred."""

import uuid
from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, insert, select
from sqlalchemy.orm import Session

from assessment.models.attestation import AttestationTask, Submission
from courses.groups import queries
from courses.groups.grid import PAGE
from courses.groups.operations import spread_deadlines
from courses.models.groups import Cohort, Enrolment, TopicProgress
from lms.core.clock import utc_now
from lms.core.people.models import Account, Person
from tests.factories import make
from tests.support.browsing import log_in
from tests.support.counting import count_queries, count_rows

MOST = 12


def fill(session: Session, cohort: Cohort, size: int) -> None:
    """Creates trainees with accounts; every third has completed a topic, every fifth has a work that waits for
    review.
    """
    mark = uuid.uuid4().hex[:8]
    people = session.scalars(
        insert(Person).returning(Person.id),
        [
            {"surname": f"Стажёр{n:04d}", "given_name": "Анна", "patronymic": "", "sort_key": f"стажер{n:04d} анна"}
            for n in range(size)
        ],
    ).all()
    session.execute(
        insert(Account),
        [{"person_id": key, "username": f"{mark}.{key}", "email": f"{mark}.{key}@s.example"} for key in people],
    )
    day = cohort.starts_on
    enrolled = session.scalars(
        insert(Enrolment).returning(Enrolment.id),
        [{"cohort_id": cohort.id, "person_id": key, "enrolled_on": day, "state_since": day} for key in people],
    ).all()
    topics = make.topics(session, cohort.version)
    done = [{"enrolment_id": key, "topic_lineage": topics[0].lineage} for key in enrolled[::3]]
    session.execute(insert(TopicProgress), done)
    task = AttestationTask(version_id=cohort.version_id, kind="final", title="Карта", topic_lineage=topics[1].lineage)
    session.add(task)
    session.flush()
    waiting = {"task_id": task.id, "state": "handed_in", "waiting_since": utc_now() - timedelta(days=2)}
    session.execute(insert(Submission), [{**waiting, "enrolment_id": key} for key in enrolled[::5]])
    session.commit()


@pytest.fixture(params=[5, 500])
def crowd(request: pytest.FixtureRequest, session: Session) -> Cohort:
    cohort = make.cohort(session, starts_on=make.TODAY - timedelta(days=20))
    spread_deadlines(session, cohort)
    fill(session, cohort, request.param)
    return cohort


@pytest.fixture
def leader(client: FlaskClient, session: Session, crowd: Cohort) -> FlaskClient:
    account = make.member(session, "leader", site=crowd.site)
    make.programme(session, crowd.site, state="returned")
    log_in(client, session, account)
    client.get("/groups")  # consent is looked up once an hour, not with every page
    return client


@pytest.mark.parametrize("address", ["/groups/{}", "/groups/{}?show=late&sort=-hours", "/groups/{}/trainees"])
def test_query_count_of_group_pages_is_fixed(
    leader: FlaskClient, engine: Engine, session: Session, crowd: Cohort, address: str
) -> None:
    session.expunge_all()
    with count_queries(engine) as sent:
        answer = leader.get(address.format(crowd.id))
    assert answer.status_code == 200
    assert len(sent) <= MOST, "\n\n".join(sent)
    assert answer.text.count("Стажёр0") >= 2


@pytest.mark.parametrize("address", ["/", "/groups"])
def test_query_count_of_home_and_list_is_fixed(
    leader: FlaskClient, engine: Engine, session: Session, crowd: Cohort, address: str
) -> None:
    session.expunge_all()
    with count_queries(engine) as sent:
        answer = leader.get(address)
    assert answer.status_code == 200
    assert crowd.title in answer.text
    assert len(sent) <= MOST, "\n\n".join(sent)


LISTS = {
    "groups": lambda session, site: queries.cohorts(session, [site], utc_now()),
    "overdue": lambda session, site: queries.overdue(session, [site], utc_now()),
    "due": lambda session, site: queries.due_between(session, [site], make.TODAY, make.TODAY + timedelta(days=30)),
}


@pytest.fixture
def own_session(own_engine: Engine) -> Iterator[Session]:
    """A database without rows and statistics that other tests left: plans depend on both."""
    with Session(own_engine, expire_on_commit=False) as opened:
        yield opened


@pytest.fixture
def five_hundred(own_session: Session) -> Cohort:
    cohort = make.cohort(own_session, starts_on=make.TODAY - timedelta(days=20))
    spread_deadlines(own_session, cohort)
    fill(own_session, cohort, 500)
    return cohort


@pytest.mark.parametrize("name", LISTS)
def test_due_dates_are_computed_once_for_each_trainee(own_session: Session, five_hundred: Cohort, name: str) -> None:
    """Also before PostgreSQL has statistics of the new rows. Plans seen for the longest list: 40,164 and 56,176 rows.
    From the plain view, which PostgreSQL computes anew for each trainee, it is 9,511,688.
    """
    with count_rows(own_session) as counts:
        assert LISTS[name](own_session, five_hundred.site_id)
    assert sum(counts) < 300 * 500, counts


@pytest.mark.parametrize("name", LISTS)
def test_due_dates_of_other_sites_are_not_computed(own_session: Session, five_hundred: Cohort, name: str) -> None:
    own = make.cohort(own_session, starts_on=make.TODAY - timedelta(days=20))
    spread_deadlines(own_session, own)
    own_session.commit()
    assert own.site_id != five_hundred.site_id
    with count_rows(own_session) as counts:
        LISTS[name](own_session, own.site_id)
    assert sum(counts) < 500, counts


def test_grid_is_paged(leader: FlaskClient, session: Session, crowd: Cohort) -> None:
    size = len(session.scalars(select(Enrolment.id).where(Enrolment.cohort_id == crowd.id)).all())
    page = leader.get(f"/groups/{crowd.id}").text
    assert page.count('scope="row"') == min(size, PAGE)
    assert ('rel="next"' in page) == (size > PAGE)
    last = leader.get(f"/groups/{crowd.id}?page=99").text
    assert "Стажёр" in last
