"""Notes of an import draft: stored as codes, composed in the reader's language."""

from dataclasses import replace
from decimal import Decimal

from courses.importing.model import ImportedNote, ImportedProgramme
from courses.thematic_plan.place import TOTAL_ROW
from lms.core.i18n import use_locale
from lms.core.sentences import ErrorDetail

STORED = ImportedProgramme(
    problems=(
        ImportedNote(
            TOTAL_ROW,
            ErrorDetail("plan_overall_sum_differs", params={"stated": Decimal("18.5"), "sum": Decimal(18)}),
            expected=Decimal(18),
            found=Decimal("18.5"),
        ),
    )
)


def test_stored_note_is_composed_in_the_current_language():
    note = ImportedProgramme.from_json(STORED.to_json()).problems[0]
    assert (note.where.message, note.message) == ("Total", "Overall: stated 18.5 h, by topics 18 h.")
    with use_locale("ru"):
        assert note.where.message == "Всего"
        assert "18,5" in note.message


def test_note_of_an_older_draft_keeps_its_place():
    stored = STORED.to_json()
    stored["problems"][0]["where"] = "1.2 Видео"
    note = ImportedProgramme.from_json(stored).problems[0]
    assert (note.where.message, note.message) == ("1.2 Видео", "Overall: stated 18.5 h, by topics 18 h.")


def test_note_of_an_older_draft_names_its_column():
    stored = STORED.to_json()
    detail = {"code": "hours_not_a_number", "field": "", "params": {"kind": "Всего", "text": "по графику"}}
    stored["problems"] = [{"where": "1 Тема", "detail": detail, "kind": None, "expected": None, "found": None}]
    note = ImportedProgramme.from_json(stored).problems[0]
    assert note.message == "Всего: “по графику” is not a number of hours."


def test_note_of_an_older_draft_keeps_its_sentence():
    stored = replace(STORED, problems=()).to_json()
    stored["warnings"] = [{"where": "Тема 1", "message": "Старый текст.", "kind": None, "expected": None, "found": "2"}]
    note = ImportedProgramme.from_json(stored).warnings[0]
    assert (note.where.message, note.message, note.found) == ("Тема 1", "Старый текст.", 2)
