"""The rows of one database into another of any kind: runs, manifests, searches, trials, jobs, orders and fills.

Invariants: all of it or nothing, in one transaction; a row whose key the target has stays as the target has it, so it
may be repeated; every row that was carried is read back and compared before the transaction ends. Rows that the target
counts by itself (trials) are told apart by what they are of. Known limit: trials without a search, which no version has
written, stay where they are.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select, tuple_
from sqlalchemy import Table as SchemaTable

from tickwright.adapters.storage.database.bulk_insert import insert_rows
from tickwright.adapters.storage.database.database import Database
from tickwright.adapters.storage.database.models import Table, Trial
from tickwright.domain.errors import DataError

PORTION = 2_000
_OWN_KEYS = {Trial.__tablename__: ("search_id", "fingerprint")}
"""What a row of a table with a counter is known by in another database."""

Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class CarriedTable:
    """What became of a table's rows: how many were carried, were there already, and are different there."""

    name: str
    carried: int
    there: int
    different: int


def carry_rows(source: Database, target: Database) -> list[CarriedTable]:
    """Carry every row the target lacks; raises `DataError`, and then nothing was carried."""

    def work(writing: Connection) -> list[CarriedTable]:
        return source.read(lambda reading: [_carried(reading, writing, one) for one in Table.metadata.sorted_tables])

    return target.write(work)


def _carried(reading: Connection, writing: Connection, table: SchemaTable) -> CarriedTable:
    keys = _OWN_KEYS.get(table.name) or tuple(column.name for column in table.primary_key)
    counters = [column.name for column in table.primary_key if column.name not in keys]
    names = [column.name for column in table.columns if column.name not in counters]
    places = [names.index(key) for key in keys]
    carried = there = different = 0
    for rows in _portions(reading, table, names, keys):
        known = _rows_of(writing, table, names, places, rows)
        lacking = [row for row in rows if _key(row, places) not in known]
        different += sum(known.get(_key(row, places), row) != row for row in rows)
        if lacking:
            columns = {name: [row[place] for row in lacking] for place, name in enumerate(names)}
            carried += insert_rows(writing, table, columns)
            arrived = _rows_of(writing, table, names, places, lacking)
            _demand_same(table, lacking, [arrived.get(_key(row, places)) for row in lacking])
        there += len(rows) - len(lacking)
    return CarriedTable(table.name, carried, there, different)


def _portions(
    reading: Connection, table: SchemaTable, names: Sequence[str], keys: Sequence[str]
) -> Iterator[list[Row]]:
    """The rows of a table that have a key, in its order, some at a time."""
    columns, order = [table.c[name] for name in names], [table.c[key] for key in keys]
    known = [column.is_not(None) for column in order]
    last: Row | None = None
    while True:
        following = [] if last is None else [tuple_(*order) > last]
        asked = select(*columns).where(*known, *following).order_by(*order).limit(PORTION)
        rows = [tuple(row) for row in reading.execute(asked)]
        if not rows:
            return
        yield rows
        last = _key(rows[-1], [names.index(key) for key in keys])


def _rows_of(
    connection: Connection, table: SchemaTable, names: Sequence[str], places: Sequence[int], rows: Sequence[Row]
) -> dict[Row, Row]:
    """The rows of these keys, by key."""
    keys = tuple_(*(table.c[names[place]] for place in places)).in_([_key(row, places) for row in rows])
    found = connection.execute(select(*(table.c[name] for name in names)).where(keys))
    return {_key(tuple(row), places): tuple(row) for row in found}


def _key(row: Row, places: Sequence[int]) -> Row:
    return tuple(row[place] for place in places)


def _demand_same(table: SchemaTable, sent: Sequence[Row], arrived: Sequence[Row | None]) -> None:
    wrong = sum(one != other for one, other in zip(sent, arrived, strict=True))
    if wrong:
        raise DataError(
            f"{wrong} rows of {table.name} do not read back as they were sent",
            where=table.name,
            expected="the same values",
            hint="Nothing was carried; report this.",
        )
