"""The style guide: nothing in it belongs to anybody."""

from tests.rules.access import EVERYBODY, Access

MATRIX = {"styleguide.index": Access(allowed=EVERYBODY)}
