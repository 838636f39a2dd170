"""Dates, individual plans, keys, orders and letters of groups."""

from datetime import date, timedelta
from typing import ClassVar

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from courses.groups import deadlines, invitations, operations, queries, transfers
from courses.groups.errors import DatesReversed, NotApproved, WrongKey
from courses.groups.self_enrolment import normalised_key, open_group, register
from courses.models.groups import Cohort, EnrolmentChange
from courses.progress.operations import mark_topic
from lms.core.auth import passwords
from lms.core.auth.policy import Actor
from lms.core.clock import utc_now
from lms.core.errors import Invalid
from lms.core.mail.models import Message
from lms.core.people.models import Account
from tests.factories import make

DAY = timedelta(days=1)


@pytest.fixture
def cohort(session: Session) -> Cohort:
    account = make.member(session, "leader", site=make.site(session))
    version = make.programme(session)
    made = operations.create_cohort(
        session,
        actor=Actor(account.id, account.person_id),
        version=version,
        title="Осень",
        starts_on=make.TODAY - 10 * DAY,
        ends_on=make.TODAY + 20 * DAY,
    )
    made.key_enabled = True
    session.flush()
    return made


@pytest.fixture
def leader(session: Session, cohort: Cohort) -> Actor:
    account = make.member(session, "leader", site=cohort.site)
    return Actor(account.id, account.person_id)


def test_new_group_gets_due_date_for_every_topic(session, cohort):
    topics = make.topics(session, cohort.version)
    due = queries.deadlines(session, cohort.id)
    assert set(due) == {topic.lineage for topic in topics}
    assert max(due.values()) == cohort.ends_on


def test_group_on_draft_or_with_reversed_dates_is_refused(session, leader):
    draft, approved = make.programme(session, state="draft"), make.programme(session)
    facts = {"actor": leader, "title": "Осень", "starts_on": make.TODAY}
    with pytest.raises(NotApproved):
        operations.create_cohort(session, version=draft, ends_on=make.TODAY, **facts)
    with pytest.raises(DatesReversed):
        operations.create_cohort(session, version=approved, ends_on=make.TODAY - DAY, **facts)


class TestDates:
    def test_dates_are_changed_and_removed(self, session, cohort, leader):
        first, second, *_rest = make.topics(session, cohort.version)
        due = {first.lineage: cohort.starts_on, second.lineage: None}
        assert deadlines.change_dates(session, actor=leader, cohort=cohort, due=due) == 2
        assert deadlines.change_dates(session, actor=leader, cohort=cohort, due=due) == 0
        found = queries.deadlines(session, cohort.id)
        assert found[first.lineage] == cohort.starts_on
        assert second.lineage not in found

    def test_day_outside_group_is_refused_at_its_field(self, session, cohort, leader):
        topic = make.topics(session, cohort.version)[0]
        with pytest.raises(Invalid) as raised:
            deadlines.change_dates(session, actor=leader, cohort=cohort, due={topic.lineage: cohort.ends_on + DAY})
        assert raised.value.field == f"due-{topic.lineage}"

    def test_individual_plan_has_own_dates_and_can_end(self, session, cohort, leader):
        enrolment = make.enrolment(session, cohort)
        topic = make.topics(session, cohort.version)[0]
        of_group = queries.deadlines(session, cohort.id)[topic.lineage]
        later = cohort.ends_on + 30 * DAY
        one = {"actor": leader, "enrolment": enrolment}
        deadlines.set_individual_plan(session, individual=True, due={topic.lineage: later}, **one)
        assert queries.deadlines(session, cohort.id, enrolment.id) == {topic.lineage: later}
        assert enrolment.individual
        deadlines.set_individual_plan(session, individual=True, due={topic.lineage: of_group}, **one)
        assert queries.deadlines(session, cohort.id, enrolment.id) == {}, "the group's own date is no own date"
        deadlines.set_individual_plan(session, individual=True, due={topic.lineage: later}, **one)
        deadlines.set_individual_plan(session, individual=False, due={topic.lineage: later}, **one)
        assert queries.deadlines(session, cohort.id, enrolment.id) == {}
        assert queries.deadlines(session, cohort.id)[topic.lineage] == of_group


