"""Values of entries as a person reads them."""

from datetime import date

from lms.core.i18n import format_date


def day(text: str) -> str:
    """Returns the date that an entry keeps in ISO notation; other texts as they are."""
    try:
        return format_date(date.fromisoformat(text))
    except ValueError:
        return text
