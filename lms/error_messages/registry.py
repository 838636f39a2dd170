"""Sentences of the errors of ``lms.registry``."""

from collections.abc import Mapping
from datetime import date

from lms.core.i18n import _, format_date, ngettext
from lms.core.sentences import Sentence


def _term_too_long(years: int, latest: date) -> str:
    term = ngettext("%(num)s year", "%(num)s years", years)
    return _("A status is granted for %(term)s at most: until %(date)s.", term=term, date=format_date(latest))


SENTENCES: Mapping[str, Sentence] = {
    "acting_leader_without_order": lambda: _("An acting leader is appointed by an order: its number, please."),
    "day_outside_term": lambda: _("A day within the term, please."),
    "direction_unknown": lambda: _("Choose a direction from the list of your authority."),
    "role_held_already": lambda: _("The person has this role here already."),
    "role_unknown": lambda: _("There is no such role here."),
    "status_ended_already": lambda: _("This status has been ended already."),
    "status_term_too_long": _term_too_long,
    "status_terms_overlap": lambda until: _(
        "Another status runs until %(date)s: begin after it.", date=format_date(until)
    ),
    "term_reversed": lambda: _("The end comes after the beginning."),
}
