"""Splits a full name into surname, given name and patronymic, and corrects its spelling."""

import re
from dataclasses import dataclass
from itertools import islice
from typing import Final

from courses.importing.document import collapse_spaces
from courses.importing.title_page import ORGANIZATION
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
_ROLE: Final = re.compile(
    r"\s*+(?:(?:и\.?\s?о|врио|зам|ст|гл)\b\.?\s*+)?(?:директор|куратор|руководит|заместит|завед|зав\b|завуч|методист|"
    r"учител|педагог|воспитател|психолог|логопед|дефектолог|тьютор|наставник|преподават|староста|совместит|стаж[её]р|"
    r"слушател|координатор|ответствен|инструктор|социальн|классн|декрет|отпуск|зам\b)",
    re.IGNORECASE,
)
"""Beginnings of roles and remarks beside a name."""
_BRACKETS: Final = re.compile(r"\(([^()]{1,80})\)")
_BESIDE: Final = re.compile(r"\s[–—-]\s|[,;:]\s|\s[,;+]")
"""Signs between a name and a remark. A hyphen without spaces is part of a name."""
_LATIN_TWINS: Final = str.maketrans("ABCEHKMOPTXaceopxyk", "АВСЕНКМОРТХасеорхук")
_CYRILLIC: Final = re.compile(r"[а-яёА-ЯЁ]")
_LATIN: Final = re.compile(r"[A-Za-z]")
_ORGANISATIONS: Final = re.compile(
    r"\b(?:мбоу|маоу|мкоу|мбдоу|мадоу|гбоу|гапоу|моу|оу|сош|школа|гимназия|лицей|детский|сад|группа|список|всего|итого|"
    r"руководитель|директор|подпись|дата|стаж[её]р|слушател[ьи]|участники?)\b"
)


LONGEST_CELL: Final = 300
"""Most characters of a cell that are searched for names."""
MOST_SIGNS: Final = 12
"""Most signs in a cell at which a remark may begin."""
LONGEST_SCHOOL: Final = 200
_COUNT_BESIDE: Final = re.compile(
    r"[(–-]? ?[0-9]{1,3} ?(?:чел|педагог|стаж|слушат|участник)[а-яё]{0,12}\.?\)?:?$", re.IGNORECASE
)
_NO_SCHOOL: Final = re.compile(
    r"^(?:список|всего|итого|группа|приложени|руководител|директор|заведующ|подпись|исп\b)|_{3,}|@"
)
"""Lines that mention an organisation and are not its name."""


@dataclass(frozen=True, slots=True)
class NameParts:
    """A name in parts. ``unsure``: another division is possible; ``mended``: Latin letters among Russian ones were
    replaced; ``remark``: a role beside the name, such as «куратор».
    """

    surname: str = ""
    given_name: str = ""
    patronymic: str = ""
    unsure: bool = False
    mended: bool = False
    remark: str = ""

    @property
    def initials_only(self) -> bool:
        """True if the given name is an initial."""
        return bool(_INITIAL.fullmatch(self.given_name))


def split_full_name(text: str) -> NameParts:
    """Returns the parts of a full name: surname first, as in rosters, unless the patronymic shows another order.

    >>> split_full_name("нечаев-белов пётр ильич").surname
    'Нечаев-Белов'
    """
    text, remark = without_remark(without_number(text[:LONGEST_CELL]))
    cleaned = text.replace(",", " ").replace(";", " ")
    cleaned = re.sub(r"(?<=[^\W\d_]\.)(?=[^\W\d_])", " ", clean_line(cleaned))
    plain = replace_latin_lookalikes(cleaned)
    surname, given, patronymic, unsure = _placed(_grouped(plain.split()))
    return NameParts(name_case(surname), name_case(given), name_case(patronymic), unsure, plain != cleaned, remark)


def without_number(text: str) -> str:
    """Returns the text without the number of a list before it."""
    return _NUMBER_BEFORE.sub("", text)


def is_role(text: str) -> bool:
    """Returns whether the text begins as a role or a remark does."""
    return _ROLE.match(text) is not None


def without_remark(text: str) -> tuple[str, str]:
    """Returns a full name without the role or remark beside it, and the remark.

    >>> without_remark("Зуева Яна Лукинична – зам. директора")
    ('Зуева Яна Лукинична', 'зам. директора')
    """
    name, remark = _without_brackets(text)
    for divide in (_divided_by_sign, _divided_after_name, _divided_before_name):
        if found := divide(name):
            return found[0].strip(), "; ".join(filter(None, (found[1].strip(), remark)))
    return name, remark


