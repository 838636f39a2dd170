"""Versions of generated programmes: the plan in hours, outcomes, criteria, tasks, the council's decisions."""

import random
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal

from assessment.models.attestation import AttestationTask
from assessment.ratings.scoring import RatedDescriptor
from courses.models.programmes import (
    Competency,
    Consideration,
    Descriptor,
    HourKind,
    ProgrammeVersion,
    Rubric,
    RubricCriterion,
    Section,
    Topic,
    TopicHours,
)
from courses.thematic_plan.model import TOTAL
from lms.core.i18n import local_day
from lms.core.richtext import to_safe_html
from lms.demo.content import KINDS
from lms.demo.volume import vocabulary
from lms.demo.volume.bulk_writer import BulkWriter
from lms.demo.volume.checks import Check
from lms.demo.volume.people import record
from lms.demo.volume.registry import Staffed
from lms.demo.volume.volume import FOUNDED, Volume, at

POINTS = Decimal(4)
LEAST = Decimal(1)
SHAPES = ((2, 2, 2), (3, 2, 2), (2, 3, 1), (2, 2), (3, 3, 2))
"""Numbers of topics in the sections of a plan."""


@dataclass(frozen=True, slots=True)
class Criterion:
    """A criterion of a task."""

    id: int
    most: Decimal


@dataclass(frozen=True, slots=True)
class Task:
    """A task with its criteria and pass mark."""

    id: int
    title: str
    criteria: Sequence[Criterion]
    pass_mark: Decimal

    @property
    def most(self) -> Decimal:
        """Points that can be earned."""
        return sum((one.most for one in self.criteria), Decimal(0))


@dataclass(slots=True)
class CourseTopic:
    """A topic with what a trainee does in it; without items, the leader confirms its class."""

    lineage: uuid.UUID
    title: str
    hours: Mapping[uuid.UUID, Decimal]
    materials: list[tuple[int, str]] = field(default_factory=list)
    """(material, way of completion)"""
    check: Check | None = None
    task: Task | None = None

    @property
    def total(self) -> Decimal:
        """Hours of all kinds."""
        return sum(self.hours.values(), Decimal(0))


@dataclass(slots=True)
class Plan:
    """Rows of a version under construction."""

    version: int
    kinds: Sequence[tuple[int, uuid.UUID]]
    topics: list[CourseTopic] = field(default_factory=list)


