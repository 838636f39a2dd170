"""The sample's groups: one under way, one that begins soon, one finished, one of a kindergarten."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from sqlalchemy import select

from assessment.attempts import operations as attempts
from assessment.attestation import queries, reviews, works
from assessment.attestation.reviews import Mark
from assessment.attestation.tasks import tasks_of
from assessment.models.attestation import AttestationTask, Review, Submission
from assessment.models.self_checks import Attempt, SelfCheck
from assessment.models.self_checks import Question as QuestionRow
from assessment.questions.registry import question_type
from assessment.ratings import operations as ratings
from assessment.ratings.queries import descriptors_of
from assessment.ratings.scoring import DEFAULT_SCALE
from courses.groups.invitations import invite
from courses.groups.operations import create_cohort, enrol, finish_trainees, record_completion_order
from courses.materials.queries import materials_of
from courses.models.groups import Cohort, Enrolment
from courses.models.programmes import ProgrammeVersion
from courses.progress.operations import confirm_material, mark_topic, open_material, record_visit
from lms.core.auth.policy import Actor
from lms.core.i18n import local_day
from lms.core.people import consent
from lms.core.people.operations import create_person, ensure_account
from lms.core.public_url import address_of
from lms.demo.answers import answers_to
from lms.demo.people import NewPerson, actor_of_account
from lms.demo.sample_data import people, texts
from lms.demo.sample_data.courses import topics_of
from lms.demo.sample_data.people import SampleTrainee
from lms.demo.sample_data.registry import SampleRegistry
from lms.demo.trainee_work import questions_of

RunJobs = Callable[[], None]
"""Runs the waiting jobs: grading, hours, certificates."""


@dataclass(slots=True)
class SampleGroup:
    """A group being filled: its leader, and its trainees in the order of ``people``."""

    places: SampleRegistry
    leader: NewPerson
    cohort: Cohort
    pupils: Sequence[SampleTrainee]
    enrolments: list[Enrolment]
    checks: Sequence[SelfCheck] = ()

    @property
    def version(self) -> ProgrammeVersion:
        """The programme version that the group studies."""
        return self.cohort.version

    def pairs(self) -> list[tuple[SampleTrainee, Enrolment]]:
        """Returns the trainees with their enrolments."""
        return list(zip(self.pupils, self.enrolments, strict=True))

    def when(self, pupil: SampleTrainee, part: float) -> datetime:
        """Returns a moment between the group's first day and the trainee's last visit; ``part`` from 0 to 1."""
        first = self.places.now - timedelta(days=(self.places.today - self.cohort.starts_on).days)
        last = self.places.now - timedelta(days=pupil.away, hours=2)
        return first + (last - first) * part


def create_group(
    places: SampleRegistry,
    leader: NewPerson,
    version: ProgrammeVersion,
    title: str,
    pupils: Sequence[SampleTrainee],
    *,
    starts: int,
    ends: int,
    order: str,
) -> SampleGroup:
    """Creates a group with its trainees; ``starts`` and ``ends`` are days from today."""
    first, last = places.today + timedelta(days=starts), places.today + timedelta(days=ends)
    enrolled = min(places.now, places.now + timedelta(days=starts - 6))
    cohort = create_cohort(
        places.session,
        actor=places.actor(leader),
        version=version,
        title=title,
        starts_on=first,
        ends_on=last,
        order_number=order,
        order_date=local_day(enrolled),
    )
    group = SampleGroup(places, leader, cohort, pupils, [])
    group.enrolments = [_enrol(group, pupil.who, enrolled) for pupil in pupils]
    return group


def _enrol(group: SampleGroup, who: NewPerson, when: datetime) -> Enrolment:
    places, leader = group.places, group.places.actor(group.leader)
    account = places.accounts.get(who.username or "")
    if account is None:
        surname, given_name, patronymic = who.name.split()
        person = create_person(
            places.session,
            actor=leader,
            surname=surname,
            given_name=given_name,
            patronymic=patronymic,
            email=f"trainee{_next_number(places)}@example.org",
            position=who.position,
            workplace=who.workplace,
        )
        account = places.accounts[who.name] = ensure_account(places.session, actor=leader, person=person)
        paper = local_day(when - timedelta(days=1))
        consent.note_paper(
            places.session, actor=leader, person_id=person.id, paper_date=paper, now=when, today=places.today
        )
    return enrol(places.session, actor=leader, cohort=group.cohort, person=account.person, now=when)


def _next_number(places: SampleRegistry) -> int:
    """Returns the number of accounts plus one, for a unique e-mail address."""
    return len(places.accounts) + 1


def study(group: SampleGroup) -> None:
    """Brings everybody to the progress listed in ``people`` by their own reading, ratings and self-checks."""
    for pupil, enrolment in group.pairs():
        _rate(group, pupil, enrolment)
        _read(group, pupil, enrolment)
        for place, check in enumerate(group.checks):
            if pupil.topics > place * 2:
                _take(group, check, pupil, enrolment)
        visit = group.when(pupil, 1.0)
        record_visit(group.places.session, enrolment=enrolment, now=visit)


def grade(group: SampleGroup) -> None:
    """Grades what was handed in: essays, classes, works. The self-checks must have been graded by their job."""
    _essays(group)
    _classes(group)
    for task in tasks_of(group.places.session, group.version.id):
        for pupil, enrolment in group.pairs():
            _work(group, task, pupil, enrolment)


def _rate(group: SampleGroup, pupil: SampleTrainee, enrolment: Enrolment) -> None:
    """Fills in the rating before for those who have begun, the rating after for those who finished, one or two
    levels higher.
    """
    session, asked = group.places.session, descriptors_of(group.places.session, [group.version.id])
    lines = [one.key for one in asked.get(group.version.id, [])]
    if not lines or not pupil.topics:
        return
    before = {key: str(1 + (enrolment.id + place) % 3) for place, key in enumerate(lines)}
    ratings.hand_in(session, enrolment, "before", before, now=group.when(pupil, 0.05))
    if pupil.final == "accepted":
        grown = {key: int(level) + 1 + place % 2 for place, (key, level) in enumerate(before.items())}
        after = {key: str(min(level, DEFAULT_SCALE.highest)) for key, level in grown.items()}
        ratings.hand_in(session, enrolment, "after", after, now=group.when(pupil, 1.0))


def _read(group: SampleGroup, pupil: SampleTrainee, enrolment: Enrolment) -> None:
    session = group.places.session
    for place, topic in enumerate(topics_of(group.places, group.version)[: pupil.topics]):
        when = group.when(pupil, (place + 0.5) / max(pupil.topics, 1))
        for material in materials_of(session, group.version.programme_id, topic.lineage):
            open_material(session, enrolment=enrolment, material=material, now=when)
            if material.completion == "confirmed":
                confirm_material(session, enrolment=enrolment, material=material, now=when)


def _take(group: SampleGroup, check: SelfCheck, pupil: SampleTrainee, enrolment: Enrolment) -> None:
    """Makes an attempt whose first ``wrong`` questions stay unanswered."""
    session, when = group.places.session, group.when(pupil, 0.4)
    attempt = attempts.begin(session, check, enrolment, now=when)
    questions = questions_of(session, attempt)
    answers = answers_to(questions)
    for key in list(answers)[: pupil.wrong]:
        if not question_type(questions[int(key)].kind).by_person:
            answers.pop(key)
    attempts.save(session, attempt, answers, now=when)
    attempts.hand_in(session, attempt, now=when + timedelta(minutes=9))


def _essays(group: SampleGroup) -> None:
    """Grades the waiting essays; in a group under way the last two stay ungraded."""
    session = group.places.session
    leader = group.places.actor(group.leader)
    ids = [enrolment.id for enrolment in group.enrolments]
    waiting = session.scalars(
        select(Attempt).where(Attempt.enrolment_id.in_(ids), Attempt.state == "needs_person").order_by(Attempt.id)
    ).all()
    over = group.cohort.ends_on < group.places.today
    for attempt in waiting if over else waiting[:-2]:
        for key, mark in attempt.items:
            if question_type(_kind(group, key)).by_person:
                attempts.give_points(
                    session, attempt, actor=leader, question_id=key, points=Decimal(mark), comment=texts.READ
                )


def _kind(group: SampleGroup, question_id: int) -> str:
    """Returns the type of this question."""
    return group.places.session.get_one(QuestionRow, question_id).kind


def _classes(group: SampleGroup) -> None:
    """Marks the open lesson for trainees who have come that far."""
    session, leader = group.places.session, group.places.actor(group.leader)
    topics = topics_of(group.places, group.version)
    for place, topic in enumerate(topics):
        if not topic.class_form.startswith("открыт"):
            continue
        for pupil, enrolment in group.pairs():
            if pupil.topics > place:
                when = group.when(pupil, 0.8)
                mark_topic(session, actor=leader, enrolment=enrolment, topic_lineage=topic.lineage, now=when)


def _work(group: SampleGroup, task: AttestationTask, pupil: SampleTrainee, enrolment: Enrolment) -> None:
    """Hands the work in some days ago, and reviews it if ``people`` lists a decision."""
    state = pupil.final if task.kind == "final" else pupil.protocol
    if not state:
        return
    places = group.places
    waits = timedelta(days=int(state)) if state.isdigit() else timedelta(days=pupil.away + 3)
    handed = places.now - waits - timedelta(hours=3)
    submission = works.submission_of(places.session, task, enrolment)
    samples = texts.FINALS if task.kind == "final" else texts.PROTOCOLS
    author = actor_of_account(places.session, places.accounts[pupil.who.username or pupil.who.name].id)
    text = samples[enrolment.id % len(samples)]
    works.hand_in(places.session, submission, actor=author, text=text, now=handed)
    if not state.isdigit():
        reviewer = places.actor(people.TEACHER if enrolment.id % 3 == 0 else group.leader)
        _review(group, submission, reviewer, state, handed + timedelta(days=1, hours=5))


def _review(group: SampleGroup, submission: Submission, reviewer: Actor, decision: str, when: datetime) -> Review:
    session = group.places.session
    version = queries.versions_of(session, submission)[0]
    marks = {}
    for place, criterion in enumerate(submission.task.criteria):
        less = (1, 4, 3, 0, 0)[place % 5] if decision == "returned" else (submission.id + place) % 2
        points = max(criterion.max_points - less, criterion.min_points)
        marks[criterion.id] = Mark(points, texts.REMARKS.get(criterion.name, "") if place < 3 else "")
    comment = texts.RETURNED if decision == "returned" else texts.ACCEPTED[submission.id % len(texts.ACCEPTED)]
    review = reviews.save_review(session, version, actor=reviewer, marks=marks, comment=comment, revision=0)
    reviews.decide(session, review, actor=reviewer, decision=decision, now=min(when, group.places.now))
    return review


def finish_group(group: SampleGroup, settle: RunJobs) -> None:
    """Finishes the group by an order and issues certificates."""
    places = group.places
    leader = places.actor(group.leader)
    record_completion_order(
        places.session,
        actor=leader,
        cohort=group.cohort,
        order_number="91-у",
        order_date=group.cohort.ends_on,
        now=places.now,
    )
    settle()
    finish_trainees(
        places.session, actor=leader, cohort=group.cohort, on_date=group.cohort.ends_on, order_number="91-у"
    )


def send_invitations(group: SampleGroup, answered: int) -> None:
    """Sends invitations; the first ``answered`` trainees have visited already."""
    places = group.places
    when = places.now - timedelta(days=4)
    invite(
        places.session,
        actor=places.actor(group.leader),
        cohort=group.cohort,
        people=group.enrolments,
        link_to=lambda token: address_of(f"/link/{token}"),
        now=when,
    )
    for enrolment in group.enrolments[:answered]:
        record_visit(places.session, enrolment=enrolment, now=when + timedelta(days=1))
