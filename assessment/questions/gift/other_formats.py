"""Recognition of files and questions that are written in another of Moodle's formats."""

import re
from typing import Final

from lms.core.sentences import ErrorDetail

_AIKEN_KEY: Final = re.compile(r"^[ \t]*+(?:ANSWER|ОТВЕТ)[ \t]*+:[ \t]*+[A-ZА-Я][ \t]*+$", re.IGNORECASE | re.MULTILINE)
_AIKEN_OPTION: Final = re.compile(r"^[ \t]*+[A-ZА-Я][.)] ", re.MULTILINE)
_GIFT_ANSWERS: Final = re.compile(r"\{\s*+[=~#]")
_CLOZE: Final = re.compile(
    r"\s*+[0-9]*+\s*+:\s*+(?:SHORTANSWER|SA|MW|NUMERICAL|NM|MULTICHOICE|MC|MULTIRESPONSE|MR)(?:_?[A-Z]{1,2})?\s*+:",
    re.IGNORECASE,
)


def other_format(text: str) -> ErrorDetail | None:
    """Returns the error that names the format of the file; None if the text may be GIFT."""
    if text.lstrip()[:1] == "<" and "<quiz" in text[:20_000]:
        return ErrorDetail("questions_file_is_moodle_xml")
    if _AIKEN_KEY.search(text) and _AIKEN_OPTION.search(text) and not _GIFT_ANSWERS.search(text):
        return ErrorDetail("questions_file_is_aiken")
    return None


def is_cloze(source: str) -> bool:
    """Returns whether the content of a pair of braces is a gap of the Cloze format."""
    return _CLOZE.match(source) is not None
