"""The product's part of a roster of 501 people: the platform's answer is read and compared with a group of 500."""

import json
import statistics
import time

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from courses.models.groups import Cohort, Enrolment
from lms.bench.figures import Figure
from lms.bench.world import World, connected
from lms.core.auth.identities import ExternalIdentity
from lms.core.people.models import Account
from lms.lti.models.launches import Context
from lms.lti.models.services import Roster
from lms.lti.rosters.matching import comparison
from lms.lti.rosters.reader import read_page, unique_members

PEOPLE = 501
A_FIFTH = 166 / 5
"""Milliseconds: a fifth of what a Moodle 4.5 takes to send the list of 501 people."""
LEARNER = "http://purl.imsglobal.org/vocab/lis/v2/membership#Learner"
TIMES = 10


def measure(sessions: sessionmaker[Session], world: World, *, rounds: int) -> Figure:
    """Returns milliseconds of one list: the best of ten per round, because a busy moment would double such a short
    time.
    """
    with sessions.begin() as session:
        roster_id, tied = _make(session, world.stage.cohort)
    answer = _answer(tied)
    value = statistics.median(
        min(_milliseconds(sessions, roster_id, answer) for _time in range(TIMES)) for _round in range(rounds)
    )
    return Figure("roster", round(value, 2), "ms", "lower", A_FIFTH, round(value / A_FIFTH, 2))


def _milliseconds(sessions: sessionmaker[Session], roster_id: int, answer: bytes) -> float:
    with sessions() as session:
        roster = session.get_one(Roster, roster_id)
        began = time.perf_counter()
        roster.members = [member.to_json() for member in unique_members(read_page(json.loads(answer)))]
        found = comparison(session, roster)
        took = (time.perf_counter() - began) * 1000
        session.rollback()
    if found.in_step + len(found.changes) != PEOPLE:
        raise ValueError(f"{found.in_step} in step and {len(found.changes)} changes are not {PEOPLE}")
    return took


def _make(session: Session, cohort_id: int) -> tuple[int, list[int]]:
    """Creates a list of the group's course; half of the group come from the platform."""
    address = "https://platform.bench.example"
    platform = connected(session, address, "roster")
    context = Context(deployment_id=platform.deployments[0].id, context_id="1", roster_url=f"{address}/members")
    session.add(context)
    session.flush()
    rows = select(Account.id).join(Enrolment, Enrolment.person_id == Account.person_id)
    accounts = list(session.scalars(rows.where(Enrolment.cohort_id == cohort_id).order_by(Account.id)))[: PEOPLE // 2]
    session.add_all(
        ExternalIdentity(account_id=key, platform=f"lti:{platform.id}", subject=str(key)) for key in accounts
    )
    roster = Roster(context_id=context.id, cohort_id=session.get_one(Cohort, cohort_id).id, state="ready")
    session.add(roster)
    session.flush()
    return roster.id, accounts


def _answer(tied: list[int]) -> bytes:
    """Returns a list as Moodle sends it: people who are known already, and others who are new."""
    subjects = [str(key) for key in tied] + [f"new{number}" for number in range(PEOPLE - len(tied))]
    letters = "абвгдежзик"
    members = [
        {
            "status": "Active",
            "user_id": subject,
            "name": f"Анна {_surname(number, letters)}",
            "given_name": "Анна",
            "family_name": _surname(number, letters),
            "email": f"person{number}@platform.bench.example",
            "roles": [LEARNER],
            "lis_person_sourcedid": "",
        }
        for number, subject in enumerate(subjects)
    ]
    return json.dumps({"id": "x", "context": {"id": "1"}, "members": members}).encode()


def _surname(number: int, letters: str) -> str:
    return "Измерова" + "".join(letters[int(digit)] for digit in str(number))
