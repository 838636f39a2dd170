"""What somebody is called, as far as a platform says so. Pure.

A name goes onto a document, so it is taken over only where the platform named its parts; what has to be guessed is
offered to the person, who confirms it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from courses.roster.people import divide, is_patronymic
from lms.core.errors import Invalid
from lms.core.people.operations import FullName, checked_email, checked_name

LONGEST = 300
"""Characters of a claim that are looked at."""


@dataclass(frozen=True, slots=True)
class NameParts:
    """What the name's fields show before the person has said anything; any of them may be empty."""

    surname: str = ""
    given_name: str = ""
    patronymic: str = ""


def complete_name(named: Mapping[str, Any]) -> FullName | None:
    """The name, where the platform told its parts and they will do; none: the person is asked.

    >>> certain({"family_name": "Зимина", "given_name": "Ольга Ивановна"})
    FullName(surname='Зимина', given_name='Ольга', patronymic='Ивановна')
    >>> certain({"name": "Зимина Ольга"}) is None
    True
    """
    parts = _parts(named)
    try:
        return checked_name(parts.surname, parts.given_name, parts.patronymic)
    except Invalid:
        return None


def suggested_name(named: Mapping[str, Any]) -> NameParts:
    """The parts as told; where only a whole name came, divided as lists of trainees are."""
    parts = _parts(named)
    if parts.surname or parts.given_name:
        return parts
    whole = divide(_text(named, "name"))
    return NameParts(whole.surname[:120], whole.given_name[:120], whole.patronymic[:120])


def email_of(named: Mapping[str, Any]) -> str:
    """The address that the platform tells, or nothing where it will not do. It proves nothing."""
    try:
        return checked_email(_text(named, "email")) or ""
    except Invalid:
        return ""


def _parts(named: Mapping[str, Any]) -> NameParts:
    """Platforms that know no patronymics have them typed after the given name; its ending tells."""
    given, patronymic = _text(named, "given_name"), _text(named, "middle_name")
    first, _space, last = given.rpartition(" ")
    if not patronymic and first and is_patronymic(last):
        given, patronymic = first, last
    return NameParts(_text(named, "family_name"), given, patronymic)


def _text(named: Mapping[str, Any], key: str) -> str:
    value = named.get(key)
    return " ".join(value[:LONGEST].split()) if isinstance(value, str) else ""