class TestStates:
    def test_withdrawn_trainee_is_enrolled_again(self, session, cohort, leader):
        enrolment = make.enrolment(session, cohort, enrolled_on=make.TODAY - DAY)
        operations.change_state(
            session,
            actor=leader,
            enrolment=enrolment,
            state="withdrawn",
            on_date=make.TODAY,
            order_number="12-к",
            reason=" переезд ",
        )
        latest = queries.history(session, enrolment)[0]
        assert (latest.state, latest.order_number, latest.reason, latest.on_date) == (
            "withdrawn",
            "12-к",
            "переезд",
            make.TODAY,
        )
        operations.enrol(session, actor=leader, cohort=cohort, person=enrolment.person, now=utc_now())
        assert enrolment.state == "enrolled"
        assert [event.state for event in queries.history(session, enrolment)] == ["enrolled", "withdrawn", "joined"]

    def test_day_before_enrolment_is_refused(self, session, cohort, leader):
        enrolment = make.enrolment(session, cohort)
        with pytest.raises(Invalid) as raised:
            operations.change_state(
                session, actor=leader, enrolment=enrolment, state="finished", on_date=enrolment.enrolled_on - DAY
            )
        assert raised.value.field == "on_date"

    def test_trainee_is_transferred_within_site(self, session, cohort, leader):
        enrolment, target = make.enrolment(session, cohort), make.cohort(session, make.programme(session, cohort.site))
        moved = transfers.transfer(
            session, actor=leader, enrolment=enrolment, to_cohort=target, now=utc_now(), order_number="3-п"
        )
        assert (enrolment.state, moved.state, moved.cohort_id) == ("transferred", "enrolled", target.id)
        assert moved.person_id == enrolment.person_id
        assert queries.history(session, enrolment)[0].to_cohort == target.title
        with pytest.raises(Invalid):
            transfers.transfer(session, actor=leader, enrolment=moved, to_cohort=make.cohort(session), now=utc_now())

    def test_trainees_with_all_hours_are_finished(self, session, cohort, leader):
        done, other = make.enrolment(session, cohort), make.enrolment(session, cohort)
        for topic in make.topics(session, cohort.version):
            mark_topic(session, actor=leader, enrolment=done, topic_lineage=topic.lineage, now=utc_now())
        facts = {"actor": leader, "cohort": cohort}
        operations.record_completion_order(session, order_number="9", order_date=make.TODAY, now=utc_now(), **facts)
        found = operations.finish_trainees(session, on_date=make.TODAY, order_number="9", **facts)
        assert found == [done]
        assert (done.state, other.state) == ("finished", "enrolled")
        assert session.scalar(select(EnrolmentChange.order_number)) == "9"
        with pytest.raises(Invalid) as raised:
            operations.record_completion_order(
                session, order_number="9", order_date=cohort.starts_on - DAY, now=utc_now(), **facts
            )
        assert raised.value.field == "order_date"

    def test_enrolment_order_is_given_to_trainees_without_one(self, session, cohort, leader):
        without, other = make.enrolment(session, cohort), make.enrolment(session, cohort, order_number="1-к")
        operations.set_enrolment_order(
            session, actor=leader, cohort=cohort, order_number="2-к", order_date=date(2026, 9, 1)
        )
        session.refresh(without)
        session.refresh(other)
        assert (without.order_number, other.order_number) == ("2-к", "1-к")


class TestKey:
    @pytest.mark.parametrize("typed", ["K7MQ-x2wd", "k7mqx2wd", " k7mq x2wd "])
    def test_typed_key_is_normalised(self, typed):
        assert normalised_key(typed) == "k7mq-x2wd"

    def test_joining_twice_enrols_once(self, session, cohort):
        person = make.account(session).person
        first = operations.join_by_key(session, actor=None, person=person, key=cohort.enrolment_key, now=utc_now())
        again = operations.join_by_key(session, actor=None, person=person, key=cohort.enrolment_key, now=utc_now())
        assert first.id == again.id
        assert first.accepted_at is not None

    @pytest.mark.parametrize("how", ["closed", "disabled", "over", "renewed"])
    def test_invalid_key_is_refused(self, session, cohort, leader, how):
        key, person = cohort.enrolment_key, make.account(session).person
        if how == "closed":
            operations.set_closed(session, actor=leader, cohort=cohort, closed=True, now=utc_now())
        elif how == "disabled":
            operations.set_key(session, actor=leader, cohort=cohort, enabled=False)
        elif how == "renewed":
            operations.set_key(session, actor=leader, cohort=cohort, enabled=True, renew=True)
        else:
            cohort.starts_on, cohort.ends_on = make.TODAY - 9 * DAY, make.TODAY - 2 * DAY
            session.flush()
        with pytest.raises(WrongKey):
            operations.join_by_key(session, actor=None, person=person, key=key, now=utc_now())
        with pytest.raises(WrongKey):
            open_group(session, key, utc_now())

    def test_withdrawn_trainee_cannot_join_by_key(self, session, cohort, leader):
        enrolment = make.enrolment(session, cohort)
        operations.change_state(session, actor=leader, enrolment=enrolment, state="withdrawn", on_date=make.TODAY)
        with pytest.raises(Invalid):
            operations.join_by_key(
                session, actor=None, person=enrolment.person, key=cohort.enrolment_key, now=utc_now()
            )


