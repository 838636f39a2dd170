"""Transfers between groups: within one version hours, works, attempts and the certificate go along."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from assessment.attempts import operations as attempts
from assessment.attempts.grading import grade_many
from assessment.attempts.queries import attempt_summary
from assessment.attestation import due_dates, reviews, works
from assessment.attestation.reviews import Mark
from assessment.certificates.operations import number_many
from assessment.certificates.queries import of_cohort
from assessment.completion.operations import evaluate_enrolment
from assessment.completion.queries import completion_of
from courses.actors import actor_of
from courses.groups import operations, queries, transfers
from courses.models.groups import Enrolment
from courses.progress.operations import mark_topic
from courses.progress.queries import course_view, enrolments_of
from lms.core.audit import AuditEntry
from lms.core.clock import utc_now
from lms.core.errors import Invalid
from tests.factories import attestation, make
from tests.support.browsing import log_in
from tests.support.checks import make_check

NOW = utc_now()
ORDER = {"order_number": "3-п", "reason": "болезнь"}


class World:
    """Two groups of one version; a trainee of the first, with hours, an attempt, an accepted work, a certificate."""

    def __init__(self, session) -> None:
        self.session = session
        self.version = make.programme(session, hours_needed=Decimal(4))
        site = self.version.programme.site
        self.first, self.second = (make.cohort(session, self.version, title=name) for name in ("Осень", "Весна"))
        self.leader = make.member(session, "leader", site=site)
        self.actor = actor_of(session, self.leader)
        self.enrolment = make.enrolment(session, self.first, enrolled_on=make.TODAY - timedelta(days=5))
        self.task = attestation.task(session, self.version)
        self.check = make_check(session, self.version, "::С::Протокол пишут на уроке. {TRUE}")

    def study(self) -> None:
        lineage = make.topics(self.session, self.version)[0].lineage
        mark_topic(self.session, actor=self.actor, enrolment=self.enrolment, topic_lineage=lineage, now=NOW)
        attempt = attempts.begin(self.session, self.check, self.enrolment, now=NOW)
        attempts.save(self.session, attempt, {str(attempt.items[0][0]): {"value": True}}, now=NOW)
        attempts.hand_in(self.session, attempt, now=NOW)
        grade_many(self.session, [attempt.id])
        work = attestation.handed_in(self.session, self.task, self.enrolment)
        version = works.latest_version(self.session, work)
        marks = {one.id: Mark(one.max_points) for one in self.task.criteria}
        review = reviews.save_review(self.session, version, actor=self.actor, marks=marks, comment="", revision=0)
        reviews.decide(self.session, review, actor=self.actor, decision="accepted", now=NOW)
        evaluate_enrolment(self.session, self.enrolment.id)
        number_many(self.session, [self.enrolment.id])

    def facts(self) -> dict[str, object]:
        """Returns what the trainee's pages and documents are made of."""
        self.session.flush()
        self.session.expire_all()
        done = completion_of(self.session, self.enrolment)
        view = course_view(self.session, self.enrolment, NOW)
        return {
            "hours": (self.enrolment.hours_done, view.done_hours),
            "conditions": done.as_json(),
            "attempts": [one.percent for one in attempt_summary(self.session, self.check, self.enrolment).attempts],
            "state of work": works.existing(self.session, self.task, self.enrolment).state,
        }

    def transfer(self, to_cohort, enrolment=None) -> Enrolment:
        return transfers.transfer(
            self.session,
            actor=self.actor,
            enrolment=enrolment or self.enrolment,
            to_cohort=to_cohort,
            now=NOW,
            **ORDER,
        )

    def record(self, cohort) -> Enrolment | None:
        mine = (Enrolment.cohort_id == cohort.id, Enrolment.person_id == self.enrolment.person_id)
        return self.session.scalar(select(Enrolment).where(*mine))


@pytest.fixture
def world(session) -> World:
    return World(session)


