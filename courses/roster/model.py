"""A list of trainees as it was understood: plain data for the preview, before anything is saved."""

from dataclasses import dataclass, field
from datetime import date

from lms.core.people.names import fold


@dataclass(frozen=True, slots=True)
class Note:
    """Something to tell: the sheet's row (from 1; None: of the file), the column as the file heads it, what."""

    row: int | None
    column: str
    message: str


@dataclass(frozen=True, slots=True)
class RosterRow:
    """One person of the list. ``problems``: cannot be enrolled as it stands; ``warnings``: worth a look.

    ``snils`` is eleven digits that pass their check, or empty; so is ``email`` usable or empty.
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
        """Surname, given name, patronymic: those that there are."""
        return " ".join(filter(None, (self.surname, self.given_name, self.patronymic)))

    @property
    def folded_name(self) -> str:
        """For comparing: «ё» as «е», case and spaces do not matter."""
        return fold(self.full_name)

    @property
    def is_ready(self) -> bool:
        """Whether the person can be enrolled without a correction."""
        return not self.problems


@dataclass(frozen=True, slots=True)
class Roster:
    """The list. ``problems`` are of the file as a whole: with one, there are no rows.

    ``columns``: field → heading in the file; ``unused``: headings that nothing was taken from; ``passed_over``: rows
    that are no people, such as totals and signatures.
    """

    rows: tuple[RosterRow, ...] = ()
    problems: tuple[Note, ...] = ()
    warnings: tuple[Note, ...] = ()
    sheet: str = ""
    columns: dict[str, str] = field(default_factory=dict)
    unused: tuple[str, ...] = ()
    passed_over: tuple[Note, ...] = ()

    @property
    def ready(self) -> tuple[RosterRow, ...]:
        """People who can be enrolled without a correction."""
        return tuple(row for row in self.rows if row.is_ready)
