"""Works, reviews and results: handed in once, returned, refused, decided once; two graders at one work."""

import threading
from decimal import Decimal

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, sessionmaker

from assessment.attestation import reviews, tasks, works
from assessment.attestation.errors import (
    AcceptanceRefused,
    EmptyWork,
    GradedMeanwhile,
    WorkAlreadyAccepted,
    WorkAlreadyHandedIn,
)
from assessment.attestation.reviews import Mark
from assessment.attestation.tasks import CriterionInput
from assessment.completion.operations import EVALUATE
from assessment.models.attestation import Review, Submission, SubmissionFile, SubmissionVersion
from courses.events import ProgrammeImported, VersionApproved, VersionCopied
from courses.models.programmes import Rubric, RubricCriterion
from courses.programmes.outcomes import final_rubric
from lms.core.auth.policy import SYSTEM, Actor
from lms.core.clock import utc_now
from lms.core.db import make_sessions
from lms.core.errors import DomainError, Invalid
from lms.core.events import publish
from lms.core.jobs.models import Job
from lms.core.notifications.models import Notice
from tests.factories import attestation, make

NOW = utc_now()


@pytest.fixture
def own_sessions(own_engine: Engine, sessions: object) -> sessionmaker[Session]:
    return make_sessions(own_engine)


@pytest.fixture
def begun(session) -> Submission:
    version = make.programme(session)
    return works.submission_of(
        session, attestation.task(session, version), make.enrolment(session, make.cohort(session, version))
    )


def grader(session: Session, submission: Submission) -> Actor:
    made = make.member(session, "leader", site=submission.enrolment.cohort.site)
    return Actor(made.id, made.person_id)


def points(submission: Submission, *values: str) -> dict[int, Mark]:
    pairs = zip(submission.task.criteria, values, strict=True)
    return {criterion.id: Mark(Decimal(value) if value else None) for criterion, value in pairs}


def graded(session: Session, submission: Submission, actor: Actor, *values: str):
    version = works.latest_version(session, submission)
    marks = points(submission, *values)
    return reviews.save_review(session, version, actor=actor, marks=marks, comment="Читаю", revision=0)


def count(session: Session, model: type, submission: Submission) -> int:
    return session.scalar(select(func.count()).select_from(model).where(model.submission_id == submission.id))


def test_simultaneous_hand_in_makes_one_version(own_sessions):
    with own_sessions.begin() as session:
        version = make.programme(session)
        task, group = attestation.task(session, version), make.cohort(session, version)
        key = works.submission_of(session, task, make.enrolment(session, group)).id
    start, failures = threading.Barrier(4), []

    def hand_in() -> None:
        try:
            with own_sessions.begin() as session:
                submission = session.get_one(Submission, key)
                start.wait()
                works.hand_in(session, submission, actor=SYSTEM, text="Из двух вкладок", now=NOW)
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=hand_in) for _tab in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    with own_sessions() as session:
        assert session.scalars(select(SubmissionVersion.number)).all() == [1]


def test_beginning_twice_creates_one_work(session, begun):
    again = works.submission_of(session, begun.task, begun.enrolment)
    assert again is begun


def test_empty_work_cannot_be_handed_in(session, begun):
    with pytest.raises(EmptyWork) as told:
        works.hand_in(session, begun, actor=SYSTEM, text="  ", now=NOW)
    assert (told.value.field, begun.state) == ("text", "draft")
    with pytest.raises(Invalid):
        works.save_draft(session, begun, text="а" * (works.LONGEST_TEXT + 1), now=NOW)


def test_handed_in_work_cannot_be_changed(session, begun):
    works.hand_in(session, begun, actor=SYSTEM, text="Первая", now=NOW)
    file = make.stored_file(session)
    for change in (
        lambda: works.save_draft(session, begun, text="Другая", now=NOW),
        lambda: works.attach(session, begun, file, now=NOW),
        lambda: works.hand_in(session, begun, actor=SYSTEM, text="Другая", now=NOW),
    ):
        with pytest.raises(WorkAlreadyHandedIn):
            change()


def test_attaching_same_file_twice_keeps_one(session, begun):
    file = make.stored_file(session)
    assert works.attach(session, begun, file, now=NOW) is works.attach(session, begun, file, now=NOW)
    works.detach(session, begun, works.draft_files(session, begun)[0])
    assert works.draft_files(session, begun) == []


def test_returned_work_starts_from_latest_version(session, begun):
    works.attach(session, begun, make.stored_file(session), now=NOW)
    works.hand_in(session, begun, actor=SYSTEM, text="Первая", now=NOW)
    actor = grader(session, begun)
    review = graded(session, begun, actor, "2", "2", "0")
    reviews.decide(session, review, actor=actor, decision="returned", now=NOW)
    works.begin_revision(session, begun)
    works.begin_revision(session, begun)
    assert begun.draft_text == "Первая"
    assert len(works.draft_files(session, begun)) == 1
    second = works.hand_in(session, begun, actor=SYSTEM, text="Вторая", now=NOW)
    assert (second.number, begun.state) == (2, "handed_in")
    first = begun.versions[0] if begun.versions[0].number == 1 else begun.versions[1]
    assert (first.text, len(first.files), count(session, SubmissionFile, begun)) == ("Первая", 1, 2)
    assert (
        session.scalars(select(Notice).where(Notice.person_id == begun.enrolment.person_id)).one().kind
        == "work_returned"
    )


