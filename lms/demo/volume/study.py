"""Progress of generated trainees: materials, topics with their hours, self-checks, works, certificates."""

import random
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal

from assessment.completion.rule import CompletionFacts, evaluate
from assessment.models.certificates import CompletionState
from assessment.models.self_checks import Attempt, CompetencyRating
from assessment.ratings.scoring import summarise
from courses.models.groups import Enrolment, HourCredit, MaterialProgress, TopicProgress
from courses.progress.operations import TOPIC
from lms.core.i18n import local_day
from lms.demo.volume.bulk_writer import BulkWriter
from lms.demo.volume.certificates import Certificates
from lms.demo.volume.checks import Check, Sheet
from lms.demo.volume.people import Human, record
from lms.demo.volume.programmes import Course
from lms.demo.volume.registry import Staffed
from lms.demo.volume.versions import CourseTopic
from lms.demo.volume.volume import Volume, at
from lms.demo.volume.works import Works

DECIDED_AFTER = timedelta(hours=54)
"""Time from a hand-in to the last decision on the work, if it was returned once."""


@dataclass(frozen=True, slots=True)
class Group:
    """A stored group."""

    id: int
    place: Staffed
    course: Course
    stage: str
    starts_on: date
    ends_on: date


@dataclass(slots=True)
class Trainee:
    """A trainee of a group, with the facts of the completion rule so far."""

    enrolment: int
    human: Human
    group: Group
    hours: Decimal = Decimal("0.00")
    materials: set[int] = field(default_factory=set)
    tasks: set[int] = field(default_factory=set)
    checks: dict[int, Decimal] = field(default_factory=dict)
    waiting: set[int] = field(default_factory=set)
    last: datetime | None = None

    @property
    def cohort(self) -> int:
        """Id of the group."""
        return self.group.id


@dataclass(frozen=True, slots=True)
class Outcome:
    """Values of the enrolment's row that follow from what the trainee did; ``state_since``: None if never changed."""

    state: str
    state_since: date | None
    hours: Decimal
    last_seen_at: datetime | None


