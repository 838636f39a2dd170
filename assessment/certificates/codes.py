"""Verification codes: unguessable, short enough to type, with a check character that detects mistyping.

Sixteen random characters (80 bits) in Crockford's alphabet, which has no I, L, O or U, and a seventeenth that checks
them: each position has its own weight in GF(32), so that every wrong character and every exchange of two is detected.
"""

import re
import secrets
import unicodedata
from collections.abc import Callable

from lms.core.errors import Invalid

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
RANDOM_CHARACTERS = 16
LENGTH = RANDOM_CHARACTERS + 1
LONGEST_INPUT = 300  # characters: a whole URL may be pasted
_POLYNOMIAL = 0b100101  # x⁵ + x² + 1, primitive over GF(2)
# Characters typed or read instead of those of the alphabet: Crockford's confusables, and Cyrillic look-alikes.
_ALIKE = str.maketrans("OILUАВСЕНКМОРТХУЗІЈЅ", "011VABCEHKM0PTXY31JS")
_SEPARATORS = re.compile(r"[\s\-‐‑‒–—―−_.·]+")


class CodeTypo(Invalid):
    """The code is malformed or its check character is wrong: no document ever had it."""

    code = "certificate_code_mistyped"


def _times_alpha(value: int) -> int:
    """Returns the value times the generator of GF(32)."""
    doubled = value << 1
    return doubled ^ _POLYNOMIAL if doubled & 0b100000 else doubled


def check_character(body: str) -> str:
    """Returns the check character: Σ value · αⁱ over GF(32), by Horner's rule, i from 1 at the last character."""
    total = 0
    for sign in body:
        total = _times_alpha(total ^ ALPHABET.index(sign))
    return ALPHABET[total]


def new_code(random_bits: Callable[[int], int] = secrets.randbits) -> str:
    """Returns a new code in its stored form, without hyphens."""
    number = random_bits(5 * RANDOM_CHARACTERS)
    body = "".join(ALPHABET[number >> 5 * place & 31] for place in reversed(range(RANDOM_CHARACTERS)))
    return body + check_character(body)


def grouped(code: str) -> str:
    """Returns the code as printed: ``7K3M-Q9TX-42WD-HJ8P-A``."""
    return "-".join(code[at : at + 4] for at in range(0, len(code), 4))


def parse_code(text: str) -> str:
    """Returns the stored form of a typed or pasted code: any case, spaces, hyphens, Cyrillic letters, a whole URL.

    Raises ``CodeTypo`` at the field ``code`` if it cannot be a code. A valid code may still be unknown.
    """
    if len(text) > LONGEST_INPUT:
        raise CodeTypo(code="certificate_code_far_too_long", field="code")
    path = re.split(r"[?#]", text.strip())[0].rstrip("/")
    plain = unicodedata.normalize("NFKC", path.rsplit("/", 1)[-1]).upper().translate(_ALIKE)
    code = _SEPARATORS.sub("", plain)
    _check(code)
    return code


def _check(code: str) -> None:
    strange = "".join(dict.fromkeys(sign for sign in code if sign not in ALPHABET))
    if not code:
        raise CodeTypo(code="certificate_code_missing", field="code")
    if strange:
        raise CodeTypo(code="certificate_code_character_unknown", field="code", params={"signs": strange[:10]})
    if len(code) != LENGTH:
        params = {"length": LENGTH, "found": len(code)}
        raise CodeTypo(code="certificate_code_length_wrong", field="code", params=params)
    if check_character(code[:-1]) != code[-1]:
        raise CodeTypo(field="code")
