"""The roster as it is stored in its draft: plain values, personal data encrypted.

Identity numbers and birth dates are never stored in the draft as text: only encrypted, if the programme's document
needs them, and as the HMAC by which a known person is found.
"""

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from courses.roster.model import Note, Roster, RosterRow
from lms.core.crypto.key_ring import KeyRing
from lms.core.errors import Invalid
from lms.core.people.names import fold
from lms.core.people.operations import checked_email, checked_name
from lms.core.sentences import ErrorDetail, fields_as_json, stored_detail

NEEDS_PERSONAL_DATA = ("advanced_training",)
"""Kinds of documents that state an identity number and a birth date."""
CORRECTABLE = ("surname", "given_name", "patronymic", "email")


@dataclass(frozen=True, slots=True)
class RowNote:
    """A problem or a warning of a row: the column's heading in the file, and the code.

    ``column`` is empty for the whole row and for a value typed into the preview, whose field the detail names.
    """

    column: str
    detail: ErrorDetail

    @property
    def message(self) -> str:
        """The sentence in the current language."""
        return self.detail.message


@dataclass(frozen=True, slots=True)
class DraftRow:
    """A person of the roster. ``problems`` prevent saving the row, ``notes`` do not."""

    row: int
    surname: str = ""
    given_name: str = ""
    patronymic: str = ""
    email: str = ""
    phone: str = ""
    position: str = ""
    workplace: str = ""
    marks: tuple[str, ...] = ()
    """The identity number's HMAC under each key."""
    number: str = ""
    """The encrypted identity number; empty if none was given or none is needed."""
    born: str = ""
    """The encrypted birth date."""
    problems: tuple[RowNote, ...] = ()
    notes: tuple[RowNote, ...] = ()

    @property
    def name(self) -> str:
        """The full name, as far as known."""
        return " ".join(filter(None, (self.surname, self.given_name, self.patronymic)))

    @property
    def folded(self) -> str:
        """The name in the form of ``Person.sort_key``."""
        return " ".join(filter(None, (fold(self.surname), fold(self.given_name), fold(self.patronymic))))

    @property
    def correctable(self) -> bool:
        """True if the preview offers fields to correct the row."""
        return bool(self.problems or self.notes)


@dataclass(frozen=True, slots=True)
class DraftRoster:
    """The whole roster in its draft."""

    rows: tuple[DraftRow, ...]
    keeps: bool
    """True if identity numbers and birth dates are stored."""
    key_id: str
    seal: str
    """The context to which encrypted values are bound."""
    sheet: str = ""
    columns: dict[str, str] = field(default_factory=dict)
    unused: tuple[str, ...] = ()
    warnings: tuple[ErrorDetail, ...] = ()
    passed_over: tuple[tuple[int, str], ...] = ()
    dropped: int = 0
    """Number of people whose identity number or birth date was read but is not stored."""

    def to_json(self) -> dict[str, Any]:
        """Returns the JSON that the draft stores."""
        return fields_as_json(self)


def roster_from_json(content: Mapping[str, Any]) -> DraftRoster:
    """Restores a roster from the JSON of ``to_json``."""
    rows = tuple(_row_from_json(row) for row in content["rows"])
    pairs = tuple((number, text) for number, text in content["passed_over"])
    plain = {name: content[name] for name in ("keeps", "key_id", "seal", "sheet", "columns", "dropped")}
    return DraftRoster(
        rows,
        unused=tuple(content["unused"]),
        warnings=tuple(map(stored_detail, content["warnings"])),
        passed_over=pairs,
        **plain,
    )


def _row_from_json(values: Mapping[str, Any]) -> DraftRow:
    notes = {name: tuple(map(_row_note, values[name])) for name in ("problems", "notes")}
    return DraftRow(**{**values, **notes, "marks": tuple(values["marks"])})


def _row_note(stored: Any) -> RowNote:
    """Reads a note; versions before codes stored a pair of column and sentence."""
    if isinstance(stored, Mapping):
        return RowNote(stored["column"], stored_detail(stored["detail"]))
    return RowNote(stored[0], stored_detail(stored[1]))


def draft_roster(roster: Roster, *, keeps: bool, ring: KeyRing, seal: str) -> DraftRoster:
    """Converts a roster for the draft: personal data are encrypted, or dropped if not needed."""
    return DraftRoster(
        rows=tuple(_draft_row(row, keeps, ring, seal) for row in roster.rows),
        keeps=keeps,
        key_id=ring.current_id,
        seal=seal,
        sheet=roster.sheet,
        columns=dict(roster.columns),
        unused=roster.unused,
        warnings=tuple(note.detail for note in roster.warnings),
        passed_over=tuple((skipped.row, skipped.text) for skipped in roster.passed_over),
        dropped=0 if keeps else sum(bool(row.snils or row.birth_date) for row in roster.rows),
    )


def _draft_row(row: RosterRow, keeps: bool, ring: KeyRing, seal: str) -> DraftRow:
    return DraftRow(
        row=row.row_number,
        surname=row.surname,
        given_name=row.given_name,
        patronymic=row.patronymic,
        email=row.email,
        phone=row.phone,
        position=row.position,
        workplace=row.workplace,
        marks=tuple(ring.marks(row.snils)) if row.snils else (),
        number=_encrypt(ring, row.snils, seal) if keeps and row.snils else "",
        born=_encrypt(ring, row.birth_date.isoformat(), seal) if keeps and row.birth_date else "",
        problems=_notes(row.problems),
        notes=_notes(row.warnings),
    )


def _notes(notes: tuple[Note, ...]) -> tuple[RowNote, ...]:
    return tuple(RowNote(note.column, note.detail) for note in notes)


def _encrypt(ring: KeyRing, text: str, seal: str) -> str:
    return base64.b64encode(ring.encrypt(text, f"roster:{seal}")).decode()


def decrypted_data(whole: DraftRoster, row: DraftRow, ring: KeyRing) -> tuple[str | None, date | None]:
    """Returns the row's decrypted identity number and birth date; None if they are not stored."""
    number, born = (_decrypt(ring, whole, text) for text in (row.number, row.born))
    return number, date.fromisoformat(born) if born else None


def _decrypt(ring: KeyRing, whole: DraftRoster, text: str) -> str | None:
    return ring.decrypt(whole.key_id, base64.b64decode(text), f"roster:{whole.seal}") if text else None


def corrected(row: DraftRow, typed: Mapping[str, str]) -> DraftRow:
    """Returns the row with the leader's corrections; problems of name and address are checked anew."""
    changes: dict[str, Any] = {name: typed[name].strip()[:300] for name in CORRECTABLE if name in typed}
    if all(getattr(row, name) == text for name, text in changes.items()):
        return row
    changed = replace(row, **changes, problems=(), notes=())
    try:
        name = checked_name(changed.surname, changed.given_name, changed.patronymic)
        email = checked_email(changed.email) or ""
    except Invalid as error:
        return replace(changed, problems=(_corrected_note(error),))
    return replace(changed, surname=name.surname, given_name=name.given_name, patronymic=name.patronymic, email=email)


def _corrected_note(error: Invalid) -> RowNote:
    return RowNote("", error.as_detail())
