"""True or false: one statement, with feedback for either answer."""

import re
from typing import Any, Final

from assessment.questions import normalise
from assessment.questions.base import QuestionType
from assessment.questions.gift.answer_blocks import Block, split_feedback, write_feedback
from assessment.questions.gift.escapes import write_question_text
from assessment.questions.model import (
    UNANSWERED,
    Answer,
    Grader,
    Part,
    Payload,
    Question,
    RawAnswer,
    RichText,
    make_grade,
    optional_text,
)
from assessment.questions.payload_checks import Checker
from assessment.questions.weights import FULL
from lms.core.richtext import TextFormat
from lms.core.sentences import ErrorDetail, sentence

_GIFT: Final = re.compile(r"(?:(T|TRUE|ВЕРНО|ИСТИНА)|(?:F|FALSE|НЕВЕРНО|ЛОЖЬ))\s*(?=#|$)", re.IGNORECASE)


class TrueFalse(QuestionType):
    """Payload ``{"right": bool, "feedback_right", "feedback_wrong"}``; answer ``{"value": bool}``."""

    kind = "true_false"
    gift_order = 10

    def normalise_payload(self, payload: Any, fmt: TextFormat = "moodle") -> Payload:
        data = payload if isinstance(payload, dict) else {}
        return {
            "right": normalise.flag(data.get("right", True)),
            "feedback_right": normalise.rich(data.get("feedback_right"), fmt),
            "feedback_wrong": normalise.rich(data.get("feedback_wrong"), fmt),
        }

    def validate(self, payload: Payload) -> list[ErrorDetail]:
        checker = Checker(payload)
        if not isinstance(checker.payload.get("right"), bool):
            checker.wrong("right", code="truth_value_missing")
        checker.feedback(checker.payload, "", "feedback_right")
        checker.feedback(checker.payload, "", "feedback_wrong")
        return checker.errors

    def prepare(self, payload: Payload) -> Grader:
        key = payload["right"]
        right = make_grade(FULL, [Part(_said(key), True, optional_text(payload.get("feedback_right")))])
        wrong = make_grade(FULL * 0, [Part(_said(not key), False, optional_text(payload.get("feedback_wrong")))])
        grades = {key: right, not key: wrong}
        return lambda answer: grades.get(answer.get("value"), UNANSWERED)

    def clean_answer(self, payload: Payload, raw: RawAnswer) -> Answer:
        said = next(iter(raw.get("value", ())), "")
        return {"value": said == "true"} if said in {"true", "false"} else {}

    def shuffle_view(self, payload: Payload, seed: int | str) -> Payload:
        return {"field": "value", "options": ["true", "false"]}

    def describe_right(self, payload: Payload) -> list[RichText]:
        return [RichText(sentence("statement_true" if payload["right"] else "statement_false", {}), "plain")]

    def read_gift(self, block: Block) -> Payload | None:
        found = _GIFT.match(block.source)
        if not found:
            return None
        _word, feedback = split_feedback(block.source)
        wrong, right = split_feedback(feedback or "")
        return self.normalise_payload(
            {"right": bool(found[1]), "feedback_wrong": block.rich(wrong), "feedback_right": block.rich(right)},
            block.fmt,
        )

    def write_gift(self, question: Question) -> str:
        payload, fmt = question.payload, question.text.format
        right = write_feedback(payload["feedback_right"], fmt)
        wrong = write_feedback(payload["feedback_wrong"], fmt) or ("#" if right else "")
        word = "TRUE" if payload["right"] else "FALSE"
        return f"{write_question_text(question.text)} {{{word}{wrong}{right}}}"


def _said(value: bool) -> str:
    return "true" if value else "false"


TYPE = TrueFalse()
