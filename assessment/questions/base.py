"""What a type of question declares. A new type is a new file with a subclass, and an entry point that names it."""

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, ClassVar

from assessment.questions.model import Answer, FieldError, Grade, Grader, Payload, Question, RawAnswer, RichText
from lms.core.richtext import TextFormat

if TYPE_CHECKING:
    from assessment.questions.gift.answer_blocks import Block


class QuestionType(ABC):
    """One type of question: stateless, pure. Only ``tidy`` and ``validate`` take payloads that may be wrong."""

    kind: ClassVar[str]
    """Stored with the question and used in addresses: never changes."""
    label: ClassVar[Any]
    """What people call it (a lazy text)."""
    help: ClassVar[Any]
    """One sentence for the editor: when to use it."""
    marked: ClassVar[bool] = True
    """Whether an answer earns points."""
    by_person: ClassVar[bool] = False
    """Whether a person must read the answer."""
    gift_order: ClassVar[int] = 100
    """Types are asked in this order whether a GIFT block is theirs."""

    gift_several: ClassVar[bool] = False
    """Whether a question of this type may hold several blocks."""

    def blank(self) -> Payload:
        """What the editor begins with."""
        return self.tidy({})

    @abstractmethod
    def tidy(self, payload: Any, fmt: TextFormat = "moodle") -> Payload:
        """The payload in its stored shape, from an editor's nested form values or short JSON; never raises."""

    @abstractmethod
    def validate(self, payload: Payload) -> list[FieldError]:
        """What must be corrected before the question can be saved."""

    def validate_question(self, question: Question) -> list[FieldError]:
        """As ``validate``, for types whose payload refers to the question's text."""
        return self.validate(question.payload)

    def warnings(self, payload: Payload) -> list[FieldError]:
        """What is odd, but may be meant."""
        return []

    @abstractmethod
    def prepare(self, payload: Payload) -> Grader:
        """The question made ready to grade many answers."""

    def grade(self, payload: Payload, answer: Answer) -> Grade:
        """What the answer is worth."""
        return self.prepare(payload)(answer)

    @abstractmethod
    def clean_answer(self, payload: Payload, raw: RawAnswer) -> Answer:
        """The answer from form values: known choices only, limited in size, ``{}`` for none; never raises."""

    @abstractmethod
    def shuffle_view(self, payload: Payload, seed: int | str) -> Payload:
        """What the page shows, in the order that the seed decides; nothing in it tells what is right.

        Texts are ``{"source", "format"}``; ``field`` keys name the form fields that ``clean_answer`` reads.
        """

    @abstractmethod
    def describe_right(self, payload: Payload) -> list[RichText]:
        """The right answer in words, one text for each part; empty where there is no key."""

    def read_gift(self, block: "Block") -> Payload | None:
        """The payload if the block is of this type, None if not; raises ``GiftProblem`` if it is, but broken."""
        return None

    def gift_gap(self, number: int) -> str:
        """What stands in the question's text in place of its block, where text goes on after it."""
        return "_____"

    def write_gift(self, question: Question) -> str | None:
        """The text and the block in GIFT (without name and general feedback); None where GIFT has no words for it."""
        return None
