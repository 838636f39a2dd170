"""Corrected keys: which attempts were graded by an older key or mark, and what they hold under the corrected one.

A question's row never changes, and an attempt keeps the rows and marks with which it began. So an attempt is graded by
an older key if its self-check uses a newer row of one of its questions with another key, or another mark.
"""

import json
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, bindparam, false, func, or_, select
from sqlalchemy.orm import Session

from assessment.attempts.handed_in import HandedIn
from assessment.models.self_checks import Attempt, SelfCheckItem
from assessment.models.self_checks import Question as QuestionRow
from assessment.questions.registry import question_type

GRADED = ("graded", "needs_person")
Items = tuple[tuple[int, str], ...]
"""Pairs of question id and mark, as an attempt keeps them."""


USED, NOW = QuestionRow.__table__.alias("used"), QuestionRow.__table__.alias("now")


def _now_asked(*columns: ColumnElement[Any]) -> Select[Any]:
    """Selects the id of each of these questions, the mark that the self-check gives for it now, and these columns."""
    return (
        select(USED.c.id, SelfCheckItem.mark, *columns)
        .select_from(USED)
        .join(NOW, NOW.c.lineage == USED.c.lineage)
        .join(SelfCheckItem, SelfCheckItem.question_id == NOW.c.id)
        .where(
            SelfCheckItem.self_check_id == bindparam("self_check_id", type_=Integer),
            USED.c.id.in_(bindparam("ids", type_=Integer, expanding=True)),
        )
    )


REPLACEMENTS = _now_asked(NOW.c.id, NOW.c.kind, USED.c.content, NOW.c.content)
CORRECTED = _now_asked((USED.c.id != NOW.c.id) & (USED.c.content["payload"] != NOW.c.content["payload"]))
"""Built once: building a statement costs several times as much as running it."""


@dataclass(frozen=True, slots=True)
class Replacement:
    """The row and mark that the self-check uses now for a question of older attempts, with both payloads."""

    question_id: int
    mark: str
    kind: str
    old: dict[str, Any]
    new: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Corrections:
    """Sets of questions and marks that attempts were graded by and that are corrected since."""

    replacements: Mapping[int, Replacement]
    """By the id of the older row."""
    stale: Mapping[Items, int]
    """Corrected set → number of attempts graded by it."""
    _sets: dict[Items, "CorrectedSet"] = field(default_factory=dict, init=False, repr=False, compare=False)

    @property
    def count(self) -> int:
        """Number of attempts graded by an older key or mark."""
        return sum(self.stale.values())

    def set_of(self, items: Iterable[Any]) -> "CorrectedSet":
        """Returns the corrected form of this set of questions and marks, the same object each time."""
        key = _items(items)
        found = self._sets.get(key)
        if found is None:
            found = self._sets[key] = CorrectedSet(key, self.replacements)
        return found


def corrections_of(session: Session, self_check_id: int, *, after: int = 0) -> Corrections:
    """Returns the corrections that concern graded attempts at this self-check, those with ids above ``after``. Two
    queries.
    """
    rows = session.execute(
        select(Attempt.items, func.count())
        .where(Attempt.self_check_id == self_check_id, Attempt.state.in_(GRADED), Attempt.id > after)
        .group_by(Attempt.items)
    )
    sets = {_items(items): count for items, count in rows}
    replacements = replacements_of(session, self_check_id, {key for items in sets for key, _mark in items})
    stale = {items: count for items, count in sets.items() if _is_stale(items, replacements)}
    return Corrections(replacements, stale)


def replacements_of(session: Session, self_check_id: int, question_ids: Iterable[int]) -> dict[int, Replacement]:
    """Returns, for each of these questions that the self-check still asks, what it uses now. One query."""
    ids = sorted(set(question_ids))
    if not ids:
        return {}
    rows = session.execute(REPLACEMENTS, {"self_check_id": self_check_id, "ids": ids})
    return {
        old_id: Replacement(new_id, str(mark.normalize()), kind, old["payload"], new["payload"])
        for old_id, mark, new_id, kind, old, new in rows
    }


