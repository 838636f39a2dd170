"""What a question is, as plain data: text, key, answer, grade. All of it goes to and from JSON (jsonb columns)."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Any, Final, Literal, TypeVar

from lms.core.richtext import FORMATS, TextFormat

Payload = dict[str, Any]
"""What only the kind of question understands: options, pairs, gaps, numbers; the key is in it."""
Answer = Mapping[str, Any]
"""What a person answered, as the kind's ``clean_answer`` wrote it; ``{}``: nothing yet."""
RawAnswer = Mapping[str, Sequence[str]]
"""Values of one question's form fields, without the prefix that tells the questions of a page apart."""

MAX_NAME: Final = 200
MAX_TEXT: Final = 30_000
MAX_MARK: Final = Decimal(1000)

State = Literal["right", "partly", "wrong", "unanswered", "waiting", "information"]
"""``waiting``: a person must grade; ``information``: nothing was asked."""


@dataclass(frozen=True, slots=True)
class RichText:
    """A text and the format in which its author wrote it."""

    source: str
    format: TextFormat = "moodle"

    def as_json(self) -> dict[str, str]:
        return {"source": self.source, "format": self.format}

    @classmethod
    def from_json(cls, data: Any) -> "RichText":
        """Raises ``ValueError`` for what no ``as_json`` wrote."""
        match data:
            case {"source": str(source), "format": str(fmt)} if fmt in FORMATS:
                return cls(source, fmt)  # type: ignore[arg-type]
        raise ValueError(f"not a text: {data!r:.80}")


def optional_text(data: Any) -> RichText | None:
    """The text, or None where the author wrote none."""
    return RichText.from_json(data) if data else None


@dataclass(frozen=True, slots=True)
class FieldError:
    """What is wrong, at the field of the editor that caused it: ``options.2.weight``; empty for the whole."""

    field: str
    message: str


@dataclass(frozen=True, slots=True)
class Question:
    """A question: ``payload`` belongs to its kind, ``mark`` is in points, ``feedback`` is shown whatever the answer."""

    kind: str
    name: str
    text: RichText
    payload: Payload
    feedback: RichText | None = None
    mark: Decimal = Decimal(1)
    category: str = ""

    def as_json(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "name": self.name,
            "text": self.text.as_json(),
            "payload": self.payload,
            "feedback": self.feedback.as_json() if self.feedback else None,
            "mark": str(self.mark),
            "category": self.category,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Question":
        """Raises ``ValueError`` for what no ``as_json`` wrote."""
        try:
            return cls(
                kind=str(data["kind"]),
                name=str(data["name"]),
                text=RichText.from_json(data["text"]),
                payload=dict(data["payload"]),
                feedback=optional_text(data.get("feedback")),
                mark=Decimal(data.get("mark", "1")),
                category=str(data.get("category", "")),
            )
        except (KeyError, TypeError, InvalidOperation) as error:
            raise ValueError(f"not a question: {error}") from error


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """One thing that the person chose or filled in. ``right``: None when it was worth a part of the mark."""

    id: str
    right: bool | None
    feedback: RichText | None = None

    def as_json(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "right": self.right,
            "feedback": self.feedback.as_json() if self.feedback else None,
        }


@dataclass(frozen=True, slots=True, eq=False)
class Grade:
    """What an answer is worth: a share 0…1 of the mark, or None when a person must grade it."""

    fraction: Fraction | None
    state: State
    parts: tuple[Part, ...] = ()
    feedback: tuple[RichText, ...] = ()

    def as_json(self) -> dict[str, Any]:
        return {
            "fraction": None if self.fraction is None else str(self.fraction),
            "state": self.state,
            "parts": [part.as_json() for part in self.parts],
            "feedback": [text.as_json() for text in self.feedback],
        }


Grader = Callable[[Answer], Grade]
"""A question made ready: what can be computed once is. Equal answers may get the very same ``Grade``."""

UNANSWERED: Final = Grade(Fraction(0), "unanswered")
WAITING: Final = Grade(None, "waiting")
INFORMATION: Final = Grade(Fraction(0), "information")


T = TypeVar("T", bound=Hashable)
_REMEMBERED: Final = 512


def remembering(find: Callable[[T], Grade]) -> Callable[[T], Grade]:
    """The grader of one question with its first few hundred results kept: a group answers much alike."""
    known: dict[T, Grade] = {}

    def recall(said: T) -> Grade:
        found = known.get(said)
        if found is None:
            found = find(said)
            if len(known) < _REMEMBERED:
                known[said] = found
        return found

    return recall


def graded(fraction: Fraction, parts: Sequence[Part] = (), feedback: Sequence[RichText | None] = ()) -> Grade:
    """The grade of an answer that was given; the share is kept within 0…1."""
    share = min(max(fraction, Fraction(0)), Fraction(1))
    state: State = "right" if share == 1 else "partly" if share else "wrong"
    return Grade(share, state, tuple(parts), tuple(text for text in feedback if text))
