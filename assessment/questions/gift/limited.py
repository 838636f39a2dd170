"""Reads an uploaded file of questions in a child process with limits."""

from assessment.questions.gift.parser import MAX_FILE, Note, ParsedGift, read_gift
from assessment.questions.model import Question, RichText
from lms.core.documents.errors import UnreadableDocument
from lms.core.documents.limited_reading import read_within_limits
from lms.core.sentences import ErrorDetail


def read_gift_within_limits(source: bytes) -> ParsedGift:
    """Returns what ``read_gift`` returns; a file that needs too much is unreadable."""
    try:
        return read_within_limits(read_gift, source[: MAX_FILE + 1], kinds=(ParsedGift, Note, Question, RichText))
    except UnreadableDocument as error:
        return ParsedGift(unreadable=ErrorDetail(error.code, params=error.params))
