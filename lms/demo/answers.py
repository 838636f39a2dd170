"""The right answers to a question, derived from its key, so that the demo can answer any file of questions."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from assessment.questions.model import Answer, Payload, Question, RawAnswer
from assessment.questions.registry import question_type
from assessment.questions.weights import share

ESSAY = (
    "На последнем уроке я записывала только то, что видела и слышала. Из одиннадцати учеников первого ряда семеро "
    "сверялись с критериями до того, как сдать работу. Следующий шаг: дать время на правку после обратной связи."
)


def right_answer(kind: str, payload: Payload) -> Answer:
    """Returns the right answer as the type's ``clean_answer`` stores it; ``{}`` for an unknown type or one without
    an answer.
    """
    raw = raw_answer(kind, payload)
    return question_type(kind).clean_answer(payload, raw) if raw else {}


def raw_answer(kind: str, payload: Payload) -> RawAnswer:
    """Returns the right answer as values of form fields, without the question's prefix."""
    find = _RAW.get(kind)
    return find(payload) if find else {}


def answers_to(questions: Mapping[int, Question]) -> dict[str, Answer]:
    """Returns the right answers by the question's id as text; questions that cannot be answered are left out."""
    found = {str(key): right_answer(one.kind, one.payload) for key, one in questions.items()}
    return {key: answer for key, answer in found.items() if answer}


def _single(payload: Payload) -> RawAnswer:
    best = max(payload["options"], key=lambda one: share(one["weight"]))
    return {"choice": [best["id"]]}


def _several(payload: Payload) -> RawAnswer:
    return {"choice": [one["id"] for one in payload["options"] if share(one["weight"]) > 0]}


def _said(payload: Payload) -> RawAnswer:
    return {"value": ["true" if payload["right"] else "false"]}


def _typed(payload: Payload) -> RawAnswer:
    return {"text": [_key(payload)]}


def _key(holder: Mapping[str, Any]) -> str:
    """Returns the text of the key with the greatest weight. Its stars stand for any text, therefore also for a star."""
    best = max(holder["answers"], key=lambda one: share(one["weight"]))
    text: str = best["text"]
    return text.replace("\\*", "*")


def _number(payload: Payload) -> RawAnswer:
    best = max(payload["answers"], key=lambda one: share(one["weight"]))
    if "value" in best:
        return {"text": [str(best["value"])]}
    middle = (Decimal(best["low"]) + Decimal(best["high"])) / 2
    return {"text": [str(middle)]}


def _pairs(payload: Payload) -> RawAnswer:
    return {f"pair-{one['id']}": [one["right_id"]] for one in payload["pairs"] if one["left"]}


def _gaps(payload: Payload) -> RawAnswer:
    return {f"gap-{gap['id']}": [_key(gap) if gap["typed"] else _option(gap)] for gap in payload["gaps"]}


def _option(gap: Mapping[str, Any]) -> str:
    return str(max(gap["answers"], key=lambda one: share(one["weight"]))["id"])


def _essay(_payload: Payload) -> RawAnswer:
    return {"text": [ESSAY]}


_RAW: dict[str, Callable[[Payload], RawAnswer]] = {
    "single_choice": _single,
    "multiple_choice": _several,
    "true_false": _said,
    "short_answer": _typed,
    "numeric": _number,
    "matching": _pairs,
    "missing_word": _gaps,
    "essay": _essay,
}
