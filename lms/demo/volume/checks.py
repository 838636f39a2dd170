"""Generated self-checks: questions, and sheets of answers graded by the product."""

import json
import random
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from assessment.attempts.scoring import Score, prepare
from assessment.models.self_checks import Question as QuestionRow
from assessment.models.self_checks import SelfCheck, SelfCheckItem
from assessment.questions.gift.parser import read_gift
from assessment.questions.model import Answer, Question
from assessment.questions.registry import question_type
from lms.demo.answers import right_answer
from lms.demo.samples.make import GIFT
from lms.demo.volume.bulk_writer import BulkWriter

ASKED = 5
"""Questions of a self-check."""
THRESHOLD = Decimal(70)


@dataclass(frozen=True, slots=True)
class Sheet:
    """Answers of an attempt and their result, as the columns of ``attempt`` hold them."""

    answers: str
    state: str
    points: Decimal
    most: Decimal
    percent: Decimal
    result: str


@dataclass(frozen=True, slots=True)
class Check:
    """A self-check with sheets that pass, sheets that fail, and one whose essay waits for a person."""

    id: int
    title: str
    required: bool
    items: str
    passed: Sequence[Sheet]
    failed: Sequence[Sheet]
    waiting: Sheet | None


@dataclass(slots=True)
class Checks:
    """Creates self-checks from the sample's questions."""

    writer: BulkWriter
    pool: list[Question] = field(default_factory=lambda: list(read_gift(GIFT.read_bytes()).questions))

    def create(
        self,
        dice: random.Random,
        programme: int,
        topic: uuid.UUID | None,
        title: str,
        since: datetime,
        *,
        free: bool = False,
    ) -> Check:
        """Creates a self-check with its questions; ``free``: with a free answer too. Without topic, the entry test."""
        closed = [one for one in self.pool if one.kind != "essay"]
        asked = dice.sample(closed, ASKED) + [one for one in self.pool if one.kind == "essay"] * free
        check = self.writer.add(
            SelfCheck,
            created_at=since,
            programme_id=programme,
            topic_lineage=topic,
            purpose="topic" if topic else "entry",
            title=title,
            required=topic is not None,
        )
        keys = [self._question(dice, (programme, check, position), one, since) for position, one in enumerate(asked)]
        return _graded(dice, check, title, topic is not None, dict(zip(keys, asked, strict=True)))

    def _question(self, dice: random.Random, place: tuple[int, int, int], question: Question, since: datetime) -> int:
        """Creates a question; ``place``: programme, self-check, position."""
        programme, check, position = place
        key = self.writer.add(
            QuestionRow,
            created_at=since,
            programme_id=programme,
            lineage=uuid.UUID(int=dice.getrandbits(128), version=4),
            kind=question.kind,
            name=question.name,
            content=question.as_json(),
        )
        self.writer.add(
            SelfCheckItem, created_at=since, self_check_id=check, question_id=key, position=position, mark=question.mark
        )
        return key


def _graded(dice: random.Random, check: int, title: str, required: bool, asked: dict[int, Question]) -> Check:
    prepared = prepare((str(key), one, one.mark) for key, one in asked.items())
    right = {str(key): right_answer(one.kind, one.payload) for key, one in asked.items()}
    essays = {str(key): one.mark for key, one in asked.items() if question_type(one.kind).by_person}
    closed = [key for key in right if key not in essays]
    passed: list[Sheet] = []
    failed: list[Sheet] = []
    for wrong in (0, 0, 1, 2, 3, 4):
        blank = set(dice.sample(closed, wrong))
        answers = {key: answer for key, answer in right.items() if key not in blank}
        score = prepared.score(answers, essays)
        (passed if score.percent >= THRESHOLD else failed).append(_sheet(answers, score, essays))
    waiting = _sheet(right, prepared.score(right), {}) if essays else None
    items = json.dumps([[key, str(one.mark)] for key, one in asked.items()])
    return Check(check, title, required, items, passed, failed, waiting)


def _sheet(answers: dict[str, Answer], score: Score, given: dict[str, Decimal]) -> Sheet:
    result: dict[str, Any] = {"questions": score.breakdown}
    if given:
        result |= {"given": {key: str(points) for key, points in given.items()}, "comments": {}}
    return Sheet(
        json.dumps(answers, ensure_ascii=False),
        "needs_person" if score.needs_person else "graded",
        score.points,
        score.max_points,
        score.percent,
        json.dumps(result, ensure_ascii=False),
    )
