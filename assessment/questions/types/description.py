"""Description: a text between questions, without a question and without points."""

from typing import Any

from assessment.questions.base import QuestionType
from assessment.questions.gift.escapes import write_question_text
from assessment.questions.model import INFORMATION, Answer, Grader, Payload, Question, RawAnswer, RichText
from lms.core.richtext import TextFormat
from lms.core.sentences import ErrorDetail


class Description(QuestionType):
    """A question with empty payload and answer. In GIFT it is a question without braces."""

    kind = "description"
    marked = False
    gift_order = 90

    def normalise_payload(self, payload: Any, fmt: TextFormat = "moodle") -> Payload:
        return {}

    def validate(self, payload: Payload) -> list[ErrorDetail]:
        return []

    def prepare(self, payload: Payload) -> Grader:
        return lambda answer: INFORMATION

    def clean_answer(self, payload: Payload, raw: RawAnswer) -> Answer:
        return {}

    def shuffle_view(self, payload: Payload, seed: int | str) -> Payload:
        return {}

    def describe_right(self, payload: Payload) -> list[RichText]:
        return []

    def write_gift(self, question: Question) -> str:
        return write_question_text(question.text)


TYPE = Description()
