"""The content of a roster file as plain data for the preview, before anything is saved."""

from dataclasses import dataclass, field
from datetime import date

from lms.core.people.names import fold
from lms.core.sentences import ErrorDetail


@dataclass(frozen=True, slots=True)
class Note:
    """A message: the sheet's row (from 1; None for the file), the column's heading in the file, the code."""

    row: int | None
    column: str
    detail: ErrorDetail

    @property
    def message(self) -> str:
        """The sentence in the current language."""
        return self.detail.message


@dataclass(frozen=True, slots=True)
class SkippedRow:
    """A row that holds no person: its number in the sheet and its text."""

    row: int
    text: str


@dataclass(frozen=True, slots=True)
class RosterRow:
    """One person of the roster. ``problems`` prevent enrolment until corrected; ``warnings`` do not.

    ``snils`` is eleven digits with valid check digits, or empty; ``email`` is a valid address, or empty.
    """

    row_number: int
    surname: str = ""
    given_name: str = ""
    patronymic: str = ""
    email: str = ""
    phone: str = ""
    position: str = ""
    workplace: str = ""
    snils: str = ""
    birth_date: date | None = None
    problems: tuple[Note, ...] = ()
    warnings: tuple[Note, ...] = ()

    @property
    def full_name(self) -> str:
        """Surname, given name and patronymic, as far as known."""
        return " ".join(filter(None, (self.surname, self.given_name, self.patronymic)))

    @property
    def folded_name(self) -> str:
        """The name for comparison: case, spaces and the difference of «ё» and «е» are ignored."""
        return fold(self.full_name)

    @property
    def is_ready(self) -> bool:
        """True if the person can be enrolled without a correction."""
        return not self.problems


@dataclass(frozen=True, slots=True)
class Roster:
    """The roster. ``problems`` concern the file as a whole; a roster with one has no rows.

    ``columns``: field → heading in the file; ``unused``: headings that no value was read from; ``passed_over``: rows
    that hold no person, such as totals and signatures.
    """

    rows: tuple[RosterRow, ...] = ()
    problems: tuple[Note, ...] = ()
    warnings: tuple[Note, ...] = ()
    sheet: str = ""
    columns: dict[str, str] = field(default_factory=dict)
    unused: tuple[str, ...] = ()
    passed_over: tuple[SkippedRow, ...] = ()

    @property
    def ready(self) -> tuple[RosterRow, ...]:
        """People who can be enrolled without a correction."""
        return tuple(row for row in self.rows if row.is_ready)
