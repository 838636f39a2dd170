"""Scoring of attempts: from questions, marks and answers to points, per cent and a result for each question.

Without side effects. ``prepare`` prepares the graders of a self-check once; they score any number of attempts.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any, Final

from assessment.questions.model import Answer, Grade, Grader, Question
from assessment.questions.registry import question_type

HUNDREDTH: Final = Decimal("0.01")
_NOTHING: Final[Answer] = {}
_REMEMBERED: Final = 1_024

Breakdown = list[dict[str, Any]]
"""Results in question order: ``{"question", "state", "points", "max", "fraction", "parts", "feedback"}``."""


@dataclass(frozen=True, slots=True, eq=False)
class QuestionResult:
    """Result of a question, computed once for each grade that occurs."""

    grade: Grade
    points: Fraction
    data: dict[str, Any]
    json: str
    """``data`` as JSON: attempts with the same grade store the same text."""


@dataclass(frozen=True, slots=True)
class Score:
    """Result of an attempt.

    ``points`` counts what is graded so far; while ``needs_person`` is true, up to ``waiting_points`` may be added.
    ``percent`` is cut, not rounded, to hundredths: it reaches a threshold of at most two decimals exactly when the
    points do.
    """

    points: Decimal
    max_points: Decimal
    percent: Decimal
    needs_person: bool
    waiting_points: Decimal
    results: Sequence[QuestionResult]

    @property
    def breakdown(self) -> Breakdown:
        """Results of the questions, in order."""
        return [one.data for one in self.results]

    @property
    def breakdown_json(self) -> str:
        """``breakdown`` as JSON."""
        return f"[{','.join([one.json for one in self.results])}]"

    def reaches(self, threshold: Decimal) -> bool:
        """Returns whether the points given so far reach a threshold in per cent (at most two decimals)."""
        return self.percent >= threshold


class _PreparedQuestion:
    """A question of the self-check with its prepared grader."""

    __slots__ = ("entries", "grade", "key", "mark", "worth")

    def __init__(self, key: str, question: Question, mark: Decimal) -> None:
        kind = question_type(question.kind)
        self.key = key
        self.mark = mark if kind.marked else Decimal(0)
        self.worth = Fraction(self.mark)
        self.grade: Grader = kind.prepare(question.payload)
        self.entries: dict[int, QuestionResult] = {}

    def entry(self, answer: Answer) -> QuestionResult:
        grade = self.grade(answer)
        found = self.entries.get(id(grade))
        if found is None:
            found = self.made(grade)
            if len(self.entries) < _REMEMBERED:  # the entry references the grade, so its id is not reused
                self.entries[id(grade)] = found
        return found

    def made(self, grade: Grade) -> QuestionResult:
        points = self.worth * (grade.fraction or 0)
        return self.result(grade, points, {})

    def result(self, grade: Grade, points: Fraction, more: Mapping[str, Any]) -> QuestionResult:
        data = {**self.line(points, grade.as_json()), **more}
        return QuestionResult(grade, points, data, json.dumps(data, ensure_ascii=False))

    def line(self, points: Fraction, told: dict[str, Any]) -> dict[str, Any]:
        shown = None if told["fraction"] is None else str(rounded(points))
        return {"question": self.key, "points": shown, "max": str(self.mark), **told}

    def given(self, points: Decimal) -> QuestionResult:
        """Returns the result of a question graded by a person; points are limited to 0…mark."""
        share = Fraction(min(max(points, Decimal(0)), self.mark))
        grade = Grade(share / self.worth if self.worth else Fraction(0), _state(share, self.worth))
        return self.result(grade, share, {"by_person": True})


def _state(points: Fraction, worth: Fraction) -> Any:
    return "right" if points == worth else "partly" if points else "wrong"


class PreparedSelfCheck:
    """A self-check with prepared graders."""

    __slots__ = ("asked", "max_points", "settled")

    def __init__(self, items: Iterable[tuple[str, Question, Decimal]]) -> None:
        self.asked = [_PreparedQuestion(key, question, mark) for key, question, mark in items]
        self.max_points = sum((one.mark for one in self.asked), Decimal(0))
        self.settled: dict[tuple[int, int], tuple[Decimal, Decimal]] = {}

    def score(self, answers: Mapping[str, Answer], given: Mapping[str, Decimal] | None = None) -> Score:
        """Returns the score of these answers (question key → answer). ``given``: points given by a person, by key."""
        entries = [self._entry(one, answers, given or {}) for one in self.asked]
        waiting = [one.mark for one, entry in zip(self.asked, entries, strict=True) if entry.grade.fraction is None]
        points, share = self._settled(exact_sum([entry.points for entry in entries]))
        return Score(points, self.max_points, share, bool(waiting), sum(waiting, Decimal(0)), entries)

    def _settled(self, points: Fraction) -> tuple[Decimal, Decimal]:
        """Returns points and per cent as they are stored; few sums occur, each is computed once."""
        known = (points.numerator, points.denominator)
        found = self.settled.get(known)
        if found is None:
            found = rounded(points), percent(points, Fraction(self.max_points))
            if len(self.settled) < _REMEMBERED:
                self.settled[known] = found
        return found

    @staticmethod
    def _entry(one: _PreparedQuestion, answers: Mapping[str, Answer], given: Mapping[str, Decimal]) -> QuestionResult:
        if one.key in given:
            return one.given(given[one.key])
        return one.entry(answers.get(one.key) or _NOTHING)


def prepare(items: Iterable[tuple[str, Question, Decimal]]) -> PreparedSelfCheck:
    """Returns a prepared self-check from (key, question, mark in points) in the order of the attempt."""
    return PreparedSelfCheck(items)


def score(items: Iterable[tuple[str, Question, Decimal]], answers: Mapping[str, Answer]) -> Score:
    """Returns the score of a single attempt."""
    return prepare(items).score(answers)


def exact_sum(numbers: Sequence[Fraction]) -> Fraction:
    """Returns the exact sum; adds numerators by denominator, about ten times faster than adding fractions one by
    one.
    """
    by_denominator: dict[int, int] = {}
    for one in numbers:
        denominator = one.denominator
        by_denominator[denominator] = by_denominator.get(denominator, 0) + one.numerator
    return sum((Fraction(top, bottom) for bottom, top in by_denominator.items()), Fraction(0))


def rounded(points: Fraction) -> Decimal:
    """Returns points rounded to hundredths, half up."""
    exact = Decimal(points.numerator * 1_000_000 // points.denominator).scaleb(-6)
    return exact.quantize(HUNDREDTH, ROUND_HALF_UP)


def percent(points: Fraction, most: Fraction) -> Decimal:
    """Returns the share in per cent, cut to hundredths; 100 if nothing could be earned."""
    if not most:
        return Decimal(100).quantize(HUNDREDTH)
    share = points * 10_000 / most
    return Decimal(share.numerator // share.denominator).scaleb(-2).quantize(HUNDREDTH, ROUND_DOWN)
