"""docs/access.md says of every permission who has it."""

from lms.composition import TABLES
from tests.support.access_rules import PAGE, table, with_table


def test_page_has_the_rules_of_the_product():
    page = PAGE.read_text(encoding="utf-8")
    assert table() in page, "python -m tests.support.access_rules"
    assert with_table(page) == page


def test_every_rule_has_a_meaning():
    unclear = [name for rows in TABLES for name, rules in rows.items() for rule in rules if not rule.__doc__]
    assert unclear == []
