"""Validation of a whole question: checks common to all types, then the checks of its type."""

from dataclasses import replace
from decimal import Decimal

from assessment.questions.model import MAX_MARK, MAX_NAME, MAX_TEXT, Question
from assessment.questions.payload_checks import MAX_FEEDBACK, Checker
from assessment.questions.registry import question_types
from lms.core.sentences import ErrorDetail


def check_question(question: Question) -> list[ErrorDetail]:
    """Returns the errors at their fields: name, text, feedback, mark, ``payload.…``."""
    checker = Checker(question.payload)
    checker.line(question.name, "name", MAX_NAME)
    checker.rich(question.text.as_json(), "text", MAX_TEXT)
    if question.feedback:
        checker.rich(question.feedback.as_json(), "feedback", MAX_FEEDBACK, required=False)
    kind = question_types().get(question.kind)
    if kind is None:
        return [*checker.errors, ErrorDetail("question_type_unknown", "kind")]
    if kind.marked:
        _check_mark(checker, question.mark)
    own = kind.validate_question(question)
    return [*checker.errors, *(replace(one, field=f"payload.{one.field}".rstrip(".")) for one in own)]


def _check_mark(checker: Checker, mark: Decimal) -> None:
    if not (mark.is_finite() and Decimal(0) < mark <= MAX_MARK):
        checker.wrong("mark", code="mark_out_of_range", most=int(MAX_MARK))
    elif mark != round(mark, 2):
        checker.wrong("mark", code="mark_too_precise")
