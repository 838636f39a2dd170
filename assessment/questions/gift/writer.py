"""Writing of questions as GIFT, so that Moodle and ``read_gift`` read them back. GIFT has no marks in points."""

from collections.abc import Iterable

from assessment.questions.gift.escapes import escape, write_text
from assessment.questions.model import Question
from assessment.questions.registry import question_type


def write_gift(questions: Iterable[Question]) -> str:
    """Returns the file's text. Names a question that GIFT cannot express in a comment."""
    parts: list[str] = []
    category = ""
    for question in questions:
        if question.category != category:
            category = question.category
            parts.append(f"$CATEGORY: {' '.join(category.split())}\n")
        parts.append(_written(question))
    return "\n".join(parts)


def _written(question: Question) -> str:
    name = " ".join(question.name.split())
    body = question_type(question.kind).write_gift(question)
    if body is None:
        return f"// {name}: {question.kind}\n"
    return f"{_labels(question)}::{escape(name)}::{_general(body, question)}\n"


def _labels(question: Question) -> str:
    """Returns the comment with the question's number and tags, as Moodle writes it."""
    named = [("id", question.idnumber)] if question.idnumber else []
    named += [("tag", tag) for tag in question.tags]
    return "// " + " ".join(f"[{kind}:{_label(text)}]" for kind, text in named) + "\n" if named else ""


def _label(text: str) -> str:
    return " ".join(text.split()).replace("\\", "\\\\").replace("]", "\\]")


def _general(body: str, question: Question) -> str:
    """Returns the body with the general feedback before its first closing brace."""
    if question.feedback is None or "{" not in body:
        return body
    end = _closing(body)
    return body[:end] + "####" + write_text(question.feedback, question.text.format) + body[end:]


def _closing(body: str) -> int:
    at = body.find("}")
    while at > 0 and _escaped(body, at):
        at = body.find("}", at + 1)
    return at


def _escaped(body: str, at: int) -> bool:
    slashes = len(body[:at]) - len(body[:at].rstrip("\\"))
    return slashes % 2 == 1
