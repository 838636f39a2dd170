"""Names of people: cleaned, put in order, transliterated for a user name."""

import re
import unicodedata

LONGEST = 120
"""Characters in one part of a name."""

PERMITTED = re.compile(r"[^\W\d_]+(?:[\s'’\-‐.,()]+[^\W\d_]+)*[.)]?", re.UNICODE)
"""Letters with separators between. A separator is mandatory: with an optional one, time doubles with each letter."""
LOWER_PARTICLES = frozenset({"оглы", "оглу", "кызы", "гызы", "углы", "улы", "уулу", "де", "ди", "да", "ван", "фон"})

PLAIN_SIGNS = {0x2010: "-", 0x2011: "-", 0x2013: "-", 0x2014: "-", 0x2019: "'", 0x02BC: "'"}
UNCLEAN = re.compile(r"[\s\-\u2010\u2011\u2013\u2014\u2019\u02bc]")
AROUND_HYPHEN = re.compile(r" ?- ?")

LETTERS = "а б в г д е ё ж з и й к л м н о п р с т у ф х ц ч ш щ ъ ы ь э ю я і ї є ґ ў қ ғ ң ү ұ һ ө"
SPELLED = "a b v g d e e zh z i i k l m n o p r s t u f kh ts ch sh shch _ y _ e iu ia i i e g u k g n u u h o"
LATIN = dict(zip(LETTERS.split(), SPELLED.split(), strict=True))
"""Transliteration as in Russian passports, without hard and soft sign; letters of neighbouring languages by the
nearest one.
"""


def clean_line(text: str | None) -> str:
    """Returns one line with single spaces, composed (й is one character), with a plain apostrophe and hyphen.

    >>> clean_line("  Салтыков‐Щедрин ")
    'Салтыков-Щедрин'
    """
    composed = unicodedata.normalize("NFC", text or "")
    if UNCLEAN.search(composed):  # most names are one word of letters, where nothing is left to do
        composed = AROUND_HYPHEN.sub("-", " ".join(composed.translate(PLAIN_SIGNS).split()))
    return composed


def looks_like_name(text: str) -> bool:
    """Returns whether a tidied text may be a part of a name: letters, with hyphens, apostrophes, dots and spaces
    between.
    """
    return len(text) <= LONGEST and PERMITTED.fullmatch(text) is not None


def proper_case(text: str) -> str:
    """Returns ПЕТРОВА-ВОДКИНА and петрова-водкина as Петрова-Водкина; mixed case was typed on purpose and stays."""
    if not (text.isupper() or text.islower()):
        return text
    return re.sub(r"[^\W\d_]+", lambda word: _capital(word.group()), text.lower())


def _capital(word: str) -> str:
    return word if word in LOWER_PARTICLES else word[0].upper() + word[1:]


def fold(text: str | None) -> str:
    """Returns the text for comparison: lower case, «ё» as «е», single spaces, no stress marks."""
    return clean_line(text).casefold().replace("ё", "е")


def sort_key(surname: str, given_name: str, patronymic: str = "") -> str:
    """Returns the key by which people are sorted: the server sorts bytes, and «ё» would come last."""
    return " ".join(filter(None, (fold(surname), fold(given_name), fold(patronymic))))


def in_latin(text: str) -> str:
    """Returns lower-case Latin letters for Cyrillic ones (as in passports); a letter without a counterpart is dropped.

    >>> in_latin("Щукина-Ёж")
    'shchukinaezh'
    """
    spelled = "".join(LATIN.get(sign, sign) for sign in clean_line(text).lower())
    plain = unicodedata.normalize("NFKD", spelled)
    return re.sub(r"[^a-z0-9]", "", plain.encode("ascii", "ignore").decode())


def username_of(surname: str, given_name: str, patronymic: str = "") -> str:
    """Returns the user name made from a name: surname and initials in Latin.

    >>> username_of("Гаврилова", "Нина", "Павловна")
    'gavrilova.np'
    """
    initials = "".join(in_latin(part)[:1] for part in (given_name, patronymic))
    return ".".join(filter(None, (in_latin(surname)[:40], initials))) or "user"


USERNAME = re.compile(r"[a-z0-9](?:[a-z0-9._-]{0,78}[a-z0-9])?")


def is_username(text: str) -> bool:
    """Returns whether the text is a user name: lower-case Latin letters, digits, and between them dots, hyphens,
    underscores; at most 80.
    """
    return USERNAME.fullmatch(text) is not None
