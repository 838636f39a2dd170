"""No statement leaves anything on its connection: a pooler in transaction mode gives each transaction another one."""

import re

import pytest

from tests.rules.test_house import PACKAGES, ROOT, python_files

KEPT_ON_CONNECTION = re.compile(
    r"""pg_(try_)?advisory_lock(_shared)?\b      # unlike pg_advisory_xact_lock it outlives the transaction
      | (?<=["'])\s*SET\s+(SESSION\s+)?(?!LOCAL\b|TRANSACTION\b)[a-z_.]+\s*(=|TO\b)  # not that of an UPDATE
      | \b(UN)?LISTEN\s+[a-z]
      | \bDECLARE\s+\w+\s+CURSOR\s+WITH\s+HOLD
      | \bCREATE\s+TEMP
      | set_config\([^)]*,\s*false\s*\)""",
    re.VERBOSE,
)
APART = {"lms/cli/postgres_programs.py"}
"""Administers the server on a connection of its own, which no pooler passes on."""


def test_no_statement_outlives_its_transaction():
    found = [
        f"{path.relative_to(ROOT)}: {match[0]}"
        for path in python_files(*PACKAGES)
        if str(path.relative_to(ROOT)) not in APART and "migrations" not in path.parts
        for match in KEPT_ON_CONNECTION.finditer(path.read_text(encoding="utf-8"))
    ]
    assert found == []


@pytest.mark.parametrize(
    ("statement", "kept"),
    [
        ("SELECT pg_advisory_lock(7)", True),
        ("SELECT pg_advisory_xact_lock(7)", False),
        ("SET statement_timeout = 5", True),
        ("SET SESSION lms.correction TO 'on'", True),
        ("SET LOCAL lms.correction = 'on'", False),
        ("UPDATE attempt SET state = 'graded'", False),
        ("SELECT set_config('work_mem', '1MB', false)", True),
        ("SELECT set_config('work_mem', '1MB', true)", False),
        ("LISTEN jobs", True),
    ],
)
def test_rule_tells_statements_apart(statement: str, kept: bool):
    assert bool(KEPT_ON_CONNECTION.search(f'"{statement}"')) is kept
