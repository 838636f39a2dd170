"""E-mail addresses as mail servers carry them: the part before the @ in ASCII, the domain in IDNA."""

import re
from functools import lru_cache

LONGEST = 254
LOCAL_PART = re.compile(r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*", re.IGNORECASE)
LABEL = re.compile(r"[a-z0-9](?:[a-z0-9_-]*[a-z0-9])?", re.IGNORECASE)
LATIN, CYRILLIC = re.compile(r"[a-z]", re.IGNORECASE), re.compile(r"[а-яёіїєґў]", re.IGNORECASE)


class Uncarried(ValueError):
    """No mail server can carry this address. ``code`` is the reason, as in the catalogue of errors."""

    def __init__(self, *, code: str) -> None:
        super().__init__(code)
        self.code = code


def carried(address: str) -> str:
    """Returns the address in ASCII: a domain in Cyrillic becomes its IDNA form. Raises ``Uncarried``.

    The part before the @ has no ASCII form. A server carries others with SMTPUTF8 only, and so must every further
    server on the way; such an address is refused where it is typed.
    """
    local, _at, domain = address.rpartition("@")
    if not local.isascii():
        raise Uncarried(code="email_local_part_not_latin")
    whole = f"{local}@{_carried_domain(domain)}"
    if len(local) > 64 or len(whole) > LONGEST or not LOCAL_PART.fullmatch(local):
        raise Uncarried(code="email_malformed")
    return whole


@lru_cache(maxsize=500)
def _carried_domain(domain: str) -> str:
    """Returns the domain's IDNA form; cached, because the people of a list have few domains."""
    labels = domain.split(".")
    if any(LATIN.search(label) and CYRILLIC.search(label) for label in labels):
        raise Uncarried(code="email_domain_of_two_alphabets")
    try:
        encoded = domain.encode("idna").decode("ascii")
    except UnicodeError as error:
        raise Uncarried(code="email_malformed") from error
    if not all(LABEL.fullmatch(label) for label in encoded.split(".")):
        raise Uncarried(code="email_malformed")
    return encoded
