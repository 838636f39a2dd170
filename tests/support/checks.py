"""Self-checks for tests, created from GIFT by the operations, and right answers as form values."""

from typing import Any

from sqlalchemy.orm import Session

from assessment.attempts.queries import attempt_questions
from assessment.models.self_checks import Attempt, SelfCheck
from assessment.questions.gift.parser import read_gift
from assessment.self_checks import operations
from courses.models.programmes import ProgrammeVersion
from tests.factories import make

ALL_KINDS = """
::Вступление::Прочитайте вопросы не спеша. Время не ограничено.

::Выбор::Что записывает наблюдатель? {
  =то, что делают ученики#Верно: это можно увидеть.
  ~то, что он думает об учителе#Это оценка, а не наблюдение.
  ~то, что было на прошлом уроке
}

::Несколько::Что есть в протоколе наблюдения? {
  ~%50%время
  ~%50%действия учеников
  ~%-50%отметки учеников#Отметки ставит учитель.
  ~%-50%меню столовой
}

::Суждение::Протокол пишут после урока по памяти. {FALSE#Нет: его пишут на уроке.#Верно, по памяти писать поздно.}

::Слово::Как называется запись хода урока? {=протокол =%50%конспект}

::Число::Сколько минут длится академический час? {#45:0}

::Пары::Соотнесите этап и действие. {
  =Вызов -> ставят вопрос
  =Осмысление -> ищут ответ
  =Рефлексия -> оценивают свой путь
}

::Пропуск::Наблюдение начинают с {=вопроса ~вывода ~отметки} и заканчивают обсуждением.

::Эссе::Опишите один эпизод урока, который вас удивил. {####Хорошо, если в нём есть действия детей.}
"""


def make_check(
    session: Session, version: ProgrammeVersion, gift: str = ALL_KINDS, *, place: int | None = 0, **conditions: Any
) -> SelfCheck:
    """Creates a self-check from GIFT in the topic at this position of the plan (None: the entry test)."""
    topic = None if place is None else make.topics(session, version)[place]
    values = {"title": "Проверьте, что вы видите"} | conditions
    check = operations.create(
        session,
        actor=None,
        programme=version.programme,
        conditions=operations.SelfCheckSettings(
            **{"topic_lineage": topic.lineage if topic else None, "purpose": "topic" if topic else "entry"} | values
        ),
    )
    read = read_gift(gift)
    assert not read.skipped, read.skipped
    operations.add_questions(
        session, actor=None, check=check, questions=read.questions, site_id=version.programme.site_id
    )
    return check


def right_values(session: Session, attempt: Attempt) -> dict[str, Any]:
    """Returns form values that answer every question rightly; an essay gets a text."""
    values: dict[str, Any] = {"q": []}
    for one in attempt_questions(session, attempt):
        values["q"].append(str(one.id))
        for name, value in _right(one.question.kind, one.question.payload).items():
            values[f"q{one.id}-{name}"] = value
    return values


def _right(kind: str, payload: dict[str, Any]) -> dict[str, Any]:
    if kind in ("single_choice", "multiple_choice"):
        return {"choice": [one["id"] for one in payload["options"] if float(one["weight"]) > 0]}
    if kind == "true_false":
        return {"value": "true" if payload["right"] else "false"}
    if kind == "matching":
        return {f"pair-{one['id']}": one["right_id"] for one in payload["pairs"]}
    if kind == "missing_word":
        return {
            f"gap-{gap['id']}": next(
                one["text" if gap["typed"] else "id"] for one in gap["answers"] if one["weight"] == "100"
            )
            for gap in payload["gaps"]
        }
    answers = {
        "short_answer": lambda: payload["answers"][0]["text"],
        "numeric": lambda: payload["answers"][0]["value"],
        "essay": lambda: "Ученица сама задала вопрос.",
    }
    return {"text": answers[kind]()} if kind in answers else {}
