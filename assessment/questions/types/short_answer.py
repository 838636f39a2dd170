"""Short answer: a word or phrase compared with keys; see ``text_match`` for the differences it ignores."""

from typing import Any

from assessment.questions import answer_keys
from assessment.questions.base import QuestionType
from assessment.questions.gift.answer_blocks import Block
from assessment.questions.gift.escapes import write_question_text
from assessment.questions.model import Answer, Grader, Payload, Question, RawAnswer, RichText
from assessment.questions.payload_checks import Checker
from lms.core.richtext import TextFormat
from lms.core.sentences import ErrorDetail


class ShortAnswer(QuestionType):
    """Payload ``{"answers": [{"text", "weight", "feedback"}], "case"}``, ``*`` for any text; answer ``{"text": …}``."""

    kind = "short_answer"
    gift_order = 70

    def normalise_payload(self, payload: Any, fmt: TextFormat = "moodle") -> Payload:
        return answer_keys.normalise_keys(payload, fmt)

    def validate(self, payload: Payload) -> list[ErrorDetail]:
        checker = Checker(payload)
        answer_keys.check(checker, checker.payload, "")
        return checker.errors

    def prepare(self, payload: Payload) -> Grader:
        return answer_keys.grader(payload, "text")

    def clean_answer(self, payload: Payload, raw: RawAnswer) -> Answer:
        text = answer_keys.clean(raw.get("text", ()))
        return {"text": text} if text else {}

    def shuffle_view(self, payload: Payload, seed: int | str) -> Payload:
        return {"field": "text", "limit": answer_keys.MAX_TYPED}

    def describe_right(self, payload: Payload) -> list[RichText]:
        return answer_keys.describe(payload)

    def read_gift(self, block: Block) -> Payload | None:
        return self.normalise_payload(answer_keys.from_entries(block), block.fmt) if block.signs == {"="} else None

    def write_gift(self, question: Question) -> str:
        lines = answer_keys.to_gift(question.payload, question.text.format)
        return f"{write_question_text(question.text)} {{\n{lines}}}"


TYPE = ShortAnswer()
