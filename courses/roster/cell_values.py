"""Parsers for cells of a roster: e-mail, telephone, identity number (СНИЛС), birth date. Unusable values become
warnings.
"""

import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Final, Generic, TypeVar

from courses.importing.excel_dates import EPOCH
from courses.roster.sheets import Value, cell_text
from lms.core.errors import Invalid
from lms.core.people.operations import EMAIL, checked_email
from lms.core.people.personal_data import normalize_identity_number
from lms.core.sentences import ErrorDetail

T = TypeVar("T")

LONGEST_PHONE: Final = 40
_SERIALS: Final = (3_000, 60_000)
"""Excel day numbers accepted as birth dates, exclusive: 1908 to 2064."""
_INVISIBLE: Final = re.compile(r"[\s\u00ad\u200b-\u200f\u2060\ufeff]+")
_EMAILS: Final = re.compile(r"[^\s,;<>()\"']+@[^\s,;<>()\"']+")
_EMAIL_LABEL: Final = re.compile(r"^\s*+(?:e-?mail|(?:эл[а-яё]*+\.?\s*+)?почта|адрес)\s*+[:–—-]\s*+")
_NAMED_EMAIL: Final = re.compile(r"([^<>@]*)<([^<>@\s]+@[^<>@\s]+)>")
"""A person with an address, as programs for mail write them."""
_REMARK: Final = re.compile(r"\(([а-яё\s.,-]{1,60})\)")
"""Russian words in brackets, which cannot be part of an address."""
_CYRILLIC: Final = re.compile(r"[а-яё]", re.IGNORECASE)
_BETWEEN: Final = r"(?:\s*+[./\-,]\s*+|\s++)"
_DATE: Final = re.compile(rf"([0-9]{{1,2}}){_BETWEEN}([0-9]{{1,2}}){_BETWEEN}([0-9]{{4}}|[0-9]{{2}})")
_ISO: Final = re.compile(r"([0-9]{4})[-./]([0-9]{1,2})[-./]([0-9]{1,2})(?:[T ].*)?")
_WORDS: Final = re.compile(r"([0-9]{1,2})\s+([а-яё]{3,})\.?\s+([0-9]{4})")
_MONTHS: Final = ("янв", "фев", "мар", "апр", "ма", "июн", "июл", "авг", "сен", "окт", "ноя", "дек")


@dataclass(frozen=True, slots=True)
class ParsedValue(Generic[T]):
    """A parsed value, with a warning for the reader if there is one, or a problem that a person must solve."""

    value: T
    warning: ErrorDetail | None = None
    problem: ErrorDetail | None = None


def parse_email(value: Value) -> ParsedValue[str]:
    """Returns a valid address in lower case; empty, with the reason, for any other text.

    Text that is left over beside the address is a problem: a divided address would belong to somebody else.
    """
    typed = cell_text(value)
    text = _INVISIBLE.sub(" ", typed).strip().lower().removeprefix("mailto:")
    if text in {"", "-", "–", "—", "нет", "no"}:
        return ParsedValue("")
    text = _EMAIL_LABEL.sub("", re.sub(r"\s*+@\s*+", "@", text))
    found = _EMAILS.findall(text) or [text.replace(" ", "")]
    address = found[0].rstrip(".")
    local, _at, domain = address.rpartition("@")
    if _CYRILLIC.search(local) or (_CYRILLIC.search(domain) and not domain.endswith((".рф", ".рус", ".дети"))):
        return ParsedValue("", ErrorDetail("roster_email_with_russian_letters", params={"text": address[:80]}))
    try:
        usable = checked_email(address) or ""
    except Invalid as error:
        return ParsedValue("", _unusable(error.code, typed[:80]))
    return _unambiguous(usable, text, len(found))


def _unambiguous(address: str, text: str, count: int) -> ParsedValue[str]:
    """Returns the first address of a cell, with what the cell holds besides."""
    if named := _NAMED_EMAIL.fullmatch(text):
        return ParsedValue(address, _left_out(named[1]))
    rest = _EMAILS.sub(" ", text) if "@" in text else ""
    remarks = [remark.strip() for remark in _REMARK.findall(rest)]
    if re.search(r"[^\s,;/<>().:]", _REMARK.sub("", rest)):
        return ParsedValue("", problem=ErrorDetail("roster_text_beside_email", params={"text": text[:80]}))
    if count > 1:
        return ParsedValue(address, ErrorDetail("roster_several_emails"))
    return ParsedValue(address, _left_out("; ".join(filter(None, remarks))))


def _left_out(remark: str) -> ErrorDetail | None:
    return ErrorDetail("roster_remark_left_out", params={"text": remark.strip()[:80]}) if remark.strip() else None


def _unusable(code: str, text: str) -> ErrorDetail:
    """Returns the warning at a row whose address was refused with this code."""
    if code == "email_local_part_not_latin":
        return ErrorDetail("roster_email_not_latin", params={"text": text})
    if code == "email_domain_of_two_alphabets":
        return ErrorDetail("roster_email_with_russian_letters", params={"text": text})
    return ErrorDetail("roster_email_malformed", params={"text": text})


