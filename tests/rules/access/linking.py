"""Pages of launches about who somebody is: with an ordinary log-in, or none, there is nothing."""

from tests.rules.access import Access

NOBODY = Access(allowed=frozenset(), launch="visitor")

MATRIX = {
    "linking.welcome": NOBODY,
    "linking.anonymous": NOBODY,
    "linking.unset": NOBODY,
    "linking.mentees": NOBODY,
}
