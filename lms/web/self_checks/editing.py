"""The question editor's form: flat fields named by path (``options-0-text-source``), for every kind of question.

The fields of a kind are in ``templates/self_checks/editors/<kind>.html``; the kind's ``normalise_payload`` and
``validate`` check them.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, Final

from assessment.questions import normalise
from assessment.questions.base import QuestionType
from assessment.questions.model import Question, RichText
from assessment.questions.numbers import number
from assessment.questions.registry import question_type
from assessment.questions.validation import check_question
from lms.core.richtext import TextFormat
from lms.core.sentences import ErrorDetail

FORMAT: Final[TextFormat] = "markdown"
"""Text format of questions written here; imported texts keep their own."""
OWN = ("name", "text", "feedback", "mark")


@dataclass(slots=True)
class Editing:
    """A question in the editor: typed values by field name, errors by field, extra rows by list."""

    kind: str
    values: dict[str, str] = field(default_factory=dict)
    errors: dict[str, list[str]] = field(default_factory=dict)
    at_least: dict[str, int] = field(default_factory=dict)

    @property
    def type(self) -> QuestionType:
        return question_type(self.kind)

    def value(self, name: str) -> str:
        """Returns the field's value."""
        return self.values.get(name, "")

    def wrong(self, place: str) -> list[str]:
        """Returns the field's error."""
        return self.errors.get(place, [])

    def rows(self, name: str, least: int = 2) -> list[str]:
        """Returns the field name prefixes of a list's rows: filled ones, then empty ones."""
        count = max(rows_in(self.values, name), self.at_least.get(name, 0), least)
        return [f"{name}-{place}" for place in range(count)]


def rows_in(values: Iterable[str], name: str) -> int:
    """Returns the number of rows of this list in the field names."""
    return len({key.removeprefix(f"{name}-").split("-")[0] for key in values if key.startswith(f"{name}-")})


def editing_of(question: Question) -> Editing:
    """Returns the editor's form of a stored question."""
    values = {
        "name": question.name,
        "mark": str(question.mark.normalize() if question.mark else 1),
        **dict(_flat("text", question.text.as_json())),
        **dict(_flat("feedback", question.feedback.as_json() if question.feedback else None)),
    }
    for key, value in question.payload.items():
        values.update(_flat(key, value))
    return Editing(question.kind, values)


def blank_editing(kind: str) -> Editing:
    """Returns the editor's form of a new question."""
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


def read_question(kind: str, form: Mapping[str, list[str]], *, drop: str = "") -> Question:
    """Returns the question of the form, normalised; ``drop`` is a row to leave out (``options-2``). Never raises."""
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
        payload=question_type(kind).normalise_payload(values, FORMAT),
        feedback=RichText.from_json(feedback) if feedback else None,
        mark=Decimal(-1) if mark is None else mark,
    )
    return replace(question, name=question.name or _name_from(question))


def _name_from(question: Question) -> str:
    words = " ".join(question.text.source.split())
    return words if len(words) <= 80 else words[:79].rstrip() + "…"


def checked_editing(question: Question, typed_mark: str) -> Editing:
    """Returns the form with everything typed, and the errors at their fields."""
    form = editing_of(question)
    form.values["mark"] = typed_mark or "1"
    for error in check_question(question):
        form.errors.setdefault(place_of(error), []).append(error.message)
    return form


def place_of(error: ErrorDetail) -> str:
    """Returns the field's name for a path: ``payload.options.2.weight`` → ``options-2-weight``."""
    return error.field.removeprefix("payload").lstrip(".").replace(".", "-")