def test_progress_travels_with_the_enrolment(session, world):
    world.study()
    before = world.facts()
    assert before["hours"] == (4, 4)
    assert world.transfer(world.second) is world.enrolment
    assert world.facts() == before
    assert (world.enrolment.state, world.enrolment.cohort_id) == ("enrolled", world.second.id)
    evaluate_enrolment(session, world.enrolment.id)
    number_many(session, [world.enrolment.id])
    [certificate] = of_cohort(session, world.second.id)
    assert (certificate.enrolment_id, certificate.flagged_at) == (world.enrolment.id, None)
    assert of_cohort(session, world.first.id) == []
    assert [one.id for one in enrolments_of(session, world.enrolment.person_id)] == [world.enrolment.id]


def test_old_group_keeps_a_record_with_the_order(session, world):
    entered = world.enrolment.enrolled_on
    world.transfer(world.second)
    record = world.record(world.first)
    assert (record.state, record.moved_to_id, record.enrolled_on) == ("transferred", world.enrolment.id, entered)
    for one in (record, world.enrolment):
        event = queries.history(session, one)[0]
        assert (event.state, event.to_cohort, event.order_number) == ("transferred", "Весна", "3-п")
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "enrolment.transfer")).one()
    assert entry.detail == {"from_cohort": world.first.id, "to_cohort": world.second.id, "order": "3-п"}


def test_transfer_by_mistake_is_taken_back_by_another_one(session, world):
    world.study()
    before, entered = world.facts(), world.enrolment.enrolled_on
    world.transfer(world.second)
    world.transfer(world.first)
    assert world.facts() == before
    assert (world.enrolment.enrolled_on, world.enrolment.cohort_id) == (entered, world.first.id)
    assert world.record(world.first) is world.enrolment
    assert world.record(world.second).moved_to_id == world.enrolment.id
    assert [event.to_cohort for event in queries.history(session, world.enrolment)] == ["Осень", "Весна", ""]


def test_own_dates_go_along(session, world):
    day, lineage = make.TODAY + timedelta(days=3), make.topics(session, world.version)[0].lineage
    operations.set_deadlines(session, world.first, {lineage: day}, world.enrolment)
    due_dates.change_dates(
        session, actor=world.actor, cohort=world.first, due={world.task.id: day}, enrolment=world.enrolment
    )
    world.transfer(world.second)
    assert queries.deadlines(session, world.second.id, world.enrolment.id) == {lineage: day}
    assert due_dates.due_on(session, world.task, world.enrolment) == day


def test_record_is_neither_moved_nor_given_another_state(session, world):
    world.transfer(world.second)
    record = world.record(world.first)
    with pytest.raises(Invalid) as refused:
        world.transfer(make.cohort(session, world.version), record)
    assert refused.value.code == "enrolment_goes_on_elsewhere"
    with pytest.raises(Invalid):
        operations.change_state(
            session, actor=world.actor, enrolment=record, state="enrolled", on_date=record.enrolled_on
        )


def test_trainee_enrolled_anew_in_the_old_group_begins_there(session, world):
    world.transfer(world.second)
    person = world.enrolment.person
    again = operations.enrol(session, actor=world.actor, cohort=world.first, person=person, now=NOW)
    assert (again.state, again.moved_to_id, again.hours_done) == ("enrolled", None, 0)
    with pytest.raises(Invalid) as refused:
        world.transfer(world.first)
    assert refused.value.code == "transfer_target_studied"
    assert world.enrolment.cohort_id == world.second.id


def test_another_version_begins_anew(session, world):
    world.study()
    other = make.cohort(session, make.programme(session, world.first.site))
    moved = world.transfer(other)
    assert (moved.id != world.enrolment.id, moved.hours_done) == (True, 0)
    assert (world.enrolment.state, world.enrolment.hours_done) == ("transferred", 4)


def test_pages_say_what_goes_along_and_where_the_trainee_is(client, session, world):
    world.study()
    session.commit()
    log_in(client, session, world.leader)
    address = f"/groups/trainees/{world.enrolment.id}"
    page = client.get(address).text
    assert f"Весна · {world.version.title} · результаты сохраняются" in page
    data = {"move-to_cohort": world.second.id, "move-order_number": "3-п"}
    moved = client.post(f"{address}/transfer", data=data, follow_redirects=True).text
    assert "Часы, работы и результаты перешли вместе с ним" in moved
    assert "4 из" in moved
    record = client.get(f"/groups/trainees/{world.record(world.first).id}").text
    assert "Стажёр переведён в группу «Весна»" in record
    assert f'href="{address}"' in record
    assert "Отметить" not in record
