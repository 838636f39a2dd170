"""Texts and signs for a site's state, the same on every screen."""

from dataclasses import dataclass

from lms.core.i18n import _, format_date, pgettext
from lms.registry.status import AHEAD, APPLIED, ENDED, EXPIRED, GRANTED, SiteState


@dataclass(frozen=True, slots=True)
class StateWord:
    """``kind`` for the macro ``state``, the state's name, and the text after it."""

    kind: str
    word: str
    note: str = ""


def state_word(state: SiteState) -> StateWord:
    """Returns the state's text in the current language."""
    until = format_date(state.until)
    if state.code == GRANTED:
        return StateWord("warn" if state.ends_soon else "ok", _("in force"), _("until %(date)s", date=until))
    if state.code == AHEAD:
        return StateWord("go", _("granted"), _("from %(date)s", date=until))
    if state.code == EXPIRED:
        return StateWord("stop", _("expired"), _("on %(date)s", date=until))
    if state.code == ENDED:
        return StateWord("stop", pgettext("status", "ended"), _("on %(date)s", date=until))
    return StateWord("", _("applied"), _("no order yet"))


def state_choices() -> list[tuple[str, str]]:
    """Returns the choices of the registry's filter."""
    return [
        ("", _("Any state")),
        (GRANTED, _("in force")),
        ("soon", _("ends within three months")),
        (APPLIED, _("applied")),
        (AHEAD, _("granted")),
        (EXPIRED, _("expired")),
        (ENDED, pgettext("status", "ended")),
    ]
