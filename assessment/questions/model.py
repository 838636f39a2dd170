"""Data of a question: text, payload, answer, grade. All of it converts to and from JSON (jsonb columns)."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Any, Final, Literal, TypeVar

from lms.core.richtext import FORMATS, TextFormat

Payload = dict[str, Any]
"""Data that only the question's type understands (options, pairs, gaps, numbers), including the key."""
Answer = Mapping[str, Any]
"""A person's answer as the type's ``clean_answer`` returned it; ``{}``: none yet."""
RawAnswer = Mapping[str, Sequence[str]]
"""Form values of one question, without the prefix that separates the questions of a page."""

MAX_NAME: Final = 200
MAX_TEXT: Final = 30_000
MAX_MARK: Final = Decimal(1000)

State = Literal["right", "partly", "wrong", "unanswered", "waiting", "information"]
"""``waiting``: a person must grade; ``information``: the question asks nothing."""


@dataclass(frozen=True, slots=True)
class RichText:
    """A text and the format in which its author wrote it."""

    source: str
    format: TextFormat = "moodle"

    def as_json(self) -> dict[str, str]:
        return {"source": self.source, "format": self.format}

    @classmethod
    def from_json(cls, data: Any) -> "RichText":
        """Returns the text written by ``as_json``. Raises ``ValueError`` for any other data."""
        match data:
            case {"source": str(source), "format": str(fmt)} if fmt in FORMATS:
                return cls(source, fmt)  # type: ignore[arg-type]
        raise ValueError(f"not a text: {data!r:.80}")


def optional_text(data: Any) -> RichText | None:
    """Returns the text, or None for an empty value."""
    return RichText.from_json(data) if data else None


@dataclass(frozen=True, slots=True)
class Question:
    """A question. ``mark`` is in points; ``feedback`` is shown whatever the answer."""

    kind: str
    name: str
    text: RichText
    payload: Payload
    feedback: RichText | None = None
    mark: Decimal = Decimal(1)
    category: str = ""
    tags: tuple[str, ...] = ()
    idnumber: str = ""
    """The author's own number of the question, as Moodle keeps it."""

    def as_json(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "name": self.name,
            "text": self.text.as_json(),
            "payload": self.payload,
            "feedback": self.feedback.as_json() if self.feedback else None,
            "mark": str(self.mark),
            "category": self.category,
            "tags": list(self.tags),
            "idnumber": self.idnumber,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Question":
        """Returns the question written by ``as_json``. Raises ``ValueError`` for any other data."""
        try:
            return cls(
                kind=str(data["kind"]),
                name=str(data["name"]),
                text=RichText.from_json(data["text"]),
                payload=dict(data["payload"]),
                feedback=optional_text(data.get("feedback")),
                mark=Decimal(data.get("mark", "1")),
                category=str(data.get("category", "")),
                tags=tuple(str(one) for one in data.get("tags", ())),
                idnumber=str(data.get("idnumber", "")),
            )
        except (KeyError, TypeError, InvalidOperation) as error:
            raise ValueError(f"not a question: {error}") from error


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """One option chosen or one gap filled in. ``right`` is None if it earned a part of the mark."""

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
    """Result of grading an answer: a fraction of the mark from 0 to 1, or None if a person must grade it."""

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
"""Function from an answer to its grade. Equal answers may get the very same ``Grade``."""

UNANSWERED: Final = Grade(Fraction(0), "unanswered")
WAITING: Final = Grade(None, "waiting")
INFORMATION: Final = Grade(Fraction(0), "information")


T = TypeVar("T", bound=Hashable)
_REMEMBERED: Final = 512


def cached(find: Callable[[T], Grade]) -> Callable[[T], Grade]:
    """Returns ``find`` with a cache of its first 512 results: members of a group give much the same answers."""
    known: dict[T, Grade] = {}

    def recall(said: T) -> Grade:
        found = known.get(said)
        if found is None:
            found = find(said)
            if len(known) < _REMEMBERED:
                known[said] = found
        return found

    return recall


def make_grade(fraction: Fraction, parts: Sequence[Part] = (), feedback: Sequence[RichText | None] = ()) -> Grade:
    """Returns the grade of a non-empty answer; the fraction is limited to 0…1."""
    share = min(max(fraction, Fraction(0)), Fraction(1))
    state: State = "right" if share == 1 else "partly" if share else "wrong"
    return Grade(share, state, tuple(parts), tuple(text for text in feedback if text))
