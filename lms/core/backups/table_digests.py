"""Digests of tables: two tables with the same digest have the same rows, whatever their order on the disk."""

from psycopg import Connection, sql
from pydantic import BaseModel, ConfigDict

FORMS = {
    "timezone": "UTC",
    "datestyle": "ISO, YMD",
    "intervalstyle": "postgres",
    "bytea_output": "hex",
    "extra_float_digits": "1",
}
"""Settings on which the texts of values depend."""
TABLES = """
    SELECT relname FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') ORDER BY relname"""
DIGEST = """
    SELECT count(*), coalesce(sum(('x' || left(h, 15))::bit(60)::bigint), 0)::text,
           coalesce(sum(('x' || right(h, 15))::bit(60)::bigint), 0)::text
    FROM (SELECT encode(sha256(convert_to(one::text, 'UTF8')), 'hex') AS h FROM {table} AS one) AS hashes"""
"""The sum of two parts of every row's hash: no order of rows is needed, and the rows stay at the server."""


class TableDigest(BaseModel):
    """Number of the rows of a table, and the digest of all of them."""

    model_config = ConfigDict(frozen=True)

    rows: int
    digest: str


def tables_of(connection: Connection) -> list[str]:
    """Returns the names of the application's tables."""
    return [name for (name,) in connection.execute(TABLES)]


def digest_tables(connection: Connection) -> dict[str, TableDigest]:
    """Returns the digest of each table as the connection's transaction sees it."""
    for name, value in FORMS.items():
        connection.execute("SELECT set_config(%s, %s, true)", [name, value])
    return {name: _digest(connection, name) for name in tables_of(connection)}


def _digest(connection: Connection, table: str) -> TableDigest:
    statement = sql.SQL(DIGEST).format(table=sql.Identifier("public", table))
    rows, left, right = connection.execute(statement).fetchone() or (0, "0", "0")
    return TableDigest(rows=rows, digest=f"{int(left):x}-{int(right):x}")
