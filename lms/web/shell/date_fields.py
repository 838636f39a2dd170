"""Date fields of a list, each over a stored date: what is typed is read, checked and merged into what is stored."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from flask import request

from lms.core.i18n import format_date
from lms.core.i18n import gettext as _
from lms.http.typed_over import merged_over, revisions_shown
from lms.web.shell.stored_forms import conflict_words, text_of


@dataclass(slots=True)
class TypedDates:
    """Dates to store, texts of the fields, errors and revisions of the stored dates, each by field name."""

    days: dict[str, date | None]
    texts: dict[str, str]
    errors: dict[str, str] = field(default_factory=dict)
    revisions: dict[str, str] = field(default_factory=dict)


def stored_dates(stored: Mapping[str, date | None]) -> TypedDates:
    """Returns the fields as they are shown before anything is typed."""
    texts = {name: text_of(day) for name, day in stored.items()}
    return TypedDates(dict(stored), texts, revisions=revisions_shown(texts))


def read_dates(stored: Mapping[str, date | None]) -> TypedDates:
    """Returns the posted dates merged into the stored ones; a text that is no date, or that was changed on both sides,
    is an error at its field.
    """
    found = TypedDates({}, {name: request.form.get(name, "").strip() for name in stored})
    for name, text in found.texts.items():
        try:
            found.days[name] = parsed_date(text)
        except ValueError:
            found.errors[name] = _("A date, please, as in 01.09.2026.")
    _merge(found, stored)
    return found


def _merge(found: TypedDates, stored: Mapping[str, date | None]) -> None:
    before = {name: text_of(day) for name, day in stored.items()}
    merged = merged_over(before, {name: text_of(day) for name, day in found.days.items()})
    for name in merged.theirs:
        found.days[name], found.texts[name] = stored[name], before[name]
    for name in merged.conflicts:
        found.errors[name] = conflict_words(format_date(stored[name]) or "")
    found.revisions = revisions_shown(before, merged.theirs.keys() | merged.conflicts.keys())


def parsed_date(text: str) -> date | None:
    """Returns the date of a text in ISO format or as people type it; None for an empty text. Raises ``ValueError``."""
    if not text:
        return None
    if "." in text:
        day, month, year = text.split(".")
        return date(int(year), int(month), int(day))
    return date.fromisoformat(text)