@dataclass(slots=True)
class Studies:
    """Writes the rows of what trainees do."""

    volume: Volume
    writer: BulkWriter
    works: Works
    certificates: Certificates

    def study(self, dice: random.Random, trainee: Trainee) -> Outcome:
        """Writes all progress of the trainee."""
        topics = trainee.group.course.topics
        steps, leaves = self._steps(dice, trainee.group)
        if trainee.group.stage == "upcoming":
            return Outcome("enrolled", None, Decimal(0), None)
        whole = int(steps)
        self._entry(dice, trainee)
        for place, topic in enumerate(topics[:whole]):
            self._finish_topic(dice, trainee, topic, self._moment(dice, trainee.group, place))
        if whole < len(topics) and not leaves and trainee.group.stage == "running":
            self._begin_topic(dice, trainee, topics[whole], self._moment(dice, trainee.group, whole))
        return self._outcome(dice, trainee, leaves)

    def _steps(self, dice: random.Random, group: Group) -> tuple[float, bool]:
        """Returns how many topics the trainee completes, and whether they leave."""
        count = len(group.course.topics)
        fate = dice.random()
        if group.stage == "finished":
            if fate < 0.86:
                return count, False
            return dice.randrange(count), fate < 0.94
        passed = (self.volume.today - group.starts_on).days / (group.ends_on - group.starts_on).days
        if fate < 0.04:
            return dice.randrange(count) * passed, True
        return min(count, count * passed * dice.uniform(0.3, 1.2)), False

    def _moment(self, dice: random.Random, group: Group, place: int) -> datetime:
        """Returns a moment at about the topic's due date, never in the future."""
        length = (group.ends_on - group.starts_on).days
        day = group.starts_on + timedelta(days=length * place // len(group.course.topics))
        return at(min(day, self.volume.day(4)), dice.randint(8, 19), dice.randrange(60))

    def _entry(self, dice: random.Random, trainee: Trainee) -> None:
        if dice.random() < 0.5:
            check = trainee.group.course.entry
            when = self._moment(dice, trainee.group, 0)
            self._attempt(trainee, check, dice.choice([*check.passed, *check.failed]), 1, when)
        if dice.random() < 0.3:
            self._ratings(dice, trainee)

    def _ratings(self, dice: random.Random, trainee: Trainee) -> None:
        """Writes the ratings of the trainee's competencies, both of a finished group."""
        group = trainee.group
        both = group.stage == "finished"
        keys = [one.key for one in group.course.descriptors]
        before = {key: dice.randint(1, 4) for key in keys}
        after = {key: min(5, level + dice.randrange(3)) for key, level in before.items()} if both else {}
        scores = summarise(group.course.descriptors, before, after).as_json()
        for moment, answers, place in (("before", before, 0), ("after", after, len(group.course.topics))):
            if answers:
                when = self._moment(dice, group, place)
                self.writer.add(
                    CompetencyRating,
                    created_at=when,
                    enrolment_id=trainee.enrolment,
                    moment=moment,
                    state="scored",
                    answers=answers,
                    scores=scores,
                    handed_in_at=when,
                    scored_at=when,
                )

    def _finish_topic(self, dice: random.Random, trainee: Trainee, topic: CourseTopic, when: datetime) -> None:
        """Writes all items of the topic as done, and its hours."""
        for key, _way in topic.materials:
            self._material(trainee, key, when, done=True)
        if topic.check:
            self._pass(dice, trainee, topic.check, when)
        if topic.task:
            self.works.accepted(dice, trainee.group.place, trainee, topic.task, when)
            trainee.tasks.add(topic.task.id)
            when += DECIDED_AFTER
        self._credit(trainee, topic, when)

    def _credit(self, trainee: Trainee, topic: CourseTopic, when: datetime) -> None:
        by = None if topic.materials else trainee.group.place.leader.account
        self.writer.add(
            TopicProgress,
            enrolment_id=trainee.enrolment,
            topic_lineage=topic.lineage,
            completed_at=when,
            marked_by_id=by,
        )
        for kind, hours in topic.hours.items():
            self.writer.add(
                HourCredit,
                created_at=when,
                enrolment_id=trainee.enrolment,
                topic_lineage=topic.lineage,
                kind_lineage=kind,
                source_kind=TOPIC,
                source_id=0,
                hours=hours,
            )
        trainee.hours += topic.total
        trainee.last = when
        if by:
            site, lineage = trainee.group.place.site, str(topic.lineage)
            record(self.writer, by, "topic.mark", (Enrolment, trainee.enrolment), when, site_id=site, topic=lineage)

    def _begin_topic(self, dice: random.Random, trainee: Trainee, topic: CourseTopic, when: datetime) -> None:
        """Writes the items of the topic that a trainee is about to finish: one of them is always left."""
        for key, way in topic.materials:
            done = bool(topic.check or topic.task)
            if done or way == "confirmed":
                self._material(trainee, key, when, done=done)
        if topic.check and not (topic.task and dice.random() < 0.5):
            sheet = topic.check.waiting or dice.choice([*topic.check.failed, None])
            if sheet is not None:
                self._attempt(trainee, topic.check, sheet, 1, when)
        elif topic.task:
            self.works.under_way(dice, trainee.group.place, trainee, topic.task, when)

    def _material(self, trainee: Trainee, key: int, when: datetime, *, done: bool) -> None:
        self.writer.add(
            MaterialProgress,
            enrolment_id=trainee.enrolment,
            material_id=key,
            opened_at=when,
            completed_at=when + timedelta(minutes=25) if done else None,
        )
        trainee.last = when
        if done:
            trainee.materials.add(key)

    def _pass(self, dice: random.Random, trainee: Trainee, check: Check, when: datetime) -> None:
        """Writes an attempt that passes, sometimes after one that did not."""
        number = 1
        if check.failed and dice.random() < 0.3:
            self._attempt(trainee, check, dice.choice(check.failed), 1, when)
            number = 2
        later = when + timedelta(hours=1) * (number - 1)
        self._attempt(trainee, check, dice.choice(check.passed), number, later)

    def _attempt(self, trainee: Trainee, check: Check, sheet: Sheet, number: int, when: datetime) -> None:
        self.writer.add(
            Attempt,
            created_at=when,
            self_check_id=check.id,
            enrolment_id=trainee.enrolment,
            number=number,
            state=sheet.state,
            seed=trainee.enrolment * 7 + number,
            items=check.items,
            answers=sheet.answers,
            saved_revision=1,
            started_at=when,
            handed_in_at=when + timedelta(minutes=12),
            graded_at=when + timedelta(minutes=13),
            points=sheet.points,
            max_points=sheet.most,
            percent=sheet.percent,
            result=sheet.result,
        )
        if sheet.state == "needs_person":
            trainee.waiting.add(check.id)
        else:
            trainee.checks[check.id] = max(sheet.percent, trainee.checks.get(check.id, Decimal(0)))

    def _outcome(self, dice: random.Random, trainee: Trainee, leaves: bool) -> Outcome:
        """Writes the state of the completion rule and the certificate; returns the enrolment's values."""
        group = trainee.group
        facts = CompletionFacts(
            hours=trainee.hours,
            materials_done=frozenset(trainee.materials),
            tasks_accepted=frozenset(trainee.tasks),
            self_checks=trainee.checks,
            self_checks_waiting=frozenset(trainee.waiting),
        )
        completion = evaluate(group.course.rule, facts)
        if trainee.last is not None:
            self.writer.add(
                CompletionState,
                enrolment_id=trainee.enrolment,
                evaluated_at=trainee.last + timedelta(hours=3),
                holds=completion.holds,
                conditions=completion.as_json(),
            )
        if completion.holds:
            self.certificates.issue(dice, group, trainee)
        if leaves:
            last = local_day(trainee.last) if trainee.last else group.starts_on
            day = min(last + timedelta(days=3), self.volume.day(1))
            return Outcome("withdrawn", day, trainee.hours, trainee.last)
        if completion.holds and group.stage == "finished":
            return Outcome("finished", group.ends_on, trainee.hours, trainee.last)
        return Outcome("enrolled", None, trainee.hours, trainee.last)
