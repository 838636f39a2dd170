"""Pages of launches about the person's identity: not found outside a launch."""

from tests.rules.access import Access

NOBODY = Access(allowed=frozenset(), launch="visitor")

MATRIX = {
    "linking.welcome": NOBODY,
    "linking.anonymous": NOBODY,
    "linking.unset": NOBODY,
    "linking.mentees": NOBODY,
}
