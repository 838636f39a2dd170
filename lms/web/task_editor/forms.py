"""The form of an attestation task; its criteria are a table of plain fields."""

from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

from flask import request
from wtforms import BooleanField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from assessment.attestation.tasks import LONGEST_INSTRUCTIONS, LONGEST_TITLE, MOST_CRITERIA, CriterionInput
from lms.core.i18n import gettext as _
from lms.core.i18n import lazy_gettext as _l
from lms.web.shell.stored_forms import StoredForm

KINDS = [SelectChoice("current", _l("Current attestation")), SelectChoice("final", _l("Final attestation"))]
COLUMNS = ("name", "indicator", "most", "least")
SPARE_ROWS = 2
"""Number of empty rows at the end of the table."""


class InstructionsForm(StoredForm):
    """Fields that can be changed in an approved version too."""

    instructions = TextAreaField(_l("Instructions"), [Length(max=LONGEST_INSTRUCTIONS)])


class TaskForm(InstructionsForm):
    """A task without its criteria."""

    title = StringField(_l("Title"), [InputRequired(), Length(max=LONGEST_TITLE)])
    kind = RadioField(_l("Kind"), choices=KINDS, default="current")
    topic = SelectField(_l("Topic of the plan"), [Optional()], choices=[])
    pass_mark = StringField(_l("Pass mark"), [Length(max=8)])
    required = BooleanField(_l("Obligatory: without it there is no certificate"), default=True)


@dataclass(slots=True)
class Row:
    """A criterion as typed, with errors by cell."""

    name: str = ""
    indicator: str = ""
    most: str = ""
    least: str = ""
    faults: dict[str, str] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        """True if nothing is typed; the row is then ignored."""
        return not (self.name or self.indicator or self.most or self.least)


def typed_rows() -> list[Row]:
    """Returns the rows of the posted table, up to the largest number of a task."""
    columns = [request.form.getlist(f"criterion_{name}") for name in COLUMNS]
    return [Row(*(text.strip() for text in row)) for row in list(zip(*columns, strict=False))[: MOST_CRITERIA + 1]]


def text_of_rows(rows: list[Row]) -> str:
    """Returns the criteria as one text, of which a revision is made."""
    return "\n".join("\t".join((row.name, row.indicator, row.most, row.least)) for row in rows)


def filled(rows: list[Row]) -> list[Row]:
    """Returns the rows with empty ones at the end."""
    wanted = [row for row in rows if not row.is_empty]
    return [*wanted, *(Row() for _spare in range(SPARE_ROWS))]


def number_in(text: str) -> Decimal | None:
    """Returns the number of a text as people type it, or ``None`` if it is no number."""
    try:
        found = Decimal(text.replace(",", ".").replace(" ", "") or "0")
    except InvalidOperation:
        return None
    return found if found.is_finite() else None


def criteria_in(rows: list[Row]) -> list[CriterionInput]:
    """Returns the criteria of the rows that are not empty; a text that is no number is noted at its cell."""
    found = []
    for row in rows:
        points = {name: number_in(getattr(row, name)) for name in ("most", "least")}
        row.faults |= {name: _("This is not a number.") for name, value in points.items() if value is None}
        found.append(
            CriterionInput(row.name, row.indicator, points["most"] or Decimal(0), points["least"] or Decimal(0))
        )
    return found
