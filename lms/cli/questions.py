"""``lms questions check FILE``: shows how the import reads a file of questions, without a database."""

import json
from pathlib import Path
from typing import Any, Final

import click

from assessment.questions.gift.limited import read_gift_within_limits
from assessment.questions.gift.parser import MAX_FILE, Note, ParsedGift
from assessment.questions.model import Question
from assessment.questions.registry import question_type
from assessment.questions.sanitise import plain
from lms.core.i18n import LOCALES, set_locale
from lms.core.i18n import gettext as _
from lms.core.sentences import ErrorDetail, declare_sentences
from lms.error_messages import assessment, core
from lms.error_messages import questions as questions_texts

UNREADABLE: Final = 2


@click.group("questions")
def command() -> None:
    """Questions of self-checks: check a file before importing it."""


@command.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option("--lang", type=click.Choice(LOCALES), default="ru", show_default=True, help="Language of the messages.")
@click.pass_context
def check(ctx: click.Context, file: Path, as_json: bool, lang: str) -> None:
    """Read a GIFT file and show what was understood.

    Exit code 0: every question can be imported; 1: some are skipped, with the reason; 2: the file cannot be read.
    """
    set_locale(lang)
    declare_sentences({**core.SENTENCES, **assessment.SENTENCES, **questions_texts.SENTENCES})
    parsed = _parsed(file)
    click.echo(
        json.dumps(report(parsed, file.name), ensure_ascii=False, indent=2) if as_json else as_text(parsed, file.name)
    )
    ctx.exit(UNREADABLE if parsed.unreadable else 1 if parsed.skipped else 0)


def _parsed(file: Path) -> ParsedGift:
    try:
        with file.open("rb") as source:
            return read_gift_within_limits(source.read(MAX_FILE + 1))
    except OSError as error:
        return ParsedGift(
            unreadable=ErrorDetail("file_cannot_be_opened", params={"reason": error.strerror or str(error)})
        )


def report(parsed: ParsedGift, name: str) -> dict[str, Any]:
    """Returns the result as JSON."""
    unread = [{"where": name, "message": parsed.unreadable.message}] if parsed.unreadable else []
    return {
        "questions": [_question(one) for one in parsed.questions],
        "skipped": unread + [_note(one) for one in parsed.skipped],
        "warnings": [_note(one) for one in parsed.warnings],
    }


def _question(question: Question) -> dict[str, Any]:
    return {
        "name": question.name,
        "kind": question.kind,
        "text": plain(question.text, 2_000),
        "mark": float(question.mark),
        "category": question.category,
        "right": [plain(text) for text in question_type(question.kind).describe_right(question.payload)],
    }


def _note(note: Note) -> dict[str, Any]:
    return {"where": note.where, "message": note.message}


def as_text(parsed: ParsedGift, name: str) -> str:
    """Returns the result as text."""
    if parsed.unreadable:
        return f"{name}: {parsed.unreadable.message}"
    rows = [
        f"{number:>3}. {one.name} — {question_type(one.kind).label}" for number, one in enumerate(parsed.questions, 1)
    ]
    rows += ["", _("Questions taken: %(taken)s, skipped: %(skipped)s", taken=len(rows), skipped=len(parsed.skipped))]
    rows += [f"  ✗ {one.where}: {one.message}" for one in parsed.skipped]
    return "\n".join(rows + [f"  ! {one.where}: {one.message}" for one in parsed.warnings])
