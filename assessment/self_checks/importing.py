"""Import of questions from a file: parsed, kept as a draft for preview, added to the self-check once."""

from collections.abc import Collection, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from assessment.models.self_checks import SelfCheck
from assessment.questions.gift.parser import MAX_BYTES, Note, ParsedGift, read_gift
from assessment.questions.model import Question, RichText
from assessment.self_checks.operations import add_questions
from courses.models.programmes import ImportDraft
from lms.core.auth.policy import Actor
from lms.core.documents.errors import UnreadableDocument
from lms.core.documents.limited_reading import read_within_limits
from lms.core.errors import Invalid
from lms.core.sentences import ErrorDetail

QUESTIONS = "questions"


def create_draft(
    session: Session, *, actor: Actor, check: SelfCheck, site_id: int, source: bytes, file_name: str
) -> ImportDraft:
    """Parses the file and stores the result as a draft.

    Raises ``Invalid`` at ``file`` if the file as a whole cannot be read.
    """
    read = read_questions(source)
    if read.unreadable:
        raise Invalid(code=read.unreadable.code, field="file", params=read.unreadable.params)
    content = {
        "questions": [one.as_json() for one in read.questions],
        "skipped": [asdict(note) for note in read.skipped],
        "warnings": [asdict(note) for note in read.warnings],
    }
    draft = ImportDraft(
        site_id=site_id,
        account_id=actor.account_id,
        kind=QUESTIONS,
        file_name=file_name[-500:],
        subject_id=check.id,
        content=content,
    )
    session.add(draft)
    session.flush()
    return draft


def read_questions(source: bytes) -> ParsedGift:
    """Returns what ``read_gift`` returns, read in a child process with limits."""
    try:
        return read_within_limits(read_gift, source[: MAX_BYTES + 1], kinds=(ParsedGift, Note, Question, RichText))
    except UnreadableDocument as error:
        return ParsedGift(unreadable=ErrorDetail(error.code, params=error.params))


def draft_questions(draft: ImportDraft) -> list[Question]:
    """Returns the draft's questions."""
    return [Question.from_json(one) for one in draft.content["questions"]]


def draft_notes(draft: ImportDraft, name: str) -> list[Note]:
    """Returns the file's messages: ``name`` is ``skipped`` or ``warnings``."""
    return [_note(one) for one in draft.content[name]]


def _note(stored: Mapping[str, Any]) -> Note:
    return Note(stored["line"], stored["name"], tuple(ErrorDetail(**detail) for detail in stored.get("details", ())))


def import_questions(
    session: Session, *, actor: Actor, draft: ImportDraft, check: SelfCheck, chosen: Collection[int], now: datetime
) -> int:
    """Adds the chosen questions (positions in the draft) to the end of the self-check and returns their number.

    A second call for the same draft adds none. Raises ``Invalid`` if none is chosen or there would be too many.
    """
    session.refresh(draft, with_for_update=True)
    if draft.saved_at is not None:
        return 0
    questions = [one for place, one in enumerate(draft_questions(draft)) if place in chosen]
    if not questions:
        raise Invalid(code="questions_not_chosen", field="file")
    add_questions(session, actor=actor, check=check, questions=questions, site_id=draft.site_id)
    draft.saved_at = now
    session.flush()
    return len(questions)
