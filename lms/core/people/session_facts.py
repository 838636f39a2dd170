"""Facts about the person of a session that are read in the session's own statement.

A port: nearly every page shows or asks these facts, and each would take a round trip of its own. ``lms.composition``
declares them; each is a scalar subquery correlated to the session's account.
"""

from typing import Any

from sqlalchemy import ColumnElement

_facts: dict[str, ColumnElement[Any]] = {}


def declare_facts(facts: dict[str, ColumnElement[Any]]) -> None:
    """Declares facts by name; declaring one again replaces it. Statements that are built later read them."""
    _facts.update(facts)


def declared_facts() -> dict[str, ColumnElement[Any]]:
    """Returns the declared facts by name."""
    return dict(_facts)
