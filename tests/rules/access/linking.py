"""Pages of launches about the person's identity: not found outside a launch."""

from tests.rules.access import Access

NOBODY = Access(allowed=frozenset(), launch="visitor")

MATRIX = {
    "linking.welcome": NOBODY,
    "linking.anonymous": NOBODY,
    "linking.look_as_trainee": NOBODY,
    "linking.study": NOBODY,
    "linking.only_look": NOBODY,
    "linking.own_log_in": Access(allowed=frozenset(), launch="open"),
    "linking.unset": NOBODY,
    "linking.mentees": NOBODY,
}
