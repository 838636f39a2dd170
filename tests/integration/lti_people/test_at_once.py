"""Simultaneous launches and rosters on separate connections: one account, one enrolment."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import func, select

from courses.models.groups import Cohort, Enrolment
from lms.core.auth.identities import ExternalIdentity
from lms.core.auth.policy import Actor
from lms.core.clock import utc_now
from lms.core.db import make_sessions
from lms.core.people.models import Account
from lms.lti.identity.account_resolution import resolve_account
from lms.lti.identity.enrolment import enrol_at_launch
from lms.lti.messages.roles import PlatformRole
from lms.lti.models.launches import Participant
from lms.lti.models.platforms import Platform
from lms.lti.models.services import Roster
from lms.lti.rosters.applying import Selection, apply
from lms.lti.rosters.reader import Member
from tests.factories import make, platforms

NAMED = {"given_name": "Ольга", "family_name": "Зимина"}
WINDOWS = 4


@pytest.fixture
def own(own_engine):
    return make_sessions(own_engine)


@pytest.fixture
def place(own):
    """Ids of a platform, its course, and a group shown there."""
    with own.begin() as session:
        cohort = make.cohort(session)
        context = platforms.context(session)
        platforms.shown(session, cohort, context)
        leader = make.member(session, "leader", site=cohort.site)
        return context.deployment.platform.id, context.id, cohort.id, leader.id


def at_once(own, work):
    """Runs the function in several windows at the same moment and returns the results."""
    barrier = Barrier(WINDOWS)

    def one(_window):
        with own.begin() as session:
            session.execute(select(1))
            barrier.wait(timeout=20)
            return work(session)

    with ThreadPoolExecutor(WINDOWS) as pool:
        return list(pool.map(one, range(WINDOWS)))


def counts(own):
    with own() as session:
        identities = session.scalar(select(func.count()).select_from(ExternalIdentity))
        accounts = session.scalar(select(func.count()).where(Account.username.startswith("zimina")))
        return identities, accounts, session.scalar(select(func.count()).select_from(Enrolment))


def test_simultaneous_launches_create_one_account(own, place):
    platform_id, context_id, cohort_id, _leader = place

    def launch(session):
        platform, cohort = session.get_one(Platform, platform_id), session.get_one(Cohort, cohort_id)
        account = resolve_account(
            session,
            platform=platform,
            subject="7",
            named=NAMED,
            locale="ru",
            cohort=cohort,
            platform_role=PlatformRole.LEARNER,
            now=utc_now(),
        )
        enrol_at_launch(session, cohort=cohort, account=account, context_id=context_id, now=utc_now())
        return account.id

    assert len(set(at_once(own, launch))) == 1
    assert counts(own) == (1, 1, 1)


def test_roster_applied_from_several_windows_enrols_once(own, place):
    _platform, context_id, cohort_id, leader_id = place
    with own.begin() as session:
        members = [Member("7", "learner", named=NAMED).to_json()]
        rosters = [
            Roster(context_id=context_id, cohort_id=cohort_id, state="ready", members=members) for _list in range(2)
        ]
        session.add_all(rosters)
        session.flush()
        keys = [roster.id for roster in rosters]
        person_id = session.get_one(Account, leader_id).person_id
    turns = iter(keys * WINDOWS)

    def press(session):
        roster = session.get_one(Roster, next(turns))
        chosen = Selection(frozenset({"7"}))
        return apply(session, actor=Actor(leader_id, person_id), roster=roster, chosen=chosen, now=utc_now())

    done = at_once(own, press)
    assert len(done) == WINDOWS
    assert counts(own) == (1, 1, 1)
    with own() as session:
        assert session.scalars(select(Participant.enrolment_id)).one() is not None
