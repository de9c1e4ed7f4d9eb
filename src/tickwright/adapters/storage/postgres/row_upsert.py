"""The upsert of rows into a series: new rows straight into the table, former versions beside it.

Invariants: the caller holds the series, so what is read here is what will be changed; a row that is revised is kept in
the table of former versions before it is replaced, in the same transaction. Rows that stay as they are cost a read and
no write.
"""

from __future__ import annotations

import numpy as np
import psycopg

from tickwright.adapters.storage.postgres.row_tables import table_of
from tickwright.adapters.storage.postgres.series_rows import checksum, put_rows, read_rows
from tickwright.adapters.storage.postgres.series_table import Series
from tickwright.adapters.storage.rows import Rows, joined
from tickwright.adapters.storage.upsert import Upsert, upsert
from tickwright.domain.bars import SeriesKey
from tickwright.domain.timestamp import DAY
from tickwright.ports import WriteReport


def upserted(
    cursor: psycopg.Cursor, key: SeriesKey, series: Series, rows: Rows, source: str
) -> tuple[WriteReport, int]:
    """Put rows in; returns what became of them and by how much the series' checksum changes."""
    if len(rows) == 0:
        return WriteReport(), 0
    merge = upsert(_overlapping(cursor, key, series, rows), rows)
    if merge.revised:
        _revise(cursor, key, series, merge, int(rows.recorded_ns[0]), source)
    elif merge.inserted:
        put_rows(cursor, table_of(key.kind).name, table_of(key.kind).columns, series, merge.new)
    change = checksum(merge.new) + checksum(merge.versions) - checksum(merge.replaced)
    return WriteReport(merge.inserted, merge.revised, merge.unchanged), change


def _overlapping(cursor: psycopg.Cursor, key: SeriesKey, series: Series, rows: Rows) -> Rows:
    """The rows of the series in the range of the new ones; a look at an index where there are none."""
    table, first, last = table_of(key.kind), int(rows.times[0]), int(rows.times[-1])
    if table.layout.time not in table.layout.identity:  # a row may come again with another time of its days
        first, last = first // DAY * DAY, last // DAY * DAY + DAY - 1
    within = f"select exists (select from {table.name} where series_id = %s and {table.layout.time} between %s and %s)"
    cursor.execute(within.encode(), (series.id, first, last))
    if not (cursor.fetchone() or (False,))[0]:
        return rows.take(np.zeros(len(rows), np.bool_))
    return read_rows(cursor, key, series, (first, last + 1), recorded=True)


def _revise(
    cursor: psycopg.Cursor, key: SeriesKey, series: Series, merge: Upsert, recorded_ns: int, source: str
) -> None:
    """Keep the rows that are there as former versions, and put the new ones in their place."""
    table = table_of(key.kind)
    staging = f"leaving_{table.name.removeprefix('market.')}"
    cursor.execute(f"create temporary table if not exists {staging} (like {table.name}) on commit delete rows".encode())
    put_rows(cursor, staging, table.columns, series, merge.replaced)
    cursor.execute(
        f"insert into {table.former} ({table.columns}, superseded_ns, reason) "
        f"select {table.columns}, %s, %s from {staging}".encode(),
        (recorded_ns, source),
    )
    same = " and ".join(f"held.{name} = leaving.{name}" for name in ("series_id", *table.layout.order))
    cursor.execute(f"delete from {table.name} held using {staging} leaving where {same}".encode())
    cursor.execute(f"truncate {staging}".encode())
    put_rows(cursor, table.name, table.columns, series, joined(table.layout, [merge.new, merge.versions]))
