"""The style guide: open to everybody."""

from tests.rules.access import EVERYBODY, Access

MATRIX = {"styleguide.index": Access(allowed=EVERYBODY)}