@pytest.mark.parametrize(
    ("values", "words"), [(("5", "5", ""), "Вывод"), (("5", "5", "0"), "Вывод"), (("3", "3", "1"), "проходной")]
)
def test_acceptance_is_refused_with_reason(session, begun, values, words):
    works.hand_in(session, begun, actor=SYSTEM, text="Первая", now=NOW)
    actor = grader(session, begun)
    review = graded(session, begun, actor, *values)
    with pytest.raises(AcceptanceRefused, match=words):
        reviews.decide(session, review, actor=actor, decision="accepted", now=NOW)
    assert begun.state == "handed_in"
    reviews.decide(session, review, actor=actor, decision="returned", now=NOW)
    assert begun.state == "returned"


def test_accepting_twice_decides_once(session, begun):
    works.hand_in(session, begun, actor=SYSTEM, text="Первая", now=NOW)
    actor, other = grader(session, begun), grader(session, begun)
    review = graded(session, begun, actor, "5", "5", "3")
    for _click in range(2):
        reviews.decide(session, review, actor=actor, decision="accepted", now=NOW)
    assert (begun.state, review.total) == ("accepted", 13)
    assert session.scalar(select(Job.id).where(Job.kind == EVALUATE, Job.subject_id == begun.enrolment_id))
    with pytest.raises(GradedMeanwhile):
        reviews.decide(session, review, actor=other, decision="returned", now=NOW)
    with pytest.raises(GradedMeanwhile):
        graded(session, begun, other, "1", "1", "1")
    with pytest.raises(WorkAlreadyAccepted):
        works.save_draft(session, begun, text="Ещё", now=NOW)
    assert len(session.scalars(select(Notice).where(Notice.person_id == begun.enrolment.person_id)).all()) == 1


def test_result_is_written_once_with_decider_and_release(session, begun):
    version = works.hand_in(session, begun, actor=SYSTEM, text="Первая", now=NOW)
    first, second = grader(session, begun), grader(session, begun)
    review = graded(session, begun, first, "5", "5", "3")
    assert version.result is None
    results = [reviews.decide(session, review, actor=second, decision="accepted", now=NOW) for _click in range(2)]
    assert results == [version.result, version.result]
    assert (version.result.total, version.result.decided_by_id) == (13, second.account_id)
    assert version.result.decided_at == version.result.released_at == NOW


def test_result_of_another_transaction_stops_a_grader(own_sessions):
    with own_sessions() as session, own_sessions() as other:
        version = make.programme(session)
        enrolment = make.enrolment(session, make.cohort(session, version))
        work = works.submission_of(session, attestation.task(session, version), enrolment)
        handed_in = works.hand_in(session, work, actor=SYSTEM, text="Первая", now=NOW)
        first, second = grader(session, work), grader(session, work)
        review = graded(session, work, first, "5", "5", "3")
        session.commit()
        assert handed_in.result is None
        reviews.decide(other, other.get_one(Review, review.id), actor=first, decision="accepted", now=NOW)
        other.commit()
        with pytest.raises(GradedMeanwhile):
            reviews.save_review(session, handed_in, actor=second, marks={}, comment="", revision=1)


def test_version_takes_reviews_of_several_graders_one_of_each(session, begun):
    version = works.hand_in(session, begun, actor=SYSTEM, text="Первая", now=NOW)
    first, second = grader(session, begun), grader(session, begun)
    session.add_all([Review(version_id=version.id, reviewer_id=actor.account_id) for actor in (first, second)])
    session.flush()
    session.add(Review(version_id=version.id, reviewer_id=first.account_id))
    with pytest.raises(IntegrityError, match="uq_review_version_id_reviewer_id"):
        session.flush()


def test_second_grader_is_warned_and_may_overwrite(session, begun):
    version = works.hand_in(session, begun, actor=SYSTEM, text="Первая", now=NOW)
    first, second = grader(session, begun), grader(session, begun)
    assert reviews.claim(session, begun, actor=first, now=NOW) is None
    rival = reviews.claim(session, begun, actor=second, now=NOW)
    assert rival is not None
    assert rival.id == first.account_id
    review = graded(session, begun, first, "5", "5", "3")
    with pytest.raises(GradedMeanwhile):
        graded(session, begun, second, "1", "1", "1")
    assert [mark.points for mark in review.marks] == [5, 5, 3]
    again = reviews.save_review(
        session, version, actor=second, marks=points(begun, "1", "1", "1"), comment="", revision=review.revision
    )
    assert (again.id, again.reviewer_id, again.total) == (review.id, second.account_id, 3)


