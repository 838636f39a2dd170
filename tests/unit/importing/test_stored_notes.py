"""Notes of an import draft: stored as codes, composed in the reader's language."""

from dataclasses import replace
from decimal import Decimal

from courses.importing.model import ImportedNote, ImportedProgramme
from lms.core.i18n import use_locale
from lms.core.sentences import ErrorDetail

STORED = ImportedProgramme(
    problems=(
        ImportedNote(
            "Total",
            ErrorDetail("plan_overall_sum_differs", params={"stated": Decimal("18.5"), "sum": Decimal(18)}),
            expected=Decimal(18),
            found=Decimal("18.5"),
        ),
    )
)


def test_stored_note_is_composed_in_the_current_language():
    note = ImportedProgramme.from_json(STORED.to_json()).problems[0]
    assert note.message == "Overall: stated 18.5 h, by topics 18 h."
    with use_locale("ru"):
        assert "18,5" in note.message


def test_note_of_an_older_draft_keeps_its_sentence():
    stored = replace(STORED, problems=()).to_json()
    stored["warnings"] = [{"where": "Тема 1", "message": "Старый текст.", "kind": None, "expected": None, "found": "2"}]
    note = ImportedProgramme.from_json(stored).warnings[0]
    assert (note.where, note.message, note.found) == ("Тема 1", "Старый текст.", 2)
