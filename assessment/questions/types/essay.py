"""Essay: a free answer that a person reads and grades."""

from typing import Any, Final

from assessment.questions import normalise
from assessment.questions.base import QuestionType
from assessment.questions.gift.answer_blocks import Block
from assessment.questions.gift.escapes import write_question_text
from assessment.questions.model import (
    UNANSWERED,
    WAITING,
    Answer,
    Grader,
    Payload,
    Question,
    RawAnswer,
    RichText,
)
from assessment.questions.payload_checks import Checker
from lms.core.richtext import TextFormat
from lms.core.sentences import ErrorDetail

MAX_TYPED: Final = 50_000
ROWS: Final = (2, 40)
USUAL_ROWS: Final = 8


class Essay(QuestionType):
    """Payload ``{"rows": height of the field in lines, "for_grader": notes}``; answer ``{"text": …}``.

    An answer waits for a person; an empty one earns nothing and waits for nobody.
    """

    kind = "essay"
    by_person = True
    gift_order = 5

    def normalise_payload(self, payload: Any, fmt: TextFormat = "moodle") -> Payload:
        data = payload if isinstance(payload, dict) else {}
        rows = str(data.get("rows") or USUAL_ROWS)
        return {
            "rows": int(rows) if rows.isascii() and rows.isdigit() and len(rows) < 5 else rows,
            "for_grader": normalise.rich(data.get("for_grader"), fmt),
        }

    def validate(self, payload: Payload) -> list[ErrorDetail]:
        checker = Checker(payload)
        rows = checker.payload.get("rows")
        if not (isinstance(rows, int) and ROWS[0] <= rows <= ROWS[1]):
            checker.wrong("rows", code="essay_lines_out_of_range", least=ROWS[0], most=ROWS[1])
        checker.feedback(checker.payload, "", "for_grader")
        return checker.errors

    def prepare(self, payload: Payload) -> Grader:
        return lambda answer: WAITING if answer.get("text") else UNANSWERED

    def clean_answer(self, payload: Payload, raw: RawAnswer) -> Answer:
        typed = "".join(list(raw.get("text", ()))[:1])[: MAX_TYPED * 2]
        text = typed.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "").strip()[:MAX_TYPED]
        return {"text": text} if text else {}

    def shuffle_view(self, payload: Payload, seed: int | str) -> Payload:
        return {"field": "text", "rows": payload["rows"], "limit": MAX_TYPED}

    def describe_right(self, payload: Payload) -> list[RichText]:
        return []

    def read_gift(self, block: Block) -> Payload | None:
        return None if block.source or block.others else self.blank()

    def write_gift(self, question: Question) -> str:
        return f"{write_question_text(question.text)} {{}}"


TYPE = Essay()
