"""The upsert of rows into a series: what is new, what changes, what stays.

Invariants: the caller holds the series, so what is read here is what will be changed; equality is judged on values; a
row that is revised is kept in `market.superseded` before it is replaced, in the same transaction. Rows that stay as
they are cost a read and no write.
"""

from __future__ import annotations

import numpy as np
import psycopg

from tickwright.adapters.storage.postgres.candle_rows import COLUMNS, NAMES, checksum, put_rows, read_bars
from tickwright.adapters.storage.postgres.series_table import Series
from tickwright.domain.bars import Bars
from tickwright.ports import WriteReport


def upserted(
    cursor: psycopg.Cursor, series: Series, bars: Bars, recorded_ns: int, source: str
) -> tuple[WriteReport, int]:
    """Put rows in; returns what became of them and by how much the series' checksum changes."""
    if len(bars) == 0:
        return WriteReport(), 0
    held = _overlapping(cursor, series, bars)
    place = np.searchsorted(held.open_time_ns, bars.open_time_ns)
    known = np.zeros(len(bars), np.bool_)
    inside = place < len(held)
    known[inside] = held.open_time_ns[place[inside]] == bars.open_time_ns[inside]
    equal = known.copy()
    for name in NAMES[1:]:
        equal[known] &= getattr(held, name)[place[known]] == getattr(bars, name)[known]
    revised = known & ~equal
    change = 0
    if not known.all():
        new = bars.where(~known) if known.any() else bars
        put_rows(cursor, "market.candles", series, new, recorded_ns)
        change += checksum(new)
    if revised.any():
        versions = bars.where(revised)
        _revise(cursor, series, versions, recorded_ns, source)
        replaced = np.zeros(len(held), np.bool_)
        replaced[place[revised]] = True
        change += checksum(versions) - checksum(held.where(replaced))
    return WriteReport(int((~known).sum()), int(revised.sum()), int(equal.sum())), change


def _overlapping(cursor: psycopg.Cursor, series: Series, bars: Bars) -> Bars:
    """The rows of the series in the range of the new ones; a look at an index where there are none."""
    first, last = int(bars.open_time_ns[0]), int(bars.open_time_ns[-1])
    within = "select exists (select from market.candles where series_id = %s and open_time_ns between %s and %s)"
    cursor.execute(within, (series.id, first, last))
    if not (cursor.fetchone() or (False,))[0]:
        return bars.where(np.zeros(len(bars), np.bool_))
    return read_bars(cursor, bars.key, series, (first, last + 1))


def _revise(cursor: psycopg.Cursor, series: Series, versions: Bars, recorded_ns: int, source: str) -> None:
    """Keep the rows that are there as former versions, and put the new ones in their place."""
    cursor.execute("create temporary table if not exists incoming (like market.candles) on commit delete rows")
    put_rows(cursor, "incoming", series, versions, recorded_ns)
    held = ", ".join(f"held.{name}" for name in COLUMNS.split(", "))
    cursor.execute(
        f"insert into market.superseded ({COLUMNS}, superseded_ns, reason) select {held}, %s, %s "
        "from market.candles held join incoming using (series_id, open_time_ns)",
        (recorded_ns, source),
    )
    fresh = ", ".join(f"{name} = incoming.{name}" for name in (*NAMES[1:], "recorded_ns"))
    cursor.execute(
        f"update market.candles held set {fresh} from incoming "
        "where held.series_id = incoming.series_id and held.open_time_ns = incoming.open_time_ns"
    )
    cursor.execute("truncate incoming")