def corrected_questions(session: Session, attempt: Attempt) -> set[int]:
    """Returns the attempt's questions whose key or mark was corrected after it was graded. One query."""
    if attempt.state not in GRADED:
        return set()
    marks = {key: Decimal(mark) for key, mark in _items(attempt.items)}
    rows = session.execute(CORRECTED, {"self_check_id": attempt.self_check_id, "ids": list(marks)})
    return {key for key, mark, changed in rows if changed or mark != marks[key]}


def graded_by(sets: Iterable[Items]) -> ColumnElement[bool]:
    """Condition: attempts graded by one of these sets of questions and marks."""
    return or_(false(), *(Attempt.items == [list(pair) for pair in items] for items in sets))


def _items(stored: Iterable[Any]) -> Items:
    return tuple((key, mark) for key, mark in stored)


def _is_stale(items: Items, found: Mapping[int, Replacement]) -> bool:
    return any(key in found and _differs(mark, found[key]) for key, mark in items)


def _differs(mark: str, now: Replacement) -> bool:
    return now.old != now.new or Decimal(mark) != Decimal(now.mark)


def by_corrected_keys(session: Session, attempts: Sequence[HandedIn]) -> list[HandedIn]:
    """Returns the attempts as they are graded: one that nobody has graded yet counts by the keys and marks of now.

    A key that is corrected while an attempt is under way is the key of its result. One query, and one more for each
    self-check with such an attempt.
    """
    used = _current_items(session, {row.self_check_id for row in attempts if row.state == "handed_in"})
    return [_up_to_date(session, row, used) if row.state == "handed_in" else row for row in attempts]


def _current_items(session: Session, self_check_ids: Iterable[int]) -> set[tuple[int, int, Decimal]]:
    ids = sorted(self_check_ids)
    if not ids:
        return set()
    wanted = SelfCheckItem.self_check_id.in_(ids)
    rows = session.execute(
        select(SelfCheckItem.self_check_id, SelfCheckItem.question_id, SelfCheckItem.mark).where(wanted)
    )
    return {(check_id, question_id, mark) for check_id, question_id, mark in rows}


def _up_to_date(session: Session, row: HandedIn, used: Container[tuple[int, int, Decimal]]) -> HandedIn:
    if all((row.self_check_id, key, Decimal(mark)) in used for key, mark in row.items):
        return row
    found = replacements_of(session, row.self_check_id, (key for key, _mark in row.items))
    return corrected(row, found)


class CorrectedSet:
    """The corrected form of a set of questions and marks, computed once for all attempts that were graded by it."""

    __slots__ = ("carried", "items", "items_json", "new_ids")

    def __init__(self, items: Iterable[Sequence[Any]], found: Mapping[int, Replacement]) -> None:
        asked = [(key, mark, found.get(key)) for key, mark in items]
        self.items = [[now.question_id, now.mark] if now else [key, mark] for key, mark, now in asked]
        self.items_json = json.dumps(self.items)
        self.new_ids = {str(key): str(now.question_id if now else key) for key, _mark, now in asked}
        self.carried = {str(key): now for key, _mark, now in asked if now and now.old != now.new}

    def of(self, attempt: HandedIn) -> HandedIn:
        """Returns the attempt as it is graded by the corrected keys: its answers and a person's points go along."""
        answers = {self.new_ids[key]: answer for key, answer in attempt.answers.items() if key in self.new_ids}
        for key, now in self.carried.items():
            if key in attempt.answers:
                answers[self.new_ids[key]] = _carried(attempt.answers[key], now)
        return attempt._replace(items=self.items, answers=answers, result=self._renamed(attempt.result))

    def _renamed(self, result: dict[str, Any]) -> dict[str, Any]:
        renamed = dict(result)
        for name in ("given", "comments"):
            if name in result:
                renamed[name] = {self.new_ids.get(key, key): value for key, value in result[name].items()}
        return renamed


def corrected(attempt: HandedIn, found: Mapping[int, Replacement]) -> HandedIn:
    """Returns the attempt as it is graded by the corrected keys."""
    return CorrectedSet(attempt.items, found).of(attempt)


def _carried(answer: Mapping[str, Any], now: Replacement) -> dict[str, Any]:
    return dict(question_type(now.kind).carry_answer(now.old, now.new, answer))
