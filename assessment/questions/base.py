"""Interface of a question type. A new type is a module with a subclass and an entry point that names it."""

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, ClassVar

from assessment.questions.model import Answer, Grade, Grader, Payload, Question, RawAnswer, RichText
from lms.core.richtext import TextFormat
from lms.core.sentences import ErrorDetail, sentence

if TYPE_CHECKING:
    from assessment.questions.gift.answer_blocks import Block


class QuestionType(ABC):
    """One type of question: stateless, without side effects.

    Only ``normalise_payload`` and ``validate`` accept payloads that may be malformed.
    """

    kind: ClassVar[str]
    """Identifier, stored with the question and used in URLs: never changes."""
    marked: ClassVar[bool] = True
    """True if an answer earns points."""
    by_person: ClassVar[bool] = False
    """True if a person must read the answer."""
    gift_order: ClassVar[int] = 100
    """Position in the order in which the types are asked to recognise a GIFT block."""

    gift_several: ClassVar[bool] = False
    """True if a question of this type may hold several blocks."""

    @property
    def label(self) -> str:
        """Name shown to people: the sentence ``question_type_<kind>``."""
        return sentence(f"question_type_{self.kind}", {})

    @property
    def help(self) -> str:
        """One sentence for the editor, when to use the type: ``question_type_<kind>_help``."""
        return sentence(f"question_type_{self.kind}_help", {})

    def blank(self) -> Payload:
        """Returns the payload of a new question."""
        return self.normalise_payload({})

    @abstractmethod
    def normalise_payload(self, payload: Any, fmt: TextFormat = "moodle") -> Payload:
        """Returns the payload in its stored shape, from an editor's nested form values or from short JSON. Never
        raises.
        """

    @abstractmethod
    def validate(self, payload: Payload) -> list[ErrorDetail]:
        """Returns the errors that prevent the question from being saved, at fields such as ``options.2.weight``."""

    def validate_question(self, question: Question) -> list[ErrorDetail]:
        """Does the same as ``validate``, for types whose payload refers to the question's text."""
        return self.validate(question.payload)

    def warnings(self, payload: Payload) -> list[ErrorDetail]:
        """Returns oddities that do not prevent saving: the author may mean them."""
        return []

    @abstractmethod
    def prepare(self, payload: Payload) -> Grader:
        """Returns a grader with everything computed that does not depend on the answer."""

    def grade(self, payload: Payload, answer: Answer) -> Grade:
        """Returns the grade of one answer."""
        return self.prepare(payload)(answer)

    @abstractmethod
    def clean_answer(self, payload: Payload, raw: RawAnswer) -> Answer:
        """Returns the answer read from form values: known choices only, limited in size, ``{}`` for none. Never
        raises.
        """

    def carry_answer(self, old: Payload, new: Payload, answer: Answer) -> Answer:
        """Returns an answer given to an older payload as it stands under a corrected one of the same question."""
        return answer

    @abstractmethod
    def shuffle_view(self, payload: Payload, seed: int | str) -> Payload:
        """Returns the data of the page, in the order given by the seed; nothing in it reveals the key.

        Texts are ``{"source", "format"}``; ``field`` keys name the form fields that ``clean_answer`` reads.
        """

    @abstractmethod
    def describe_right(self, payload: Payload) -> list[RichText]:
        """Returns the right answer as texts, one for each part; empty where there is no key."""

    def read_gift(self, block: "Block") -> Payload | None:
        """Returns the payload if the block is of this type, otherwise None.

        Raises ``GiftProblem`` if the block is of this type but malformed.
        """
        return None

    def gift_warnings(self, block: "Block") -> list[ErrorDetail]:
        """Returns what is odd about the way in which a block of this type is written."""
        return []

    def gift_gap(self, number: int) -> str:
        """Returns the placeholder put into the question's text instead of a block that is followed by text."""
        return "_____"

    def write_gift(self, question: Question) -> str | None:
        """Returns text and block in GIFT, without name and general feedback; None if GIFT cannot express the
        question.
        """
        return None
