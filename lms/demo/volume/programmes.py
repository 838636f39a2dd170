"""Generated programmes: versions with plans in hours, outcomes, criteria, materials, self-checks and tasks."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import update

from assessment.completion.rule import CompletionRule
from assessment.models.self_checks import SelfCheck
from assessment.ratings.scoring import RatedDescriptor
from courses.materials.operations import MaterialDraft
from courses.models.materials import Material
from courses.models.programmes import (
    Programme,
    ProgrammeVersion,
)
from lms.demo.volume import vocabulary
from lms.demo.volume.bulk_writer import BulkWriter
from lms.demo.volume.checks import Check, Checks
from lms.demo.volume.people import record
from lms.demo.volume.registry import Staffed
from lms.demo.volume.versions import CourseTopic, Versions, html_of
from lms.demo.volume.volume import FOUNDED, Volume, at

STATES = ("approved", "approved", "approved", "approved", "approved", "approved", "draft", "submitted", "returned")
"""States of the first versions; a site's first programme is always approved."""


@dataclass(frozen=True, slots=True)
class Course:
    """An approved programme, ready for groups."""

    programme: int
    version: int
    title: str
    workload: Decimal
    topics: Sequence[CourseTopic]
    entry: Check
    descriptors: Sequence[RatedDescriptor]
    rule: CompletionRule


@dataclass(slots=True)
class Programmes:
    """Creates the programmes of the sites."""

    volume: Volume
    writer: BulkWriter
    checks: Checks
    versions: Versions

    def of_site(self, number: int, place: Staffed) -> list[Course]:
        """Creates the programmes of the site; returns the approved ones."""
        count = self.volume.programmes_of(number)
        made: list[tuple[Course, random.Random]] = []
        for index in range(count):
            dice = self.volume.dice(f"programme-{number}", index)
            state = dice.choice(STATES) if index else "approved"
            if state == "approved":
                made.append((self._approved(dice, place, index), dice))
            else:
                self.versions.version(dice, place, self._programme(place), index, state=state)
        self._approve([course.version for course, _dice in made], place)
        for index, (course, dice) in enumerate(made):
            if dice.random() < 0.15:
                self.versions.version(dice, place, course.programme, index, number=2, state="draft")
        return [course for course, _dice in made]

    def _programme(self, place: Staffed) -> int:
        return self.writer.add(Programme, created_at=at(self.volume.day(FOUNDED)), site_id=place.site)

    def _approved(self, dice: random.Random, place: Staffed, index: int) -> Course:
        """Creates a programme with all its content; its version is approved afterwards, because it is frozen then.

        The last topic but one has only a class.
        """
        programme = self._programme(place)
        plan, title, workload, descriptors = self.versions.version(dice, place, programme, index, state="considered")
        since = at(self.volume.day(FOUNDED - 20))
        by = place.leader.account
        for spot, topic in enumerate(plan.topics):
            if spot == len(plan.topics) - 2:
                continue
            self._materials(dice, place, programme, topic, since)
            if spot == 0 or (spot == 2 and len(plan.topics) > 4):
                free = spot == 2 and index % 5 == 4
                topic.check = self.checks.create(dice, programme, topic.lineage, topic.title, since, free=free)
                record(self.writer, by, "self_check.create", (SelfCheck, topic.check.id), since, site_id=place.site)
        entry = self.checks.create(dice, programme, None, "Входная диагностика", since)
        rule = CompletionRule(
            hours=workload,
            materials=frozenset(key for topic in plan.topics for key, _way in topic.materials),
            tasks=frozenset(topic.task.id for topic in plan.topics if topic.task),
            self_checks=frozenset(topic.check.id for topic in plan.topics if topic.check and topic.check.required),
            threshold=Decimal(70),
        )
        return Course(programme, plan.version, title, workload, plan.topics, entry, descriptors, rule)

    def _materials(
        self, dice: random.Random, place: Staffed, programme: int, topic: CourseTopic, since: datetime
    ) -> None:
        for position in range(dice.choice((1, 1, 2))):
            kind, way = ("page", "confirmed") if position == 0 else ("link", "opened")
            title = topic.title if position == 0 else f"Запись урока: {topic.title.lower()}"
            draft = MaterialDraft(kind, title, vocabulary.PAGE.format(title=title) if kind == "page" else "")
            key = self.writer.add(
                Material,
                created_at=since,
                programme_id=programme,
                topic_lineage=topic.lineage,
                position=position,
                kind=draft.kind,
                title=draft.title,
                body=draft.body,
                body_html=html_of(draft.body),
                url=None if kind == "page" else f"https://video.example.org/{programme}/{position}",
                minutes=dice.choice((10, 15, 20, 30)),
                completion=way,
            )
            topic.materials.append((key, way))
            detail = {"title": title, "kind": kind}
            by = place.leader.account
            record(self.writer, by, "material.add", (Material, key), since, site_id=place.site, **detail)

    def _approve(self, versions: Sequence[int], place: Staffed) -> None:
        """Stores everything so far and approves the versions, which are frozen from then on."""
        day = self.volume.day(FOUNDED - 25)
        for version in versions:
            self.versions.consider(place, version, "approved", day)
        self.writer.flush()
        self.writer.session.execute(
            update(ProgrammeVersion)
            .where(ProgrammeVersion.id.in_(versions))
            .values(state="approved", approved_at=at(day), approval_document="Протокол № 3", approved_on=day)
            .execution_options(synchronize_session=False)
        )
