"""What the tables of a database hold: rows and a checksum of each, so that a copy can be compared with its original.

Invariants: the checksum does not depend on the order of rows; it is computed in one transaction, so it describes one
state. Known limit: it tells equal from different, not forged from genuine (a backup's seal does that).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from sqlalchemy import Connection, text

from tickwright.adapters.storage.database.database import Database

_USER_TABLES = """
select n.nspname, c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
where c.relkind in ('r', 'p') and not c.relispartition and n.nspname !~ '^(pg_|_timescaledb|timescaledb)'
and n.nspname <> 'information_schema' order by 1, 2
"""


@dataclass(frozen=True, slots=True)
class TableContent:
    """How many rows a table has, and a checksum over all their values."""

    rows: int
    checksum: int


def row_counts(database: Database) -> dict[str, int]:
    """How many runs, trials, orders, fills and jobs are held."""
    names = ("runs", "trials", "orders", "fills", "jobs")

    def work(connection: Connection) -> dict[str, int]:
        return {name: int(connection.execute(text(f"select count(*) from {name}")).scalar_one()) for name in names}

    return database.read(work)


def contents(connection: Connection) -> dict[str, TableContent]:
    """Every table of a database by its name."""
    if connection.dialect.name == "postgresql":
        return _postgres_contents(connection)
    query = "select name from sqlite_master where type = 'table' and name not like 'sqlite_%' order by name"
    names = [str(name) for (name,) in connection.execute(text(query))]
    return {name: _sqlite_content(connection, name) for name in names}


def _sqlite_content(connection: Connection, name: str) -> TableContent:
    rows = checksum = 0
    for row in connection.execute(text(f'select * from "{name}"')):
        rows += 1
        checksum += int.from_bytes(hashlib.sha256(repr(tuple(row)).encode()).digest()[:8], "big")
    return TableContent(rows, checksum)


def _postgres_contents(connection: Connection) -> dict[str, TableContent]:
    connection.execute(text("set local statement_timeout = 0"))
    found = {}
    for schema, name in connection.execute(text(_USER_TABLES)).all():
        summed = "coalesce(sum(hashtextextended(held::text, 0)::numeric), 0)"
        content = text(f'select count(*), {summed} from "{schema}"."{name}" as held')
        rows, checksum = connection.execute(content).one()
        found[f"{schema}.{name}"] = TableContent(int(rows), int(checksum))
    return found
