"""Ways back from decisions on works and from handing in: undo before the release, taking back with a reason."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from assessment.attestation import queries, releasing, reviews, works
from assessment.attestation.errors import DecisionReleased, WorkOpened, WorkWithdrawn
from assessment.attestation.reviews import Mark
from assessment.certificates.operations import number_many
from assessment.completion.operations import EVALUATE, evaluate_enrolment
from assessment.grading_queue import WORK, waiting_items
from assessment.models.attestation import Result, Submission, SubmissionFile, SubmissionVersion
from assessment.models.certificates import Certificate, CompletionState
from courses.actors import actor_of
from courses.progress.operations import mark_topic
from lms import composition
from lms.core.audit import AuditEntry
from lms.core.clock import utc_now
from lms.core.errors import DomainError, Invalid
from lms.core.jobs.models import Job
from lms.core.notifications.models import Notice
from tests.factories import attestation, make
from tests.support.browsing import log_in

PAUSE = timedelta(seconds=20)
REASON = "Открыта не та версия работы"


class World:
    """A handed-in work on an obligatory task of the second topic, its trainee, two graders."""

    def __init__(self, session) -> None:
        self.session = session
        self.version = make.programme(session, hours_needed=Decimal(4))
        self.topic = make.topics(session, self.version)[1]
        self.task = attestation.task(session, self.version, topic_lineage=self.topic.lineage)
        self.enrolment = make.enrolment(session, make.cohort(session, self.version))
        site = self.version.programme.site
        self.leader, self.other = (make.member(session, "leader", site=site) for _ in range(2))
        self.actor, self.second = (actor_of(session, one) for one in (self.leader, self.other))
        self.author = actor_of(session, self.enrolment.person.account)
        self.work = attestation.handed_in(session, self.task, self.enrolment)
        self.sites = [site.id]

    def decide(self, decision: str = "accepted", pause: timedelta = timedelta(0)) -> Result:
        version = works.latest_version(self.session, self.work)
        marks = {criterion.id: Mark(criterion.max_points) for criterion in self.task.criteria}
        values = {"marks": marks, "comment": "Добавьте вывод", "revision": 0}
        review = reviews.save_review(self.session, version, actor=self.actor, **values)
        return reviews.decide(self.session, review, actor=self.actor, decision=decision, now=utc_now(), pause=pause)

    def take_back(self) -> None:
        releasing.take_back(self.session, self.work, actor=self.actor, reason=REASON, now=utc_now())

    def count(self, model: type, *where: object) -> int:
        return self.session.scalar(select(func.count()).select_from(model).where(*where)) or 0

    @property
    def waits(self) -> bool:
        queue = waiting_items(self.session, self.sites, 10, grader=self.second)
        return (WORK, self.work.id) in [one.key for one in queue]


@pytest.fixture
def world(session) -> World:
    return World(session)


# Undo before the release


@pytest.mark.parametrize("decision", ["accepted", "returned"])
def test_decision_reaches_the_trainee_after_the_pause_by_the_worker(session, world, decision):
    before = utc_now()
    result = world.decide(decision, PAUSE)
    assert (world.work.state, result.released_at) == ("handed_in", None)
    assert world.count(Notice) == 0
    assert queries.last_review(session, world.enrolment) is None
    assert not world.waits
    job = session.scalars(select(Job).where(Job.kind == releasing.RELEASE, Job.subject_id == result.id)).one()
    assert before + PAUSE <= job.run_after <= utc_now() + PAUSE
    for _twice in range(2):
        releasing.release(session, result.id)
    assert (world.work.state, world.count(Notice)) == (decision, 1)
    assert bool(works.draft_files(session, world.work) or world.work.draft_text) is True
    assert queries.last_review(session, world.enrolment).decision == decision


@pytest.mark.parametrize("draft", [False, True])
def test_home_page_shows_the_last_decision(client, session, world, draft):
    """Also when the trainee has begun to revise the work."""
    world.decide("returned")
    if draft:
        world.work.draft_text = "Новый вывод"
    session.commit()
    page = log_in(client, session, world.enrolment.person.account).get("/").text
    assert "Вернули на доработку" in page
    assert "Добавьте вывод" in page


def test_undone_decision_is_not_released_and_the_work_waits_with_its_points(session, world):
    result = world.decide("accepted", PAUSE)
    releasing.undo(session, world.work, actor=world.actor)
    releasing.release(session, result.id)
    assert (world.work.state, world.count(Notice), world.count(Result)) == ("handed_in", 0, 0)
    assert world.waits
    version = works.latest_version(session, world.work)
    assert [mark.points for mark in version.review.marks] == [5, 5, 3]
    assert version.result is None
    world.decide("returned")
    assert world.work.state == "returned"


def test_released_decision_is_not_undone(session, world):
    world.decide("accepted")
    with pytest.raises(DecisionReleased):
        releasing.undo(session, world.work, actor=world.actor)
    assert world.work.state == "accepted"


# Taking back


def test_taken_back_acceptance_puts_the_work_into_the_queue_and_keeps_the_reason(session, world):
    result = world.decide("accepted")
    world.take_back()
    assert (world.work.state, world.work.accepted_at) == ("handed_in", None)
    assert world.waits
    assert result.taken_back_reason == REASON
    assert queries.last_review(session, world.enrolment) is None
    notice = session.scalars(select(Notice).order_by(Notice.id.desc())).first()
    assert (notice.kind, notice.detail["reason"]) == ("work_taken_back", REASON)
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "work.take_back")).one()
    assert (entry.account_id, entry.detail["reason"]) == (world.leader.id, REASON)
    world.decide("returned")
    assert (world.work.state, world.count(Result)) == ("returned", 2)


def test_taken_back_return_keeps_what_the_trainee_wrote_since(session, world):
    world.decide("returned")
    works.save_draft(session, world.work, text="Новый вывод", now=utc_now())
    world.take_back()
    assert (world.work.state, world.work.draft_text) == ("handed_in", "Новый вывод")
    world.decide("returned")
    assert world.work.draft_text == "Новый вывод"


def test_completion_hours_and_certificate_follow_a_taken_back_acceptance(session, world):
    world.decide("accepted")
    evaluate_enrolment(session, world.enrolment.id)
    number_many(session, [world.enrolment.id])
    assert world.enrolment.hours_done == Decimal("4.5")
    assert world.count(Certificate) == 1
    world.take_back()
    assert world.enrolment.hours_done == 0
    waiting = select(Job.subject_id).where(Job.kind == EVALUATE, Job.state == "waiting")
    assert world.enrolment.id in session.scalars(waiting).all()
    evaluate_enrolment(session, world.enrolment.id)
    state = session.get(CompletionState, world.enrolment.id, populate_existing=True)
    certificate = session.scalars(select(Certificate)).one()
    assert (state.holds, certificate.withdrawn_at) == (False, None)
    assert certificate.flagged_at is not None
    world.decide("accepted")
    evaluate_enrolment(session, world.enrolment.id)
    assert (world.enrolment.hours_done, certificate.flagged_at) == (Decimal("4.5"), None)


def test_topic_that_a_leader_confirmed_keeps_its_hours(session, world):
    lineage = world.topic.lineage
    mark_topic(session, actor=world.actor, enrolment=world.enrolment, topic_lineage=lineage, now=utc_now())
    world.decide("accepted")
    world.take_back()
    assert world.enrolment.hours_done == Decimal("4.5")


@pytest.mark.parametrize("reason", ["", "  \n", "а" * 2_001])
def test_taking_back_needs_a_reason(session, world, reason):
    world.decide("accepted")
    with pytest.raises(Invalid) as refused:
        releasing.take_back(session, world.work, actor=world.actor, reason=reason, now=utc_now())
    assert refused.value.field == "reason"
    assert world.work.state == "accepted"


def test_nothing_is_taken_back_before_a_release_or_twice(session, world):
    world.decide("accepted", PAUSE)
    for _case in ("unreleased", "twice"):
        with pytest.raises(Invalid):
            world.take_back()
        if result := session.scalar(select(Result).where(Result.released_at.is_(None))):
            releasing.release(session, result.id)
            world.take_back()


def test_own_decision_is_neither_undone_nor_taken_back(session, world):
    world.decide("accepted", PAUSE)
    for deed in (
        lambda: releasing.undo(session, world.work, actor=world.author),
        lambda: releasing.take_back(session, world.work, actor=world.author, reason=REASON, now=utc_now()),
    ):
        with pytest.raises(DomainError) as refused:
            deed()
        assert refused.value.code == "own_work_not_graded"


# Handing in


def test_work_that_nobody_opened_becomes_the_draft_again(session, world):
    works.withdraw(session, world.work, actor=world.author, now=utc_now())
    works.withdraw(session, world.work, actor=world.author, now=utc_now())
    assert (world.work.state, world.work.draft_text) == ("draft", "Мои наблюдения")
    assert world.count(SubmissionVersion, SubmissionVersion.submission_id == world.work.id) == 0
    assert not world.waits
    assert works.hand_in(session, world.work, actor=world.author, text="Ещё", now=utc_now()).number == 1


def test_second_version_goes_back_to_returned_with_its_files(session, world):
    world.decide("returned")
    file = make.stored_file(session)
    works.attach(session, world.work, file, now=utc_now())
    works.hand_in(session, world.work, actor=world.author, text="Вторая", now=utc_now())
    works.withdraw(session, world.work, actor=world.author, now=utc_now())
    assert (world.work.state, world.work.draft_text) == ("returned", "Вторая")
    assert [one.file_id for one in works.draft_files(session, world.work)] == [file.id]
    assert world.count(SubmissionFile, SubmissionFile.version_id.is_not(None)) == 0
    assert works.latest_version(session, world.work).number == 1


@pytest.mark.parametrize("look", ["opened", "opened and left", "reviewed", "decided"])
def test_work_that_a_grader_opened_stays_handed_in(session, world, look):
    if look.startswith("opened"):
        reviews.claim(session, world.work, actor=world.actor, now=utc_now())
    if look == "opened and left":
        other = attestation.handed_in(session, world.task, make.enrolment(session, world.enrolment.cohort))
        reviews.claim(session, other, actor=world.actor, now=utc_now())
    if look == "reviewed":
        version = works.latest_version(session, world.work)
        reviews.save_review(session, version, actor=world.actor, marks={}, comment="Читаю", revision=0)
    if look == "decided":
        world.decide("accepted", PAUSE)
    with pytest.raises(WorkOpened):
        works.withdraw(session, world.work, actor=world.author, now=utc_now())
    assert world.work.state == "handed_in"


def test_withdrawn_work_is_not_graded(session, world):
    version_id = works.latest_version(session, world.work).id
    works.withdraw(session, world.work, actor=world.author, now=utc_now())
    with pytest.raises(WorkWithdrawn):
        reviews.grade(
            session,
            world.work,
            actor=world.actor,
            version_id=version_id,
            marks={},
            comment="Нет",
            revision=0,
            decision="returned",
            now=utc_now(),
        )


# Pages


@pytest.fixture
def delayed(app, monkeypatch):
    """Lets decisions wait on pages of this test as they do by default."""
    now = composition.parts()
    settings = now.settings.model_copy(update={"release_seconds": 20.0})
    monkeypatch.setattr(composition, "_current", [replace(now, settings=settings)])


def test_desk_offers_the_undo_until_the_release(client, session, world, delayed):
    log_in(client, session, world.leader)
    desk = f"/grading/{world.work.id}"
    version = works.latest_version(session, world.work)
    data = {"version_id": version.id, "comment": "Добавьте вывод", "decision": "returned"}
    queue = client.post(desk, data=data, follow_redirects=True).text
    assert f'action="{desk}/undo"' in queue
    assert "Стажёр узнает об этом через" in queue
    assert "Стажёр ещё не получил это решение" in client.get(desk).text
    page = client.post(f"{desk}/undo", follow_redirects=True).text
    assert "Решение отменено" in page
    assert "Добавьте вывод" in page
    session.expire_all()
    assert (world.work.state, world.waits) == ("handed_in", True)
    late = client.post(f"{desk}/undo", follow_redirects=True).text
    assert "уже ушло стажёру или отменено" in late


def test_decision_is_taken_back_on_the_desk_with_a_reason_that_the_trainee_reads(client, session, world):
    world.decide("accepted")
    log_in(client, session, world.leader)
    desk = f"/grading/{world.work.id}"
    assert "Отозвать решение" in client.get(desk).text
    refused = client.post(f"{desk}/take-back", data={"reason": " "})
    assert refused.status_code == 422
    assert 'id="f-reason-err"' in refused.text
    assert "Что вы поставили" not in refused.text
    done = client.post(f"{desk}/take-back", data={"reason": REASON}, follow_redirects=True).text
    assert REASON in done
    session.expire_all()
    assert world.waits
    log_in(client, session, world.enrolment.person.account)
    page = client.get(f"/course/{world.enrolment.id}/tasks/{world.task.id}").text
    assert REASON in page
    assert "Ждёт проверки" in page


def test_trainee_takes_the_work_back_on_its_page_until_it_is_opened(client, session, world):
    address = f"/course/{world.enrolment.id}/tasks/{world.task.id}"
    log_in(client, session, world.enrolment.person.account)
    assert "Забрать работу" in client.get(address).text
    page = client.post(f"{address}/withdraw", follow_redirects=True).text
    assert "Работа снова у вас" in page
    assert "Мои наблюдения" in page
    client.post(address, data={"text": "Мои наблюдения", "hand_in": "1"})
    session.expire_all()
    reviews.claim(session, session.get_one(Submission, world.work.id), actor=world.actor, now=utc_now())
    session.commit()
    assert "Забрать работу" not in client.get(address).text
    assert "уже открыли для проверки" in client.post(f"{address}/withdraw", follow_redirects=True).text


def test_grader_of_a_withdrawn_work_is_led_to_the_queue(client, session, world):
    version = works.latest_version(session, world.work)
    works.withdraw(session, world.work, actor=world.author, now=utc_now())
    log_in(client, session, world.leader)
    data = {"version_id": version.id, "comment": "Нет", "decision": "returned"}
    page = client.post(f"/grading/{world.work.id}", data=data, follow_redirects=True)
    assert "Автор забрал работу" in page.text
