"""Applying a roster: enrolments and withdrawals of the selected rows."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from courses.models.groups import Enrolment, EnrolmentChange
from lms.core.auth.policy import Actor
from lms.core.clock import utc_now
from lms.core.errors import Invalid
from lms.core.people.models import Account, Person
from lms.lti.identity.account_resolution import account_of
from lms.lti.identity.enrolment import enrol_at_launch
from lms.lti.models.launches import Participant
from lms.lti.models.services import Roster
from lms.lti.rosters.applying import IncompleteNames, RosterNotReady, Selection, apply
from lms.lti.rosters.comparing import GONE, KNOWN, RETURNS, SIMILAR
from lms.lti.rosters.matching import comparison
from lms.lti.rosters.reader import Member
from tests.factories import make, platforms
from tests.support.counting import count_queries

ANNA = {"given_name": "Анна", "family_name": "Ветрова", "middle_name": "Петровна", "email": "anna@school.example"}


class Course:
    """A group shown in a platform's course, and rosters of that course."""

    def __init__(self, session):
        self.session = session
        self.cohort = make.cohort(session)
        self.context = platforms.context(session, roster_url="https://x.example/members")
        self.platform = self.context.deployment.platform
        self.placement = platforms.shown(session, self.cohort, self.context)
        account = make.member(session, "leader", site=self.cohort.site)
        self.actor = Actor(account.id, account.person_id)

    def listed(self, *members, **values):
        roster = Roster(
            context_id=self.context.id,
            context=self.context,
            cohort_id=self.cohort.id,
            cohort=self.cohort,
            state="ready",
            fetched_at=utc_now(),
            members=[member.to_json() for member in members],
            **values,
        )
        self.session.add(roster)
        self.session.flush()
        return roster

    def apply(self, roster, *keys, **values):
        return apply(
            self.session, actor=self.actor, roster=roster, chosen=Selection(frozenset(keys), **values), now=utc_now()
        )

    def states(self):
        self.session.expire_all()
        rows = select(Person.surname, Enrolment.state).join(Enrolment).where(Enrolment.cohort_id == self.cohort.id)
        return dict(self.session.execute(rows).all())

    def kinds(self, roster):
        return {change.key: change.kind for change in comparison(self.session, roster).changes}


@pytest.fixture
def course(session):
    return Course(session)


def test_new_people_are_created_linked_and_enrolled(session, course):
    roster = course.listed(Member("1", "learner", named=ANNA), Member("2", "instructor", named=ANNA))
    done = course.apply(roster, "1")
    assert (done.enrolled, done.new, done.withdrawn, done.left_out) == (1, 1, 0, 0)
    account = account_of(session, course.platform, "1")
    assert (account.person.full_name, account.username, account.email) == (
        "Ветрова Анна Петровна",
        "vetrova.ap",
        "anna@school.example",
    )
    assert course.states() == {"Ветрова": "enrolled"}
    participant = session.scalars(select(Participant).where(Participant.subject == "1")).one()
    assert (participant.account_id, participant.enrolment_id is not None) == (account.id, True)


def test_applying_twice_enrols_once_and_deletes_members(session, course):
    roster = course.listed(Member("1", "learner", named=ANNA))
    first = course.apply(roster, "1")
    assert course.apply(roster, "1") == first
    assert (roster.state, roster.members, roster.result["enrolled"]) == ("applied", [], 1)
    assert len(course.states()) == 1


def test_applies_selected_rows_only(session, course):
    roster = course.listed(Member("1", "learner", named=ANNA), Member("2", "learner", named=ANNA | {"email": ""}))
    done = course.apply(roster, "2", "nobody", "gone:1")
    assert (done.enrolled, done.left_out) == (1, 1)
    assert account_of(session, course.platform, "1") is None


def test_second_roster_changes_nothing(session, course):
    member = Member("1", "learner", named=ANNA)
    one, two = course.listed(member), course.listed(member)
    course.apply(one, "1")
    done = course.apply(two, "1")
    assert (done.enrolled, done.new) == (0, 0)
    assert comparison(session, course.listed(member)).in_step == 1


def test_known_people_keep_their_names(session, course):
    account = make.account(session)
    platforms.identity(session, account, course.platform, "1")
    roster = course.listed(Member("1", "learner", named=ANNA))
    assert course.kinds(roster) == {"1": KNOWN}
    assert course.apply(roster, "1").new == 0
    assert course.states() == {account.person.surname: "enrolled"}


def test_similar_and_returning_people_need_decision(session, course):
    person = make.person(session, surname="Ветрова", given_name="Анна", patronymic="Петровна")
    make.enrolment(session, course.cohort, account=make.account(session, person=person))
    left = make.enrolment(session, course.cohort, state="withdrawn")
    platforms.identity(session, left.person.account, course.platform, "2")
    roster = course.listed(Member("1", "learner", named=ANNA), Member("2", "learner"))
    assert course.kinds(roster) == {"1": SIMILAR, "2": RETURNS}
    course.apply(roster, "1", "2")
    session.refresh(left)
    assert left.state == "enrolled"
    assert session.scalar(select(func.count()).where(Person.surname == "Ветрова")) == 2