class TestRegistering:
    FACTS: ClassVar[dict[str, str]] = {
        "surname": "юдина",
        "given_name": "Мария",
        "patronymic": "",
        "email": "",
        "workplace": "Школа № 5",
        "username": "",
        "password": "река лес облако",
    }

    def register(self, session, cohort, **other: str) -> Account:
        return register(session, key=cohort.enrolment_key, now=utc_now(), **(self.FACTS | other))

    def test_registration_creates_account_in_group(self, session, cohort):
        account = self.register(session, cohort)
        assert account.person.full_name == "Юдина Мария"
        assert account.username.startswith("iudina.m")
        assert passwords.verify(account.password_hash, self.FACTS["password"])
        assert [one.person_id for one in queries.enrolments(session, cohort.id)] == [account.person_id]

    def test_registering_twice_creates_one_account(self, session, cohort):
        first = self.register(session, cohort)
        assert self.register(session, cohort).id == first.id
        other = self.register(session, cohort, password="совсем другой пароль")
        assert other.id != first.id, "a namesake"

    @pytest.mark.parametrize(
        ("field", "value"),
        [("surname", ""), ("given_name", "12"), ("email", "не почта"), ("username", "Юдина!"), ("password", "мало")],
    )
    def test_invalid_registration_is_refused_at_its_field(self, session, cohort, field, value):
        with pytest.raises(Invalid) as raised, session.begin_nested():
            self.register(session, cohort, **{field: value})
        assert raised.value.field == field


def test_double_click_sends_one_invitation(session, cohort, leader):
    one = make.enrolment(session, cohort, account=make.account(session, email="a@school.example"))
    moment = utc_now()
    for later in (timedelta(0), timedelta(seconds=2), timedelta(minutes=5)):
        done = invitations.invite(
            session,
            actor=leader,
            cohort=cohort,
            people=[one],
            link_to=lambda token: f"http://localhost/{token}",
            now=moment + later,
        )
        assert done.mailed == [one.person.short_name]
    assert session.scalar(select(func.count()).where(Message.recipient == "a@school.example")) == 2


class TestReminding:
    def test_reminder_of_late_topics_is_sent_once(self, session, cohort, leader):
        enrolment = make.enrolment(session, cohort, account=make.account(session, email="a@school.example"))
        facts = {"actor": leader, "enrolment": enrolment, "late": ["1.1. Тема"], "course": "http://localhost/c/1"}
        assert invitations.remind(session, now=utc_now(), **facts) == "sent"
        assert invitations.remind(session, now=utc_now(), **facts) == "already"
        assert invitations.remind(session, now=utc_now() + 2 * DAY, **facts) == "sent"
        letters = session.scalars(select(Message).where(Message.recipient == "a@school.example")).all()
        assert len(letters) == 2
        assert "1.1. Тема" in letters[0].body
        assert "http://localhost/c/1" in letters[0].body

    def test_trainee_without_address_gets_no_reminder(self, session, cohort, leader):
        enrolment = make.enrolment(session, cohort)
        facts = {"actor": leader, "enrolment": enrolment, "late": ["1"], "course": "x", "now": utc_now()}
        assert invitations.remind(session, **facts) == "unreached"
        assert session.scalar(select(func.count()).select_from(Message)) == 0


class TestOverdue:
    def test_overdue_hours_are_summed_per_trainee(self, session, cohort, leader):
        before = cohort.starts_on
        idle = make.enrolment(session, cohort, enrolled_on=before)
        busy = make.enrolment(session, cohort, enrolled_on=before)
        make.enrolment(session, cohort, enrolled_on=make.TODAY)  # joined late: nothing is late yet
        first = make.topics(session, cohort.version)[0]
        topics = make.topics(session, cohort.version)
        dates = dict.fromkeys((topic.lineage for topic in topics), cohort.ends_on)
        deadlines.change_dates(session, actor=leader, cohort=cohort, due={**dates, first.lineage: make.TODAY - 2 * DAY})
        mark_topic(session, actor=leader, enrolment=busy, topic_lineage=first.lineage, now=utc_now())
        found = queries.overdue(session, [cohort.site_id], utc_now())
        late = queries.late_trainees(found, set())
        assert [(one.enrolment_id, one.hours, one.topic) for one in late] == [(idle.id, 4, first.title)]
        assert queries.late_trainees(found, {(idle.id, first.lineage)}) == [], "the work waits for its grader"
        deadlines.set_individual_plan(
            session, actor=leader, enrolment=idle, individual=True, due={first.lineage: make.TODAY + DAY}
        )
        assert queries.overdue(session, [cohort.site_id], utc_now()) == []
