"""Splits a full name into surname, given name and patronymic, and corrects its spelling."""

import re
from dataclasses import dataclass
from typing import Final

from lms.core.people.names import LOWER_PARTICLES, clean_line, looks_like_name, proper_case

_BEFORE: Final = frozenset(
    {"фон", "ван", "де", "ди", "дер", "дель", "делла", "ла", "ле", "да", "дос", "эль", "аль", "ибн", "бен", "сент"}
)
"""Particles that start a surname."""
_AFTER: Final = frozenset({"оглы", "оглу", "кызы", "гызы", "қызы", "улы", "ұлы", "уулу", "углы", "заде"})
"""Particles that end a patronymic."""
_PATRONYMIC: Final = re.compile(
    r"\w{2,}(?:ович|евич|[ьй]ич|мич|тич|кич|овна|евна|[ьй]вна|инична|ична)"
    r"|.+[ -](?:оглы|оглу|кызы|гызы|қызы|улы|ұлы|уулу)"
)
_NUMBER_BEFORE: Final = re.compile(r"^\W*+[0-9]{1,4}\s*+[.)]?\s*+(?=[^\W\d_])")
_INITIAL: Final = re.compile(r"[^\W\d_]\.?|(?:[^\W\d_]\.){2}")
_LATIN_TWINS: Final = str.maketrans("ABCEHKMOPTXaceopxyk", "АВСЕНКМОРТХасеорхук")
_CYRILLIC: Final = re.compile(r"[а-яёА-ЯЁ]")
_LATIN: Final = re.compile(r"[A-Za-z]")
_ORGANISATIONS: Final = re.compile(
    r"\b(?:мбоу|маоу|мкоу|мбдоу|мадоу|гбоу|гапоу|моу|оу|сош|школа|гимназия|лицей|детский|сад|группа|список|всего|итого|"
    r"руководитель|директор|подпись|дата|стаж[её]р|слушател[ьи]|участники?)\b"
)


@dataclass(frozen=True, slots=True)
class NameParts:
    """A name in parts. ``unsure``: another division is possible; ``mended``: Latin letters among Russian ones were
    replaced.
    """

    surname: str = ""
    given_name: str = ""
    patronymic: str = ""
    unsure: bool = False
    mended: bool = False

    @property
    def initials_only(self) -> bool:
        """True if the given name is an initial."""
        return bool(_INITIAL.fullmatch(self.given_name))


def split_full_name(text: str) -> NameParts:
    """Returns the parts of a full name: surname first, as in rosters, unless the patronymic shows another order.

    >>> split_full_name("нечаев-белов пётр ильич").surname
    'Нечаев-Белов'
    """
    cleaned = _NUMBER_BEFORE.sub("", text.replace(",", " ").replace(";", " "))
    cleaned = re.sub(r"(?<=[^\W\d_]\.)(?=[^\W\d_])", " ", clean_line(cleaned))
    plain = replace_latin_lookalikes(cleaned)
    surname, given, patronymic, unsure = _placed(_grouped(plain.split()))
    return NameParts(name_case(surname), name_case(given), name_case(patronymic), unsure, plain != cleaned)


def name_case(part: str) -> str:
    """Converts names in capitals or lower case to a name's usual case; mixed case is kept as typed."""
    return " ".join(proper_case(word) if word not in LOWER_PARTICLES else word for word in part.split())


def replace_latin_lookalikes(text: str) -> str:
    """Replaces Latin letters that resemble Cyrillic ones, where one word mixes both scripts."""
    return " ".join(
        word.translate(_LATIN_TWINS) if _CYRILLIC.search(word) and _LATIN.search(word) else word
        for word in text.split()
    )


def _grouped(words: list[str]) -> list[str]:
    """Groups words that belong together: «фон Бюлов», «Али оглы», «Иванова (Петрова)»."""
    found: list[str] = []
    waiting = ""
    for word in words:
        low = word.lower()
        if low in _BEFORE and len(words) > 2:
            waiting = f"{waiting} {word}".strip()
        elif found and not waiting and (low in _AFTER or word.startswith("(")):
            found[-1] += f" {word}"
        else:
            found.append(f"{waiting} {word}".strip())
            waiting = ""
    return [*found, waiting] if waiting else found


def _placed(parts: list[str]) -> tuple[str, str, str, bool]:
    """Returns surname, given name, patronymic, and whether another division is as likely."""
    if len(parts) <= 1:
        return (parts[0] if parts else ""), "", "", False
    if len(parts) == 2:
        return parts[0], parts[1], "", False
    if len(parts) == 3 and is_patronymic(parts[1]) and not is_patronymic(parts[2]):
        return parts[2], parts[0], parts[1], True
    if len(parts) == 3:
        return parts[0], parts[1], parts[2], False
    if is_patronymic(parts[-1]):
        return parts[0], " ".join(parts[1:-1]), parts[-1], True
    return parts[0], parts[1], " ".join(parts[2:]), True


def is_patronymic(part: str) -> bool:
    """Returns whether a word has the form of a patronymic."""
    return _PATRONYMIC.fullmatch(part.lower()) is not None


def looks_like_full_name(text: str) -> bool:
    """Returns whether a cell may hold a person's full name: two to five words of letters that name no organisation."""
    words = clean_line(text).split()
    if not 2 <= len(words) <= 5 or not looks_like_name(clean_line(text)) or _ORGANISATIONS.search(text.lower()):
        return False
    return all(word[0].isupper() or word.lower() in _BEFORE | _AFTER for word in words) or text.islower()