def test_grading_refuses_an_older_version(session, begun):
    older = works.hand_in(session, begun, actor=SYSTEM, text="Первая", now=NOW)
    actor = grader(session, begun)
    values = {"actor": actor, "comment": "Читаю", "revision": 0, "now": NOW}
    reviews.grade(session, begun, version_id=older.id, marks={}, decision="returned", **values)
    newer = works.hand_in(session, begun, actor=SYSTEM, text="Вторая", now=NOW)
    with pytest.raises(Invalid) as refused:
        reviews.grade(session, begun, version_id=older.id, marks={}, decision="returned", **values)
    assert (refused.value.code, refused.value.field, newer.result) == ("newer_version_handed_in", None, None)
    review = reviews.grade(session, begun, version_id=newer.id, marks={}, decision=None, **values)
    assert (review.version_id, review.version.result, begun.state) == (newer.id, None, "handed_in")


def test_claim_expires_and_moves_to_next_work(session, begun):
    works.hand_in(session, begun, actor=SYSTEM, text="Первая", now=NOW)
    first, second = grader(session, begun), grader(session, begun)
    reviews.claim(session, begun, actor=first, now=NOW - reviews.CLAIM_TIMEOUT * 2)
    assert reviews.claim(session, begun, actor=second, now=NOW) is None
    other = attestation.handed_in(session, begun.task, make.enrolment(session, begun.enrolment.cohort))
    reviews.claim(session, other, actor=second, now=NOW)
    assert reviews.claim(session, begun, actor=first, now=NOW) is None


def test_points_out_of_range_raise_invalid_at_field(session, begun):
    works.hand_in(session, begun, actor=SYSTEM, text="Первая", now=NOW)
    with pytest.raises(Invalid) as told:
        graded(session, begun, grader(session, begun), "6", "5", "3")
    assert told.value.field == f"points-{begun.task.criteria[0].id}"


# Tasks


def test_final_task_follows_part_four(session):
    version = make.programme(session, state="draft")
    publish(session, ProgrammeImported(version.id))
    publish(session, ProgrammeImported(version.id))
    final = tasks.tasks_of(session, version.id)
    assert [(task.kind, len(task.criteria), task.pass_mark) for task in final] == [("final", 2, 6)]
    rubric = final_rubric(session, version.id)
    rubric.criteria.append(RubricCriterion(position=2, name="Новый", max_points=Decimal(4)))
    version.pass_mark = Decimal(8)
    publish(session, VersionApproved(version.id, NOW))
    assert [criterion.name for criterion in final[0].criteria][2] == "Новый"
    assert final[0].pass_mark == 8


def test_final_task_with_own_criteria_takes_those_of_part_four(session):
    version = make.programme(session, state="draft")
    task = attestation.task(session, version)
    own = task.rubric
    publish(session, VersionApproved(version.id, NOW))
    assert task.rubric is final_rubric(session, version.id)
    assert session.scalars(select(Rubric.id).where(Rubric.id == own.id)).all() == []


def test_saving_and_removing_a_task_keeps_criteria_of_part_four(session):
    version = make.programme(session, state="draft")
    values = {"instructions": "", "topic_lineage": None, "pass_mark": Decimal(1), "required": True}
    own = [CriterionInput("Своё", "", Decimal(2), Decimal(0))]
    follows = tasks.save_task(
        session, actor=SYSTEM, version=version, task=None, title="Итог", kind="final", criteria=own, **values
    )
    assert [one.name for one in follows.criteria] == ["Критерий 1", "Критерий 2"]
    tasks.save_task(
        session, actor=SYSTEM, version=version, task=follows, title="Итог", kind="current", criteria=own, **values
    )
    assert [one.name for one in follows.criteria] == ["Своё"]
    tasks.remove_task(session, actor=SYSTEM, task=follows, version=version)
    assert [one.name for one in tasks.part_four_criteria(session, version.id)] == ["Критерий 1", "Критерий 2"]
    assert session.scalars(select(Rubric.final).where(Rubric.version_id == version.id)).all() == [True]


def test_approval_keeps_own_criteria_of_other_tasks(session):
    version = make.programme(session, state="draft")
    current = attestation.task(session, version, kind="current")
    publish(session, VersionApproved(version.id, NOW))
    assert [criterion.name for criterion in current.criteria] == ["Полнота", "Точность", "Вывод"]
    assert len(tasks.tasks_of(session, version.id)) == 2


def test_copied_version_has_tasks_with_same_lineages(session):
    version, copy = make.programme(session), make.programme(session, state="draft")
    task = attestation.task(session, version, instructions="**Выберите**")
    publish(session, VersionCopied(version.id, copy.id))
    [made] = tasks.tasks_of(session, copy.id)
    assert [one.lineage for one in made.criteria] == [one.lineage for one in task.criteria]
    assert (made.lineage, made.instructions, len(made.criteria)) == (task.lineage, task.instructions, 3)


def test_approved_version_allows_changes_of_instructions_only(session):
    version = make.programme(session)
    task = attestation.task(session, version)
    with pytest.raises(DomainError):
        tasks.remove_task(session, actor=SYSTEM, task=task, version=version)
    tasks.change_instructions(session, actor=SYSTEM, version=version, task=task, instructions="**Два** этапа")
    assert "<strong>Два</strong>" in task.instructions_html
