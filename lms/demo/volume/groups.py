"""Generated groups: finished ones of former years, running ones, ones that have not begun; their enrolments."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from courses.models.groups import Cohort, Enrolment, EnrolmentChange, TopicDeadline
from lms.core.i18n import local_day
from lms.demo.volume import vocabulary
from lms.demo.volume.bulk_writer import BulkWriter
from lms.demo.volume.people import Human, People, record
from lms.demo.volume.programmes import Course
from lms.demo.volume.registry import Staffed
from lms.demo.volume.study import Group, Studies, Trainee
from lms.demo.volume.volume import Volume, at

Stage = Literal["finished", "running", "upcoming"]
STAGES: Sequence[Stage] = (
    "finished",
    "running",
    "finished",
    "finished",
    "running",
    "finished",
    "finished",
    "upcoming",
    "finished",
    "finished",
)
MOST, FEWEST = 35, 15
KNOWN_TRAINEE = "stazher"
"""User name of the first trainee, who can log in."""


@dataclass(frozen=True, slots=True)
class Intake:
    """A group to be made: its course, stage, size and dates."""

    course: Course
    stage: Stage
    size: int
    starts_on: date
    ends_on: date


@dataclass(slots=True)
class Groups:
    """Creates the groups of the sites."""

    volume: Volume
    writer: BulkWriter
    people: People
    studies: Studies
    password_hash: str

    def of_site(self, number: int, place: Staffed, courses: Sequence[Course]) -> None:
        """Creates the site's groups in the order in which they end, so that numbers of certificates ascend."""
        dice = self.volume.dice("groups", number)
        known: list[Human] = []
        intakes = sorted(self._intakes(dice, number, courses), key=lambda one: (one.ends_on, one.course.version))
        for place_in_order, intake in enumerate(intakes):
            self._group(dice, place, intake, place_in_order, known)

    def _intakes(self, dice: random.Random, number: int, courses: Sequence[Course]) -> Iterator[Intake]:
        left = self.volume.enrolments_of(number)
        most = min(MOST, max(5, left // 3))
        place = 0
        while left:
            size = min(left, dice.randint(min(FEWEST, most), most))
            stage = STAGES[place % len(STAGES)]
            starts_on, ends_on = self._dates(dice, stage)
            yield Intake(courses[place % len(courses)], stage, size, starts_on, ends_on)
            left, place = left - size, place + 1

    def _dates(self, dice: random.Random, stage: Stage) -> tuple[date, date]:
        length = timedelta(days=dice.randint(30, 60))
        if stage == "finished":
            ends_on = self.volume.day(dice.randint(20, 960))
            return ends_on - length, ends_on
        starts_on = self.volume.day(dice.randint(5, 28) if stage == "running" else -dice.randint(3, 30))
        return starts_on, starts_on + length

    def _group(self, dice: random.Random, place: Staffed, intake: Intake, number: int, known: list[Human]) -> None:
        over = intake.stage == "finished"
        title = f"{vocabulary.GROUPS[number % 4]} {intake.starts_on.year}, {number + 1}"
        since = at(min(intake.starts_on - timedelta(days=10), self.volume.day(2)))
        key = self.writer.add(
            Cohort,
            created_at=since,
            site_id=place.site,
            version_id=intake.course.version,
            title=title,
            starts_on=intake.starts_on,
            ends_on=intake.ends_on,
            order_number=f"{number + 1}-у",
            order_date=local_day(since),
            completion_order_number=f"{number + 1}-з" if over else None,
            completion_order_date=intake.ends_on if over else None,
            closed_at=at(intake.ends_on + timedelta(days=12)) if over else None,
        )
        by = place.leader.account
        record(
            self.writer,
            by,
            "cohort.create",
            (Cohort, key),
            since,
            site_id=place.site,
            title=vocabulary.GROUPS[number % 4],
        )
        group = Group(key, place, intake.course, intake.stage, intake.starts_on, intake.ends_on)
        self._deadlines(group)
        inside: set[int] = set()
        for _one in range(intake.size):
            human = self._trainee(dice, place, group, known, inside)
            inside.add(human.person)
            self._enrol(dice, group, human)

    def _trainee(
        self, dice: random.Random, place: Staffed, group: Group, known: list[Human], inside: set[int]
    ) -> Human:
        """Returns a new trainee or one of an earlier group of the site."""
        met = dice.choice(known) if known and dice.random() < 0.3 else None
        if met is not None and met.person not in inside:
            return met
        first = group.stage == "running" and KNOWN_TRAINEE not in self.people.taken
        human = self.people.create(
            dice,
            dice.choice(place.senders),
            at(min(group.starts_on - timedelta(days=9), self.volume.day(2))),
            username=KNOWN_TRAINEE if first else "",
            password_hash=self.password_hash if first else None,
        )
        known.append(human)
        return human

    def _deadlines(self, group: Group) -> None:
        """Spreads the topics over the group's dates."""
        days = (group.ends_on - group.starts_on).days
        for place, topic in enumerate(group.course.topics, 1):
            self.writer.add(
                TopicDeadline,
                created_at=at(group.starts_on),
                cohort_id=group.id,
                topic_lineage=topic.lineage,
                due_on=group.starts_on + timedelta(days=days * place // len(group.course.topics)),
            )

    def _enrol(self, dice: random.Random, group: Group, human: Human) -> None:
        """Creates the enrolment with all that the trainee has done so far."""
        day = min(group.starts_on - timedelta(days=8), self.volume.day(2))
        enrolment = self.writer.next_id(Enrolment)
        trainee = Trainee(enrolment, human, group)
        outcome = self.studies.study(dice, trainee)
        by = group.place.leader.account
        begun = group.stage != "upcoming"
        self.writer.add(
            Enrolment,
            created_at=at(day),
            cohort_id=group.id,
            person_id=human.person,
            state=outcome.state,
            enrolled_on=day,
            state_since=outcome.state_since or day,
            order_number=f"{group.id}-у",
            order_date=day,
            invited_at=at(day, 12),
            accepted_at=at(day, 18) if begun else None,
            last_seen_at=outcome.last_seen_at,
            hours_done=outcome.hours,
        )
        site = group.place.site
        record(self.writer, by, "enrolment.enrol", (Enrolment, enrolment), at(day), site_id=site, person=human.person)
        if outcome.state_since is not None:
            self._change(group, enrolment, outcome.state, outcome.state_since)

    def _change(self, group: Group, enrolment: int, state: str, day: date) -> None:
        order = f"{group.id}-з"
        self.writer.add(
            EnrolmentChange,
            created_at=at(day, 16),
            enrolment_id=enrolment,
            state=state,
            on_date=day,
            order_number=order,
            reason="по собственному желанию" if state == "withdrawn" else "",
            made_by_id=group.place.leader.account,
        )
        record(
            self.writer,
            group.place.leader.account,
            "enrolment.change",
            (Enrolment, enrolment),
            at(day, 16),
            site_id=group.place.site,
            state=state,
            order=order,
        )