def test_used_email_is_not_stored(session, course):
    make.account(session, email="anna@school.example")
    shared = {"email": "office@school.example"}
    members = [Member("1", "learner", named=ANNA)] + [
        Member(str(key), "learner", named={"given_name": "Олег", "family_name": f"Лес{'ой' * key}"} | shared)
        for key in (2, 3)
    ]
    course.apply(course.listed(*members), "1", "2", "3")
    assert [account_of(session, course.platform, key).email for key in "123"] == [None, None, None]


def test_divided_name_is_completed_by_hand(session, course):
    roster = course.listed(Member("1", "learner", named={"name": "Анна-Мария де Лузия"}))
    with pytest.raises(IncompleteNames) as wrong:
        course.apply(roster, "1", names={"1": {"surname": "", "given_name": "Анна"}})
    assert list(wrong.value.rows) == ["1"]
    assert wrong.value.rows["1"][0] == "surname"
    course.apply(roster, "1", names={"1": {"surname": "де Лузия", "given_name": "Анна-Мария"}})
    assert course.states() == {"де Лузия": "enrolled"}


def came(session, course, subject):
    """Creates a trainee enrolled by a launch."""
    account = make.account(session)
    platforms.identity(session, account, course.platform, subject)
    platforms.participant(session, course.context, account, subject=subject)
    return enrol_at_launch(session, cohort=course.cohort, account=account, context_id=course.context.id, now=utc_now())


def test_missing_trainee_is_withdrawn_with_reason(session, course):
    gone, stays = came(session, course, "1"), came(session, course, "2")
    before = make.enrolment(session, course.cohort)
    platforms.participant(session, course.context, before.person.account, subject="3")
    roster = course.listed(Member("2", "learner"), Member("9", "learner", active=False))
    key = f"gone:{gone.id}"
    assert course.kinds(roster) == {key: GONE}, "only who came through the course is offered"
    with pytest.raises(Invalid) as wrong:
        course.apply(roster, key)
    assert wrong.value.field == "reason"
    done = course.apply(roster, key, f"gone:{before.id}", f"gone:{stays.id}", reason="  выбыла   с курса ")
    assert (done.withdrawn, gone.state, stays.state, before.state) == (1, "withdrawn", "enrolled", "enrolled")
    change = session.scalars(select(EnrolmentChange).where(EnrolmentChange.enrolment_id == gone.id)).one()
    assert (change.state, change.reason, change.made_by_id) == ("withdrawn", "выбыла с курса", course.actor.account_id)
    active = dict(session.execute(select(Participant.subject, Participant.active)).all())
    assert active == {"1": False, "2": True, "3": False}


def test_roster_of_one_link_withdraws_nobody(session, course):
    gone = came(session, course, "1")
    link = platforms.link(session, course.context, course.placement)
    roster = course.listed(link_id=link.id)
    course.apply(roster, f"gone:{gone.id}", reason="нет в списке")
    assert gone.state == "enrolled"


def test_ended_group_accepts_nobody(session, course):
    course.cohort.closed_at = utc_now()
    with pytest.raises(Invalid):
        course.apply(course.listed(Member("1", "learner", named=ANNA)), "1")
    assert course.states() == {}


def test_missing_roster_is_not_applied(session, course):
    for state in ("waiting", "failed"):
        roster = course.listed()
        roster.state = state
        session.flush()
        with pytest.raises(RosterNotReady):
            course.apply(roster)


def people(count, start=0):
    letters = "абвгдежзик"
    return [
        Member(
            f"user{number}",
            "learner",
            named={
                "family_name": "Лесной" + "".join(letters[int(digit)] for digit in str(number)),
                "given_name": "Олег",
                "email": f"person{number}@school.example",
            },
        )
        for number in range(start, start + count)
    ]


def statements(session, engine, course, count, start):
    roster = course.listed(*people(count, start))
    session.flush()
    with count_queries(engine) as sent:
        done = course.apply(roster, *(f"user{number}" for number in range(start, start + count)))
    assert done.new == count
    return len(sent)


def test_statement_count_is_independent_of_size(session, engine, course):
    few = statements(session, engine, course, 3, 1000)
    many = statements(session, engine, course, 501, 0)
    assert many <= few + 4, f"{few} for three, {many} for 501"
    assert many <= 30
    assert session.scalar(select(func.count()).select_from(Enrolment)) == 504
    assert session.scalar(select(func.count(func.distinct(Account.username)))) >= 504


def test_withdrawal_statement_count_is_constant(session, engine, course):
    roster = course.listed(*people(40))
    course.apply(roster, *(f"user{number}" for number in range(40)))
    session.expire_all()
    empty = course.listed()
    keys = [change.key for change in comparison(session, empty).of(GONE)]
    assert len(keys) == 40
    with count_queries(engine) as sent:
        assert course.apply(empty, *keys, reason="курс закрыт").withdrawn == 40
    assert len(sent) <= 20, "\n".join(sent)


def test_later_enrolment_is_withdrawn_on_first_day(session, course):
    gone = came(session, course, "1")
    gone.enrolled_on += timedelta(days=3)
    course.apply(course.listed(), f"gone:{gone.id}", reason="нет")
    assert gone.state_since == gone.enrolled_on
