"""Settings of an authority that its regulation of internship sites fixes.

The defaults are those of seed B. Only the settings that an authority has changed are stored (``Authority.settings``).
"""

from datetime import date
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

NOT_A_LEAP_YEAR = 2001


class Regulation(BaseModel):
    """The regulation's settings, typed and within their bounds; unknown names are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    status_years_at_most: int = Field(default=3, ge=1, le=10)
    """Longest term of a site's status, in years (B 3.3)."""
    report_month: int = Field(default=6, ge=1, le=12)
    """Month of the day by which the annual report is handed in (B 4.3, 6.2)."""
    report_day: int = Field(default=15, ge=1, le=31)
    approved_by: Literal["authority", "organization"] = "authority"
    """Body that approves an internship programme after the council has considered it."""

    @model_validator(mode="after")
    def _report_day_exists_every_year(self) -> Self:
        date(NOT_A_LEAP_YEAR, self.report_month, self.report_day)
        return self

    def report_due_on(self, year: int) -> date:
        """Returns the day by which the report for the school year that ends in this year is handed in."""
        return date(year, self.report_month, self.report_day)

    def next_report_due_on(self, today: date) -> date:
        """Returns the next such day, today included."""
        due = self.report_due_on(today.year)
        return due if due >= today else self.report_due_on(today.year + 1)
