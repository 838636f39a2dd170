"""Endpoints outside any feature: language and health."""

from tests.rules.access import EVERYBODY, Access

MATRIX = {
    "language": Access(allowed=EVERYBODY, values=lambda _world: {"locale": "en"}, launch="visitor"),
    "health.healthz": Access(allowed=EVERYBODY),
    "health.readyz": Access(allowed=EVERYBODY),
    "health.metrics": Access(allowed=frozenset()),  # opened by a token, which no person has
}
