"""Writes many rows by COPY: ids are given here, so that rows can refer to each other before they are stored."""

import json
from collections.abc import Set
from typing import Any

from psycopg import Cursor, sql
from sqlalchemy import Table, func, select, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session

from lms.core.db import Base


class BulkWriter:
    """Collects rows of every table; ``flush`` stores them in the order of their foreign keys."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self._tables: dict[type[Base], _Rows] = {}

    def add(self, model: type[Base], **values: Any) -> int:
        """Adds a row with the model's defaults; returns its id, 0 for a table without one.

        JSON may be given as text. Raises ``TypeError`` for a column that the table does not have.
        """
        return self._of(model).add(values)

    def next_id(self, model: type[Base]) -> int:
        """Returns the id of the row of this table that is added next."""
        return self._of(model).last + 1

    def _of(self, model: type[Base]) -> "_Rows":
        rows = self._tables.get(model)
        if rows is None:
            rows = self._tables[model] = _Rows(self.session, model)
        return rows

    def flush(self) -> None:
        """Stores the collected rows."""
        connection = self.session.connection().connection.driver_connection
        assert connection is not None
        of_table = {rows.table: rows for rows in self._tables.values()}
        with connection.cursor() as cursor:
            for table in Base.metadata.sorted_tables:
                if table in of_table:
                    of_table[table].copy_to(cursor)

    def analyze(self) -> None:
        """Collects the planner's statistics: plans of triggers, made for empty tables, are made again after it."""
        self.session.execute(text("ANALYZE"))

    def finish(self) -> None:
        """Stores what is left, moves the sequences behind the ids given, and collects the planner's statistics."""
        self.flush()
        for rows in self._tables.values():
            if rows.last:
                sequence = func.pg_get_serial_sequence(rows.table.name, "id")
                self.session.execute(select(func.setval(sequence, rows.last)))
        self.analyze()


class _Rows:
    """Rows of one table that wait for being stored."""

    def __init__(self, session: Session, model: type[Base]) -> None:
        table = model.__table__
        assert isinstance(table, Table)
        self.table = table
        self.names = tuple(column.key for column in table.columns)
        self.defaults = {column.key: _default(column) for column in table.columns}
        self.known: Set[str] = frozenset(self.names)
        self.json = tuple(column.key for column in table.columns if isinstance(column.type, JSONB))
        self.waiting: list[list[Any]] = []
        self.has_id = "id" in self.known
        self.last = (session.scalar(select(func.max(table.c.id))) or 0) if self.has_id else 0

    def add(self, values: dict[str, Any]) -> int:
        if not values.keys() <= self.known:
            raise TypeError(f"{self.table.name} has no {sorted(values.keys() - self.known)}")
        if self.has_id:
            self.last += 1
            values["id"] = self.last
        for key in self.json:
            value = values.get(key)
            if value is not None and not isinstance(value, str):
                values[key] = json.dumps(value, ensure_ascii=False)
        given = self.defaults | values
        self.waiting.append([given[name] for name in self.names])
        return self.last if self.has_id else 0

    def copy_to(self, cursor: Cursor[Any]) -> None:
        if not self.waiting:
            return
        columns = sql.SQL(", ").join(sql.Identifier(column.name) for column in self.table.columns)
        statement = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(self.table.name), columns)
        with cursor.copy(statement) as copy:
            for row in self.waiting:
                copy.write_row(row)
        self.waiting.clear()


def _default(column: Any) -> Any:
    """Returns the value of a column that a row does not name; None also for moments, which every row must name."""
    if isinstance(column.type, JSONB) and not column.nullable:
        made = column.default.arg(None) if column.default is not None and column.default.is_callable else {}
        return json.dumps(made)
    if column.default is not None and column.default.is_scalar:
        return column.default.arg
    return None
