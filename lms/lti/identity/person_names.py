"""Person names from a platform's claims. Pure.

A name is printed on documents, so it is used only if the platform gave its parts; a guessed name is offered to the
person for confirmation.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from courses.roster.people import is_patronymic, split_full_name
from lms.core.errors import Invalid
from lms.core.people.operations import FullName, checked_email, checked_name

LONGEST = 300
"""Characters of a claim that are read."""


@dataclass(frozen=True, slots=True)
class NameParts:
    """Suggested values of the name's fields; any of them may be empty."""

    surname: str = ""
    given_name: str = ""
    patronymic: str = ""


def complete_name(named: Mapping[str, Any]) -> FullName | None:
    """Returns the name if the platform gave valid parts, otherwise None.

    >>> complete_name({"family_name": "Зимина", "given_name": "Ольга Ивановна"})
    FullName(surname='Зимина', given_name='Ольга', patronymic='Ивановна')
    >>> complete_name({"name": "Зимина Ольга"}) is None
    True
    """
    parts = _parts(named)
    try:
        return checked_name(parts.surname, parts.given_name, parts.patronymic)
    except Invalid:
        return None


def suggested_name(named: Mapping[str, Any]) -> NameParts:
    """Returns the parts given by the platform; a whole name is divided as in lists of trainees."""
    parts = _parts(named)
    if parts.surname or parts.given_name:
        return parts
    whole = split_full_name(_text(named, "name"))
    return NameParts(whole.surname[:120], whole.given_name[:120], whole.patronymic[:120])


def email_of(named: Mapping[str, Any]) -> str:
    """Returns the e-mail address, or an empty string if it is invalid. It proves nothing."""
    try:
        return checked_email(_text(named, "email")) or ""
    except Invalid:
        return ""


def _parts(named: Mapping[str, Any]) -> NameParts:
    """Platforms without patronymics have them after the given name; the ending tells."""
    given, patronymic = _text(named, "given_name"), _text(named, "middle_name")
    first, _space, last = given.rpartition(" ")
    if not patronymic and first and is_patronymic(last):
        given, patronymic = first, last
    return NameParts(_text(named, "family_name"), given, patronymic)


def _text(named: Mapping[str, Any], key: str) -> str:
    value = named.get(key)
    return " ".join(value[:LONGEST].split()) if isinstance(value, str) else ""