@dataclass(slots=True)
class Versions:
    """Creates versions of programmes."""

    volume: Volume
    writer: BulkWriter

    def version(
        self, dice: random.Random, place: Staffed, programme: int, index: int, *, state: str, number: int = 1
    ) -> tuple[Plan, str, Decimal, Sequence[RatedDescriptor]]:
        """Creates a version with plan, outcomes, criteria and tasks."""
        shape = dice.choice(SHAPES)
        hours = [(_halves(dice, 6), _halves(dice, 8)) for _topic in range(sum(shape))]
        workload = sum((first + second for first, second in hours), Decimal(0))
        title = f"{vocabulary.PROGRAMMES[(index + place.site) % len(vocabulary.PROGRAMMES)]}: {place.theme.lower()}"
        since = at(self.volume.day(FOUNDED - number))
        version = self.writer.add(
            ProgrammeVersion,
            created_at=since,
            programme_id=programme,
            number=number,
            state=state,
            title=title,
            workload=workload,
            year=since.year,
            audience="учителя-предметники, педагоги дополнительного образования",
            form="очная с применением дистанционных технологий",
            key_ideas="Стажировка учит наблюдать без оценок и превращать наблюдения в следующий шаг.",
            goal="Освоить практику площадки и применить её на своём уроке.",
            tasks=["увидеть практику на уроках площадки", "попробовать её на своём уроке"],
            conditions={"staff": "Педагоги площадки.", "equipment": "Кабинет.", "information": "Записи уроков."},
            literature=["Положение о стажировочной площадке", "Сборник приёмов педагогов площадки"],
            pass_mark=POINTS * 2,
            submitted_at=since if state in ("submitted", "considered", "returned") else None,
        )
        record(
            self.writer, place.leader.account, "programme.start", (ProgrammeVersion, version), since, site_id=place.site
        )
        plan = self._plan(dice, version, shape, hours, since)
        descriptors = self._outcomes(dice, version, since)
        self._tasks(dice, plan, since)
        if state in ("considered", "returned"):
            self.consider(place, version, state, local_day(since) + timedelta(days=10))
        return plan, title, workload, descriptors

    def _plan(
        self,
        dice: random.Random,
        version: int,
        shape: Sequence[int],
        hours: Sequence[tuple[Decimal, Decimal]],
        since: datetime,
    ) -> Plan:
        kinds = []
        for position, name in enumerate(KINDS):
            lineage = _lineage(dice)
            key = self.writer.add(
                HourKind, created_at=since, version_id=version, lineage=lineage, position=position, name=name
            )
            kinds.append((key, lineage))
        plan, left = Plan(version, kinds), list(hours)
        for position, size in enumerate(shape):
            self._section(dice, plan, position, [left.pop(0) for _topic in range(size)], since)
        return plan

    def _section(
        self,
        dice: random.Random,
        plan: Plan,
        position: int,
        hours: Sequence[tuple[Decimal, Decimal]],
        since: datetime,
    ) -> None:
        used = [dice.sample(range(len(plan.kinds)), 2) for _topic in hours]
        stated: dict[str, Decimal] = {TOTAL: Decimal(0)}
        for (first, second), (one, other) in zip(hours, used, strict=True):
            for value, kind in ((first, one), (second, other)):
                lineage = str(plan.kinds[kind][1])
                stated[lineage] = stated.get(lineage, Decimal(0)) + value
                stated[TOTAL] += value
        section = self.writer.add(
            Section,
            created_at=since,
            version_id=plan.version,
            lineage=_lineage(dice),
            position=position,
            title=vocabulary.SECTIONS[position],
            stated_hours={key: str(value) for key, value in stated.items()},
        )
        for spot, values in enumerate(hours):
            self._topic(dice, plan, (section, spot), dict(zip(used[spot], values, strict=True)), since)

    def _topic(
        self,
        dice: random.Random,
        plan: Plan,
        place: tuple[int, int],
        hours: Mapping[int, Decimal],
        since: datetime,
    ) -> None:
        """Creates a topic; ``place``: section and position, ``hours`` by the number of the column."""
        section, position = place
        lineage = _lineage(dice)
        title = vocabulary.TOPICS[(len(plan.topics) + dice.randrange(3)) % len(vocabulary.TOPICS)]
        key = self.writer.add(
            Topic,
            created_at=since,
            version_id=plan.version,
            section_id=section,
            lineage=lineage,
            position=position,
            title=title,
            class_form=dice.choice(vocabulary.CLASS_FORMS),
            control_form=dice.choice(vocabulary.CONTROL_FORMS),
        )
        for kind, value in sorted(hours.items()):
            self.writer.add(TopicHours, topic_id=key, kind_id=plan.kinds[kind][0], hours=value)
        credits = {plan.kinds[kind][1]: value for kind, value in sorted(hours.items())}
        plan.topics.append(CourseTopic(lineage, title, credits))

    def _outcomes(self, dice: random.Random, version: int, since: datetime) -> list[RatedDescriptor]:
        found = []
        for position, (title, descriptors) in enumerate(vocabulary.COMPETENCIES):
            outcome = _lineage(dice)
            competency = self.writer.add(
                Competency,
                created_at=since,
                version_id=version,
                lineage=outcome,
                position=position,
                title=title,
            )
            for spot, (kind, text) in enumerate(zip(("knows", "can", "practised"), descriptors, strict=True)):
                lineage = _lineage(dice)
                self.writer.add(
                    Descriptor,
                    created_at=since,
                    competency_id=competency,
                    lineage=lineage,
                    position=spot,
                    kind=kind,
                    text=text,
                )
                found.append(RatedDescriptor(str(lineage), str(outcome), kind))
        return found

    def _tasks(self, dice: random.Random, plan: Plan, since: datetime) -> None:
        """Creates the final task at the last topic and, in most programmes, a current one before it."""
        plan.topics[-1].task = self._task(dice, plan, plan.topics[-1], "final", since)
        if dice.random() < 0.6:
            topic = plan.topics[1]
            topic.task = self._task(dice, plan, topic, "current", since)

    def _task(self, dice: random.Random, plan: Plan, topic: CourseTopic, kind: str, since: datetime) -> Task:
        rubric = self.writer.add(Rubric, created_at=since, version_id=plan.version, final=kind == "final")
        criteria = [
            Criterion(self._criterion(dice, rubric, spot, since), POINTS)
            for spot in range(len(vocabulary.CRITERIA) if kind == "final" else 2)
        ]
        title = "Технологическая карта урока" if kind == "final" else "Протокол наблюдения урока"
        pass_mark = POINTS * len(criteria) / 2
        key = self.writer.add(
            AttestationTask,
            created_at=since,
            version_id=plan.version,
            lineage=_lineage(dice),
            topic_lineage=topic.lineage,
            kind=kind,
            position=int(kind == "current"),
            title=title,
            instructions=vocabulary.INSTRUCTIONS,
            instructions_html=html_of(vocabulary.INSTRUCTIONS),
            pass_mark=pass_mark,
            rubric_id=rubric,
        )
        return Task(key, title, criteria, pass_mark)

    def _criterion(self, dice: random.Random, rubric: int, position: int, since: datetime) -> int:
        name, indicator = vocabulary.CRITERIA[position]
        return self.writer.add(
            RubricCriterion,
            created_at=since,
            rubric_id=rubric,
            lineage=_lineage(dice),
            position=position,
            name=name,
            indicator=indicator,
            max_points=POINTS,
            min_points=LEAST,
        )

    def consider(self, place: Staffed, version: int, decision: str, day: date) -> None:
        """Adds the council's decision."""
        by = place.methodologist.account
        self.writer.add(
            Consideration,
            created_at=at(day),
            version_id=version,
            decision=decision,
            document="Протокол № 3",
            decided_on=day,
            remarks="Уточните критерии итоговой аттестации." if decision == "returned" else "",
            decided_by_id=by,
        )
        detail = {"before": "submitted", "after": decision}
        record(
            self.writer, by, f"programme.{decision}", (ProgrammeVersion, version), at(day), site_id=place.site, **detail
        )


def _halves(dice: random.Random, most: int) -> Decimal:
    """Returns hours from one to half of ``most``, with two decimals as the database keeps them."""
    return (Decimal(dice.randint(2, most)) / 2).quantize(Decimal("0.01"))


def _lineage(dice: random.Random) -> uuid.UUID:
    return uuid.UUID(int=dice.getrandbits(128), version=4)


_HTML: dict[str, str] = {}


def html_of(text: str) -> str:
    """Returns the text as safe HTML; texts repeat, so each is made once."""
    if text not in _HTML:
        _HTML[text] = to_safe_html(text, "markdown")
    return _HTML[text]