def parse_phone(value: Value) -> ParsedValue[str]:
    """Returns a Russian number as +7 900 123-45-67, and other numbers as typed."""
    text = _INVISIBLE.sub(" ", cell_text(value)).strip()
    if text in {"", "-", "–", "—", "нет", "no"}:
        return ParsedValue("")
    digits = re.sub(r"\D", "", text)
    if len(digits) == 10 and digits[0] == "9":
        digits = "7" + digits
    if len(digits) == 11 and digits[0] in "78":
        return ParsedValue(f"+7 {digits[1:4]} {digits[4:7]}-{digits[7:9]}-{digits[9:]}")
    if 5 <= len(digits) <= 30 and len(text) <= LONGEST_PHONE:
        return ParsedValue(text)
    return ParsedValue(text[:LONGEST_PHONE], ErrorDetail("roster_phone_malformed", params={"text": text[:60]}))


def parse_snils(value: Value) -> ParsedValue[str]:
    """Returns eleven digits with valid check digits; empty, with the reason, for any other text. Restores leading
    zeros that Excel dropped.
    """
    text = cell_text(value)
    digits = re.sub(r"\D", "", text)
    if not digits:
        is_text = len(text) >= 4
        return ParsedValue("", ErrorDetail("roster_text_not_snils", params={"text": text[:40]}) if is_text else None)
    if isinstance(value, Decimal) and 9 <= len(digits) < 11:
        digits = digits.zfill(11)
    try:
        return ParsedValue(normalize_identity_number(digits))
    except Invalid as error:
        return ParsedValue("", ErrorDetail("roster_snils_malformed", params={"reason": error.code}))


def parse_birth_date(value: Value, today: date | None) -> ParsedValue[date | None]:
    """Parses a date in any usual notation, an Excel date, or its day number."""
    if isinstance(value, date):
        return _plausible(value, today)
    text = cell_text(value).strip().rstrip("г. ").strip()
    if isinstance(value, Decimal) or re.fullmatch(r"[0-9]{4,5}(?:\.0+)?", text):
        number = Decimal(text)
        if _SERIALS[0] < number < _SERIALS[1]:
            return _plausible(EPOCH + timedelta(days=int(number)), today)
    if text in {"", "-", "–", "—"}:
        return ParsedValue(None)
    return _typed_date(text, today)


def _typed_date(text: str, today: date | None) -> ParsedValue[date | None]:
    turned = False
    found: date | None = None
    if hit := _ISO.fullmatch(text):
        found = _day(int(hit[1]), int(hit[2]), int(hit[3]))
    elif hit := _DATE.fullmatch(text):
        year = _full_year(int(hit[3]), len(hit[3]), today)
        found = _day(year, int(hit[2]), int(hit[1]))
        if found is None:
            found, turned = _day(year, int(hit[1]), int(hit[2])), True
    elif hit := _WORDS.fullmatch(text.lower()):
        month = next((number for number, stem in enumerate(_MONTHS, 1) if hit[2].startswith(stem)), 0)
        found = _day(int(hit[3]), month, int(hit[1]))
    if found is None:
        return ParsedValue(None, ErrorDetail("roster_date_malformed", params={"text": text[:40]}))
    if turned:
        return ParsedValue(found, ErrorDetail("roster_month_before_day"))
    return _plausible(found, today)


def _full_year(year: int, digits: int, today: date | None) -> int:
    """Completes a two-digit year to a birth year at least fourteen years before today."""
    if digits == 4:
        return year
    latest = (today.year if today else 2026) - 14
    return 2000 + year if 2000 + year <= latest else 1900 + year


def _day(year: int, month: int, day: int) -> date | None:
    with suppress(ValueError):
        return date(year, month, day)
    return None


def _plausible(found: date, today: date | None) -> ParsedValue[date | None]:
    latest = today.year - 14 if today else 2100
    if 1915 <= found.year <= latest:
        return ParsedValue(found)
    return ParsedValue(None, ErrorDetail("roster_birth_date_implausible", params={"date": cell_text(found)}))


def looks_like_email(text: str) -> bool:
    """Returns whether the text is an e-mail address."""
    return EMAIL.fullmatch(text.strip().lower()) is not None


def looks_like_snils(text: str) -> bool:
    """Returns whether the text is eleven digits, grouped as in a СНИЛС or not grouped."""
    return re.fullmatch(r"[0-9]{3}[- ][0-9]{3}[- ][0-9]{3}[- ][0-9]{2}|[0-9]{11}", text.strip()) is not None


def looks_like_phone(text: str) -> bool:
    """Returns whether the text is a telephone number."""
    return re.fullmatch(r"\+?[78]?[\s(-]*[0-9]{3}[\s)-]*[0-9]{3}[\s-]*[0-9]{2}[\s-]*[0-9]{2}", text.strip()) is not None
