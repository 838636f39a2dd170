"""The order of the test files in ``make test``, where three processes run them: the longest files first.

The fault tests mostly wait for the worker, so that another process can compute beside them.
"""

LONGEST_FIRST = (
    "tests/integration/faults/",
    "tests/integration/bench/",
    "tests/rules/test_access.py",
    "tests/browser/",
    "tests/integration/servers/",
    "tests/integration/lti_platforms/test_real_worker.py",
    "tests/integration/migrations/",
    "tests/integration/demo/",
    "tests/integration/storage/",
    "tests/integration/",
)
"""Files and folders (with a slash at the end); everything else follows."""


def rank(node_id: str) -> int:
    """The position of the first file or folder that the test belongs to; the number of positions for others."""
    return next((place for place, start in enumerate(LONGEST_FIRST) if node_id.startswith(start)), len(LONGEST_FIRST))
