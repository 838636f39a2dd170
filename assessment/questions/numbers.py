"""Numbers as people type them: decimal comma, spaces between thousands, a typographic minus, a sign at the end."""

import re
from decimal import Decimal
from typing import Final

_NUMBER: Final = re.compile(r"[+-]?(?:[0-9]{1,24}(?:\.[0-9]{0,24})?|\.[0-9]{1,24})(?:[eE][+-]?[0-9]{1,2})?")
_THOUSANDS: Final = re.compile(r"(?<=[0-9])[\s\u00a0\u202f'](?=[0-9]{3}(?![0-9]))")
_END: Final = re.compile(r"(?<=[0-9])[.,;]$")
_MINUS: Final = str.maketrans({"\N{MINUS SIGN}": "-", "–": "-", "—": "-", ",": "."})


def number(text: object) -> Decimal | None:
    """Returns the exact number, or None if the text is not one or is ambiguous (such as «1,234.5»).

    >>> number(" −1 250,5 ")
    Decimal('-1250.5')
    """
    plain = _THOUSANDS.sub("", _END.sub("", str(text).strip())).translate(_MINUS)
    plain = re.sub(r"^([+-])\s+", r"\1", plain)
    return Decimal(plain) if _NUMBER.fullmatch(plain) else None


def format_plain(value: Decimal) -> str:
    """Returns a plain decimal without trailing zeros or exponent."""
    text = f"{value:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in {"-0", ""} else text
