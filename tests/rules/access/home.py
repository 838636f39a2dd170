"""The home page: everybody's, each with their own."""

from tests.rules.access import EVERYBODY, Access

MATRIX = {"home.index": Access(allowed=EVERYBODY, launch="open")}
