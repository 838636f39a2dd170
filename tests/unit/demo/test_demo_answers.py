"""The demo answers every question rightly, whatever file it was given."""

from decimal import Decimal
from fractions import Fraction

import pytest

from assessment.attempts.scoring import score
from assessment.questions.gift.parser import read_gift
from assessment.questions.registry import question_type, question_types
from lms.demo.answers import answers_to, raw_answer, right_answer
from lms.demo.samples.make import GIFT

WIDER = r"""
::Вес::Выберите {~%60%почти =верно ~нет}
::Треть::Отметьте {~%33.33%один ~%33.33%два ~%33.34%три ~%-100%ноль}
::Ложь::Земля плоская. {F}
::Звезда::Назовите любой город {=*}
::Начало::Город на реке {=Томск* =%50%Кемерово}
::Точно::Сколько? {#3.14:0.01}
::Отрезок::Сколько? {#
  =%50%1..9
  =4..6
}
::Пары::Соотнесите {=кот -> мяу =пёс -> гав = -> му}
::Слово::Столица — {=Москва ~Тверь}, река — {=Волга =Ока}.
"""


@pytest.mark.parametrize("source", [GIFT.read_text(encoding="utf-8"), WIDER], ids=["sample", "wider"])
def test_every_answer_is_right(source: str):
    found = read_gift(source)
    assert found.questions
    assert not found.skipped
    for question in found.questions:
        grade = question_type(question.kind).grade(question.payload, right_answer(question.kind, question.payload))
        assert grade.state in ("right", "waiting"), question.name
        assert grade.fraction in (Fraction(1), None), question.name


def test_whole_file_scores_everything_but_its_essays():
    questions = dict(enumerate(read_gift(GIFT.read_bytes()).questions))
    result = score([(str(key), one, one.mark) for key, one in questions.items()], answers_to(questions))
    assert result.points + result.waiting_points == result.max_points
    assert result.waiting_points == Decimal(1)


def test_every_type_of_the_registry_is_known_or_asks_nothing():
    for kind, found in question_types().items():
        payload = found.blank()
        if kind == "description":
            assert raw_answer(kind, payload) == {}
        elif kind in ("essay", "true_false"):
            assert right_answer(kind, payload)


def test_unknown_type_is_left_unanswered():
    assert raw_answer("hotspot", {}) == {}
    assert right_answer("hotspot", {}) == {}
