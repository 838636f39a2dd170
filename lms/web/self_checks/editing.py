"""The question editor's form: flat fields whose names say their place (``options-0-text-source``), of any kind.

A kind's fields are drawn by ``templates/self_checks/editors/<kind>.html``; its ``tidy`` and ``validate`` do the rest.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, Final

from assessment.questions import normalise
from assessment.questions.base import QuestionType
from assessment.questions.model import FieldError, Question, RichText
from assessment.questions.numbers import number
from assessment.questions.registry import question_type
from assessment.questions.validation import check_question
from lms.core.richtext import TextFormat

FORMAT: Final[TextFormat] = "markdown"
"""Of texts that are written here; imported ones keep their own."""
OWN = ("name", "text", "feedback", "mark")


@dataclass(slots=True)
class Editing:
    """A question being edited: values by field name as typed, errors by place, rows asked for by list."""

    kind: str
    values: dict[str, str] = field(default_factory=dict)
    errors: dict[str, list[str]] = field(default_factory=dict)
    at_least: dict[str, int] = field(default_factory=dict)

    @property
    def type(self) -> QuestionType:
        return question_type(self.kind)

    def value(self, name: str) -> str:
        """What the field holds."""
        return self.values.get(name, "")

    def wrong(self, place: str) -> list[str]:
        """What is wrong there."""
        return self.errors.get(place, [])

    def rows(self, name: str, least: int = 2) -> list[str]:
        """Beginnings of the field names of a list's rows: those filled, and empty ones to fill."""
        count = max(rows_in(self.values, name), self.at_least.get(name, 0), least)
        return [f"{name}-{place}" for place in range(count)]


def rows_in(values: Iterable[str], name: str) -> int:
    """How many rows of this list the field names speak of."""
    return len({key.removeprefix(f"{name}-").split("-")[0] for key in values if key.startswith(f"{name}-")})


def editing_of(question: Question) -> Editing:
    """The editor's form of a stored question."""
    values = {
        "name": question.name,
        "mark": str(question.mark.normalize() if question.mark else 1),
        **dict(_flat("text", question.text.as_json())),
        **dict(_flat("feedback", question.feedback.as_json() if question.feedback else None)),
    }
    for key, value in question.payload.items():
        values.update(_flat(key, value))
    return Editing(question.kind, values)


def blank(kind: str) -> Editing:
    """The editor's form of a new question."""
    begun = Question(kind, "", RichText("", FORMAT), question_type(kind).blank())
    return editing_of(begun)


def _flat(name: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        for key, below in value.items():
            yield from _flat(f"{name}-{key}", below)
    elif isinstance(value, list):
        for place, below in enumerate(value):
            yield from _flat(f"{name}-{place}", below)
    elif isinstance(value, bool):
        yield name, "true" if value else "false"
    elif value is not None:
        yield name, str(value)


def read(kind: str, form: Mapping[str, list[str]], *, drop: str = "") -> Question:
    """The question that the form describes, tidied; ``drop``: a row to leave out (``options-2``). Never raises."""
    kept = {key: found for key, found in form.items() if not (drop and key.startswith(f"{drop}-"))}
    values = normalise.nest(kept)
    own = {name: values.pop(name, None) for name in OWN}
    text = normalise.rich(own["text"], FORMAT) or {"source": "", "format": FORMAT}
    feedback = normalise.rich(own["feedback"], FORMAT)
    mark = number(own["mark"] or "1") if question_type(kind).marked else Decimal(0)
    question = Question(
        kind=kind,
        name=normalise.line(own["name"]),
        text=RichText.from_json(text),
        payload=question_type(kind).tidy(values, FORMAT),
        feedback=RichText.from_json(feedback) if feedback else None,
        mark=Decimal(-1) if mark is None else mark,
    )
    return replace(question, name=question.name or _name_from(question))


def _name_from(question: Question) -> str:
    words = " ".join(question.text.source.split())
    return words if len(words) <= 80 else words[:79].rstrip() + "…"


def checked(question: Question, typed_mark: str) -> Editing:
    """The form as it comes back: everything typed, and what is wrong at its place."""
    form = editing_of(question)
    form.values["mark"] = typed_mark or "1"
    for error in check_question(question):
        form.errors.setdefault(place_of(error), []).append(error.message)
    return form


def place_of(error: FieldError) -> str:
    """The place in the form: ``payload.options.2.weight`` → ``options-2-weight``."""
    return error.field.removeprefix("payload").lstrip(".").replace(".", "-")
