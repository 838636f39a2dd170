"""Registry of the installed question types, found through the entry points of installed distributions."""

from collections.abc import Mapping
from functools import cache
from importlib.metadata import entry_points
from types import MappingProxyType

from assessment.questions.base import QuestionType

GROUP = "stazhirovka.question_types"


class UnknownKind(LookupError):
    """No question type of this kind is installed."""


@cache
def question_types() -> Mapping[str, QuestionType]:
    """Returns types by kind, in the order in which the editor offers them.

    Raises ``TypeError`` for an entry point that is not a question type and for two of the same name.
    """
    found: dict[str, QuestionType] = {}
    for entry in entry_points(group=GROUP):
        declared = entry.load()
        if not (isinstance(declared, QuestionType) and declared.kind == entry.name):
            raise TypeError(f"the entry point {entry.name} of {GROUP} is not a question type of that name")
        if entry.name in found:
            raise TypeError(f"two distributions declare the question type {entry.name}")
        found[entry.name] = declared
    return MappingProxyType(dict(sorted(found.items(), key=lambda item: (item[1].gift_order, item[0]))))


def question_type(kind: str) -> QuestionType:
    """Returns the type of this kind. Raises ``UnknownKind``."""
    try:
        return question_types()[kind]
    except KeyError:
        raise UnknownKind(kind) from None
