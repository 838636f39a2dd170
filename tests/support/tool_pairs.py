"""Key pairs of the tool for tests: a few, made once a process, because each takes a tenth of a second."""

import itertools
from functools import cache

from joserfc.jwk import RSAKey

from lms.lti.trust import tool_keys

COUNT = 4
"""More than any test makes, so that no two keys of one test are the same."""
REAL_NEW_KEY = tool_keys._new_key

_numbers = itertools.cycle(range(COUNT))


@cache
def _pair(_number: int) -> RSAKey:
    return REAL_NEW_KEY()


def next_pair() -> RSAKey:
    """Returns the next of the pairs."""
    return _pair(next(_numbers))
