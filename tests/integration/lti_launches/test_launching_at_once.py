"""Simultaneous first launches of a class: all are accepted, without duplicates."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session, sessionmaker

from courses.models.groups import Enrolment
from lms import composition
from lms.core.auth.identities import ExternalIdentity
from lms.core.people.models import Account
from lms.core.settings import Settings
from lms.lti.models.launches import Context, Launch, Link, Participant
from tests.factories import make, platforms
from tests.support.platform_tokens import TokenMaker

PEOPLE, THREADS = 6, 12


@pytest.fixture
def open_session(own_engine: Engine, settings: Settings) -> sessionmaker[Session]:
    composition.wire()
    composition.configure_ports(settings)
    return sessionmaker(own_engine, expire_on_commit=False)


def test_simultaneous_first_launches_create_no_duplicates(open_session: sessionmaker[Session]):
    maker = TokenMaker()
    with open_session.begin() as session:
        maker.register(session)
        course = platforms.context(session, maker.platform, context_id="course-1")
        key = str(platforms.placement(session, course, make.cohort(session)).key)
        before = session.scalar(select(func.count()).select_from(Account))
    together = Barrier(THREADS)

    def launch(number: int) -> str:
        who = {"sub": f"user-{number}", "family_name": f"Зимина{'абвгдежзик'[number]}", "email": None}
        together.wait()
        with open_session.begin() as session:
            return maker.launch(session, custom={"placement": key}, **who).destination.endpoint

    with ThreadPoolExecutor(THREADS) as pool:  # everybody twice, as by a double click
        opened = list(pool.map(launch, [number % PEOPLE for number in range(THREADS)]))
    assert opened == ["course.show"] * THREADS
    with open_session() as session:
        counted = {
            model: session.scalar(select(func.count()).select_from(model))
            for model in (Context, Link, Participant, ExternalIdentity, Enrolment, Account, Launch)
        }
    assert counted == {
        Context: 1,
        Link: 1,
        Participant: PEOPLE,
        ExternalIdentity: PEOPLE,
        Enrolment: PEOPLE,
        Account: before + PEOPLE,
        Launch: THREADS,
    }


def test_simultaneous_launches_of_new_course_create_one_context(open_session: sessionmaker[Session]):
    maker = TokenMaker()
    with open_session.begin() as session:
        maker.register(session)
    together = Barrier(4)

    def launch(number: int) -> int:
        together.wait()
        with open_session.begin() as session:
            return maker.launch(session, sub=f"user-{number}", context={"id": "new"}).launch.context_id

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(launch, range(4)))) == 1
