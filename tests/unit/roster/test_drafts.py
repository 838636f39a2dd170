"""Rosters in their drafts: notes are stored as codes."""

import json

from courses.groups.roster_rows import DraftRoster, DraftRow, RowNote, roster_from_json
from lms.core.sentences import ErrorDetail

NOTE = RowNote("ФИО", ErrorDetail("roster_namesake", params={"row": 3}))
WARNING = ErrorDetail("roster_too_long", params={"most": 1000})
ROSTER = DraftRoster((DraftRow(row=4, notes=(NOTE,)),), keeps=False, key_id="k", seal="s", warnings=(WARNING,))


def test_draft_is_restored_from_its_json():
    assert roster_from_json(json.loads(json.dumps(ROSTER.to_json()))) == ROSTER


def test_older_draft_keeps_its_sentences():
    stored = json.loads(json.dumps(ROSTER.to_json()))
    stored["rows"][0] |= {"problems": [["ФИО", "Нет имени."]], "notes": []}
    stored["warnings"] = ["Прочитаны первые 1000."]
    found = roster_from_json(stored)
    assert [(note.column, note.message) for note in found.rows[0].problems] == [("ФИО", "Нет имени.")]
    assert [warning.message for warning in found.warnings] == ["Прочитаны первые 1000."]
