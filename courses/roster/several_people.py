"""Recognises cells that name several people, however they are written: in lines, in a list, with «и», side by side."""

import re
from collections.abc import Iterator
from itertools import islice
from typing import Final

from courses.roster.people import (
    LONGEST_CELL,
    is_patronymic,
    is_role,
    looks_like_full_name,
    without_number,
    without_remark,
)
from lms.core.people.names import clean_line

_AND: Final = r"\s(?:и|или|а также|and|or)\s"
_BETWEEN_PEOPLE: Final = re.compile(
    rf"[\n;,/+&|\\•·]|{_AND}|\s[-–—]\s|\s(?=[0-9]{{1,3}}[.)]\s)|(?<=[^\W\d_]{{3}})\.\s", re.IGNORECASE
)
_BETWEEN_WORDS: Final = re.compile(rf"[;,/+&|\\]|{_AND}", re.IGNORECASE)
_ALSO: Final = re.compile(r"[^\W\d_]{2,}(?:\s[^\W\d_]{2,}){0,2}(?:\s(?:и|and)\s[^\W\d_]{2,}){1,2}", re.IGNORECASE)
"""Words of a name with «и» among them: «Зуева и Белов», «Зуевы Яна и Пётр»."""
_TWO_WORDS: Final = re.compile(r"([^\W\d_]{2,})\s?[,;]\s?([^\W\d_]{2,})")
_INITIALS: Final = r"(?:[^\W\d_]\.\s?){1,2}"
_WORD: Final = r"[^\W\d_]{2,}(?:-[^\W\d_]+)?"
_TWICE_INITIALS: Final = re.compile(
    rf"{_WORD}\s{_INITIALS}\s?{_WORD}\s{_INITIALS}|{_INITIALS}{_WORD}\s{_INITIALS}{_WORD}"
)
_SURNAME: Final = re.compile(r"(?!яков$)\w{2,}(?:ов|ев|ёв|ова|ева|ёва|ский|ская|цкий|цкая|енко|чук|швили|дзе|ян)")
"""Forms of surnames that given names do not have."""
_PERSON_IN_REMARK: Final = re.compile(r"[А-ЯЁ][а-яё-]+\s(?:[А-ЯЁ]\.\s?[А-ЯЁ]\.|[А-ЯЁ][а-яё]+\s[А-ЯЁ][а-яё]+)")


def looks_like_person(text: str) -> bool:
    """Returns whether a cell may hold the name of a person, or of several, with numbers and remarks beside it."""
    text = text[:LONGEST_CELL]
    return looks_like_full_name(without_number(without_remark(text)[0])) or lists_people(text)


def lists_people(text: str) -> bool:
    """Returns whether a cell holds several whole names: in lines, in a list, or one after the other."""
    text = text[:LONGEST_CELL]
    words = clean_line(without_remark(text)[0]).split()
    return len(list(islice(_people(text), 2))) > 1 or (len(words) > 4 and sum(map(is_patronymic, words)) > 1)


def names_several_people(text: str) -> bool:
    """Returns whether a cell of a name's column holds more than one person, also by shortened names."""
    if len(text) > LONGEST_CELL or lists_people(text):
        return True
    name, remark = without_remark(without_number(text))
    line = clean_line(name)
    if _ALSO.fullmatch(line) or _TWICE_INITIALS.fullmatch(line) or _are_two_surnames(line):
        return True
    return any(not is_same_person(found, line) for found in _PERSON_IN_REMARK.findall(remark))


def is_same_person(found: str, name: str) -> bool:
    """Returns whether a name in a remark is a former one: given name and patronymic are the same."""
    return found.split(maxsplit=1)[-1].lower() in name.lower()


def has_several_words(text: str) -> bool:
    """Returns whether a cell for one part of a name holds several, with a sign between them."""
    return _BETWEEN_WORDS.search(text) is not None


def first_person(text: str) -> str:
    """Returns the name of the first of several people in a cell."""
    return next(_people(text[:LONGEST_CELL]), text)


def _are_two_surnames(line: str) -> bool:
    """Returns whether the name is two surnames with a comma between, or twice surname and given name."""
    if found := _TWO_WORDS.fullmatch(line):
        return all(map(_is_surname, found.groups()))
    words = line.split()
    return [_is_surname(word) for word in words] == [True, False, True, False] and not any(map(is_patronymic, words))


def _is_surname(word: str) -> bool:
    return _SURNAME.fullmatch(word.lower()) is not None


def _people(text: str) -> Iterator[str]:
    """Yields the names in a cell, without numbers and roles."""
    parts = (without_number(without_remark(part)[0]).strip() for part in _BETWEEN_PEOPLE.split(text))
    return (part for part in parts if _is_name_among(part, text))


def _is_name_among(part: str, text: str) -> bool:
    """Returns whether a part of a text is a person's name, not a role."""
    return looks_like_full_name(part) and not is_role(part) and (text.islower() or not part.islower())
