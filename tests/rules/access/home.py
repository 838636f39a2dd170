"""The home page: open to everybody."""

from tests.rules.access import EVERYBODY, Access

MATRIX = {"home.index": Access(allowed=EVERYBODY, launch="open")}