def _without_brackets(text: str) -> tuple[str, str]:
    """Returns the text without brackets that hold a role or stand behind a full name; a former surname stays."""
    for match in _BRACKETS.finditer(text):
        before, behind = text[: match.start()], text[match.end() :].strip(" .,;")
        is_last = not behind and len(before.split()) > 1
        if is_last and is_patronymic(match[1].strip()) and not any(map(is_patronymic, before.split())):
            return f"{before} {match[1]}", ""
        if before.strip() and (is_last or _ROLE.match(match[1])):
            return f"{before.strip()} {behind}".strip(), match[1].strip()
    return text, ""


def _divided_by_sign(text: str) -> tuple[str, str] | None:
    """Divides at a dash or comma behind a full name, unless the name goes on: «Петрова Анна – Мария»."""
    for match in islice(_BESIDE.finditer(text), MOST_SIGNS):
        name, beside = text[: match.start()], text[match.end() :].strip()
        words = without_number(name).split()
        if len(words) < 2 or not beside:
            continue
        is_whole = is_patronymic(words[-1]) or _INITIAL.fullmatch(words[-1])
        is_name = is_patronymic(beside) or looks_like_full_name(beside)
        if _ROLE.match(beside) or _is_lower(beside, text) or (is_whole and not is_name):
            return name, beside
    return None


def _divided_after_name(text: str) -> tuple[str, str] | None:
    """Divides behind a patronymic or initials that words in small letters follow: «Зуева Яна Лукинична учитель»."""
    words = text.split()
    for place in range(2, len(words)):
        before = words[:place]
        is_whole = place >= 3 and any(map(is_patronymic, before[-2:]))
        is_whole = is_whole or (bool(_INITIAL.fullmatch(before[-1])) and len(before[0]) > 2)
        if is_whole and words[place].lower() not in _AFTER | _BEFORE and _is_lower(words[place], text):
            return " ".join(before), " ".join(words[place:])
    return None


def _divided_before_name(text: str) -> tuple[str, str] | None:
    """Divides before the name behind a role: «учитель Зуева Яна Лукинична»."""
    words = text.split()
    place = next((i for i, word in enumerate(words) if not word.islower() or word in _BEFORE), 0)
    if place == 0 and len(words) == 4 and _ROLE.match(words[0]) and is_patronymic(words[-1]):
        place = 1
    if place and len(words) - place >= 2 and looks_like_full_name(" ".join(words[place:])):
        return " ".join(words[place:]), " ".join(words[:place])
    return None


def _is_lower(beside: str, text: str) -> bool:
    """Returns whether a part begins with a small letter or a digit in a text that has capitals elsewhere."""
    return (beside[0].islower() or beside[0].isdigit()) and not text.islower()


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
    if len(parts) <= 2 and not _starts_with_initials(parts):
        surname, given, *_rest = [*parts, "", ""]
        return surname, given, "", False
    if _starts_with_initials(parts):
        return parts[-1], parts[0], parts[1] if len(parts) == 3 else "", False
    if len(parts) == 3 and is_patronymic(parts[1]) and not is_patronymic(parts[2]):
        return parts[2], parts[0], parts[1], True
    if len(parts) == 3:
        return parts[0], parts[1], parts[2], False
    if is_patronymic(parts[-1]):
        return parts[0], " ".join(parts[1:-1]), parts[-1], True
    return parts[0], parts[1], " ".join(parts[2:]), True


def _starts_with_initials(parts: list[str]) -> bool:
    """Returns whether initials precede a surname: «А. П. Петрова»."""
    return 2 <= len(parts) <= 3 and bool(_INITIAL.fullmatch(parts[0])) and not _INITIAL.fullmatch(parts[-1])


def is_patronymic(part: str) -> bool:
    """Returns whether a word has the form of a patronymic."""
    return _PATRONYMIC.fullmatch(part.lower()) is not None


def school_name(text: str) -> str:
    """Returns the organisation that a text names, without a count of people; empty for other texts.

    >>> school_name("МБОУ «Лицей № 8» (3 чел.):")
    'МБОУ «Лицей № 8»'
    """
    name = _COUNT_BESIDE.sub("", collapse_spaces(text)).strip(" :;,–-")
    is_one = len(name) <= LONGEST_SCHOOL and ORGANIZATION.search(name) and not name[:1].islower()
    return name if is_one and not _NO_SCHOOL.search(name.lower()) else ""


def looks_like_full_name(text: str) -> bool:
    """Returns whether a cell may hold a person's full name: two to five words of letters that name no organisation."""
    if len(text) > LONGEST_CELL:
        return False
    line = clean_line(text)
    words = line.split()
    if not 2 <= len(words) <= 5 or not looks_like_name(line) or _ORGANISATIONS.search(text.lower()):
        return False
    return all(word[0].isupper() or word.lower() in _BEFORE | _AFTER for word in words) or text.islower()
