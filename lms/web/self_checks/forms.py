"""Forms of the authors of self-checks, and the question editor's form: flat fields named by path
(``options-0-text-source``), for every kind of question.

The fields of a kind are in ``templates/self_checks/editors/<kind>.html``; the kind's ``normalise_payload`` and
``validate`` check them.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from wtforms import BooleanField, FileField, IntegerField, MultipleFileField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length, Optional

from assessment.models.self_checks import SelfCheck
from assessment.questions import normalise
from assessment.questions.base import QuestionType
from assessment.questions.model import Question, RichText
from assessment.questions.numbers import number
from assessment.questions.registry import question_type
from assessment.questions.validation import check_question
from assessment.self_checks.operations import SelfCheckSettings
from assessment.self_checks.queries import NumberedTopic
from lms.core.i18n import _
from lms.core.i18n import lazy_gettext as _l
from lms.core.richtext import TextFormat
from lms.core.sentences import ErrorDetail
from lms.web.shell.forms import Form
from lms.web.shell.stored_forms import StoredForm

ENTRY = "entry"


class ConditionsForm(StoredForm):
    """Conditions of a self-check."""

    title = StringField(_l("Title"), [DataRequired(_l("Write a title.")), Length(max=500)])
    place = SelectField(_l("Where it stands"))
    attempts_allowed = IntegerField(_l("Attempts allowed"), [Optional()])
    time_limit = IntegerField(_l("Time limit, minutes"), [Optional()])
    shuffle = BooleanField(_l("Shuffle the options of answers"), default=True)
    required = BooleanField(_l("Needed for the certificate"), default=True)
    instructions = TextAreaField(_l("Instructions"), [Optional(), Length(max=20_000)])

    def offer(self, places: Sequence[NumberedTopic], check: SelfCheck | None = None) -> None:
        """Sets the topics to choose from, and stored values if nothing was posted."""
        topics = [(str(one.topic.lineage), one.title) for one in places]
        self.place.choices = [*topics, (ENTRY, _("Entry test of the whole programme"))]
        current = str(check.topic_lineage) if check and check.topic_lineage else None
        if current and current not in dict(topics):
            self.place.choices.insert(0, (current, _("A topic of an earlier plan")))

    def conditions(self) -> SelfCheckSettings:
        """Returns the conditions of the form."""
        entry = self.place.data == ENTRY
        return SelfCheckSettings(
            title=self.title.data or "",
            instructions=self.instructions.data or "",
            topic_lineage=None if entry else UUID(self.place.data),
            purpose="entry" if entry else "topic",
            attempts_allowed=self.attempts_allowed.data,
            time_limit_minutes=self.time_limit.data,
            shuffle=self.shuffle.data,
            required=self.required.data,
        )


def values_of(check: SelfCheck) -> dict[str, Any]:
    """Returns a stored self-check as values of the form."""
    return {
        "title": check.title,
        "place": str(check.topic_lineage) if check.topic_lineage else ENTRY,
        "attempts_allowed": check.attempts_allowed,
        "time_limit": check.time_limit_seconds // 60 if check.time_limit_seconds else None,
        "shuffle": check.shuffle,
        "required": check.required,
        "instructions": check.instructions,
    }


class FileForm(Form):
    """A file of questions."""

    file = FileField(_l("File in the GIFT format"), [DataRequired(_l("Choose a file."))])


class QuestionFilesForm(Form):
    """Pictures and sounds that imported questions show and that the file only names."""

    files = MultipleFileField(_l("Files of the questions"))
    without = BooleanField(_l("Add the questions without the missing files; their names stand in the texts"))


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
