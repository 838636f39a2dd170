"""Pages of long lists."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

Row = TypeVar("Row")
SIZE = 50
"""Rows of a page."""


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """The rows of one page, the number of all rows, and the page's number from one.

    ``more``: there are more rows than ``total``, which were not counted and have no page.
    """

    rows: Sequence[Row]
    total: int
    number: int
    size: int = SIZE
    more: bool = False

    @property
    def count(self) -> int:
        """Number of pages, at least one."""
        return _pages(self.total, self.size)


def page_of(session: Session, rows: Select[Any], number: int, *, at_most: int | None = None) -> Page[Any]:
    """Returns a page of what the statement selects; beyond the last page, the last one. Two statements.

    ``at_most``: rows that are counted and have a page; all without it.
    """
    counted = rows.order_by(None).limit(None if at_most is None else at_most + 1)
    found = session.scalar(select(func.count()).select_from(counted.subquery())) or 0
    total = found if at_most is None else min(found, at_most)
    number = min(max(number, 1), _pages(total))
    shown = session.scalars(rows.limit(SIZE).offset((number - 1) * SIZE)).all()
    return Page(shown, total, number, more=found > total)


def cut(rows: Sequence[Row], number: int) -> Page[Row]:
    """Returns a page of rows that are all known."""
    number = min(max(number, 1), _pages(len(rows)))
    return Page(rows[(number - 1) * SIZE : number * SIZE], len(rows), number)


def whole(rows: Sequence[Row]) -> Page[Row]:
    """Returns all rows as one page."""
    return Page(rows, len(rows), 1, max(len(rows), 1))


def _pages(total: int, size: int = SIZE) -> int:
    return max(1, -(-total // size))
