"""The rows of a series: in by COPY BINARY and upsert, out by COPY BINARY, and their checksum.

Invariants: a row that is revised is kept in `market.superseded` before it is replaced, in the same transaction; the
checksum is the same linear form in SQL and in Python, over exact integers.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import psycopg

from tickwright.adapters.storage.postgres.binary_copy import from_copy, to_copy
from tickwright.adapters.storage.postgres.series_table import Series
from tickwright.domain.bars import Bars, SeriesKey
from tickwright.domain.errors import DataError
from tickwright.domain.money import INT64_MAX
from tickwright.ports import WriteReport

_VALUES = "open, high, low, close, volume"
_COLUMNS = f"series_id, open_time_ns, {_VALUES}, recorded_ns"
_WEIGHTS = {"open_time_ns": 1, "open": 3, "high": 5, "low": 7, "close": 11, "volume": 13}
CHECKSUM = f"coalesce(sum({' + '.join(f'{weight} * {name}::numeric' for name, weight in _WEIGHTS.items())}), 0)"


def grown(cursor: psycopg.Cursor, series: Series, bars: Bars) -> Series:
    """The series on scales that hold these bars too; its rows are rewritten where a scale grows."""
    if len(bars) == 0:
        return series
    scales = max(series.price_scale, bars.price_scale), max(series.volume_scale, bars.volume_scale)
    if scales == (series.price_scale, series.volume_scale):
        return series
    price, volume = 10 ** (scales[0] - series.price_scale), 10 ** (scales[1] - series.volume_scale)
    if series.rows:
        _demand_room(cursor, series, price, volume)
        for table in ("candles", "superseded"):
            cursor.execute(
                f"update market.{table} set open = open * %(p)s, high = high * %(p)s, low = low * %(p)s, "
                "close = close * %(p)s, volume = volume * %(v)s where series_id = %(id)s",
                {"p": price, "v": volume, "id": series.id},
            )
    cursor.execute(f"select {CHECKSUM} from market.candles where series_id = %s", (series.id,))
    (checksum,) = cursor.fetchone() or (0,)
    cursor.execute(
        "update market.series set price_scale = %s, volume_scale = %s, checksum = %s where id = %s",
        (*scales, checksum, series.id),
    )
    return replace(series, price_scale=scales[0], volume_scale=scales[1], checksum=int(checksum))


def _demand_room(cursor: psycopg.Cursor, series: Series, price: int, volume: int) -> None:
    cursor.execute("select max(high), max(volume) from market.candles where series_id = %s", (series.id,))
    high, most = cursor.fetchone() or (0, 0)
    if (high or 0) * price > INT64_MAX or (most or 0) * volume > INT64_MAX:
        raise DataError(
            "the rows of the series do not fit 64 bits on a finer scale",
            where=f"series {series.id}",
            expected="values with at most 18 digits",
            hint="Keep data of another precision under another exchange name.",
        )


def upserted(
    cursor: psycopg.Cursor, series: Series, bars: Bars, recorded_ns: int, source: str
) -> tuple[WriteReport, int]:
    """Put rows in; returns what became of them and by how much the series' checksum changes."""
    if len(bars) == 0:
        return WriteReport(), 0
    first, last = int(bars.open_time_ns[0]), int(bars.open_time_ns[-1])
    within = "from market.candles where series_id = %s and open_time_ns between %s and %s"
    cursor.execute(f"select {CHECKSUM}, count(*) {within}", (series.id, first, last))
    before, overlapping = cursor.fetchone() or (0, 0)
    if overlapping == 0:
        _copied(cursor, "market.candles", series, bars, recorded_ns)
        return WriteReport(inserted=len(bars)), _checksum(bars)
    cursor.execute("create temporary table if not exists incoming (like market.candles) on commit delete rows")
    _copied(cursor, "incoming", series, bars, recorded_ns)
    revised, matched = _superseded(cursor, recorded_ns, source)
    changed = " or ".join(f"held.{name} <> excluded.{name}" for name in _VALUES.split(", "))
    fresh = ", ".join(f"{name} = excluded.{name}" for name in (*_VALUES.split(", "), "recorded_ns"))
    cursor.execute(
        f"insert into market.candles as held ({_COLUMNS}) select {_COLUMNS} from incoming "
        f"on conflict (series_id, open_time_ns) do update set {fresh} where {changed}"
    )
    cursor.execute(f"select {CHECKSUM} {within}", (series.id, first, last))
    (after,) = cursor.fetchone() or (0,)
    cursor.execute("truncate incoming")
    return WriteReport(len(bars) - matched, revised, matched - revised), int(after) - int(before)


def _superseded(cursor: psycopg.Cursor, recorded_ns: int, source: str) -> tuple[int, int]:
    """Keep the rows that will be revised; returns how many, and how many rows are there already in all."""
    cursor.execute("select count(*) from incoming join market.candles using (series_id, open_time_ns)")
    (matched,) = cursor.fetchone() or (0,)
    held = ", ".join(f"held.{name}" for name in _COLUMNS.split(", "))
    changed = " or ".join(f"held.{name} <> incoming.{name}" for name in _VALUES.split(", "))
    cursor.execute(
        f"insert into market.superseded ({_COLUMNS}, superseded_ns, reason) select {held}, %s, %s "
        f"from market.candles held join incoming using (series_id, open_time_ns) where {changed}",
        (recorded_ns, source),
    )
    return cursor.rowcount, int(matched)


def _copied(cursor: psycopg.Cursor, table: str, series: Series, bars: Bars, recorded_ns: int) -> None:
    constant = [np.full(len(bars), value, np.int64) for value in (series.id, recorded_ns)]
    columns = (bars.open_time_ns, bars.open, bars.high, bars.low, bars.close, bars.volume)
    with cursor.copy(f"copy {table} ({_COLUMNS}) from stdin (format binary)") as copy:
        copy.write(to_copy([constant[0], *columns, constant[1]]))


def _checksum(bars: Bars) -> int:
    # Python integers have no width, so the sums are taken in halves that cannot overflow.
    columns = ((weight, getattr(bars, name)) for name, weight in _WEIGHTS.items())
    return sum(weight * (int((one >> 32).sum()) * 2**32 + int((one & 0xFFFFFFFF).sum())) for weight, one in columns)


def read_bars(
    cursor: psycopg.Cursor, key: SeriesKey, series: Series, start: int, end: int, as_of_ns: int | None
) -> Bars:
    """The rows with open times in [start, end), as known now or at `as_of_ns`."""
    columns = f"open_time_ns, {_VALUES}"
    mine = f"series_id = {series.id} and open_time_ns >= {int(start)} and open_time_ns < {int(end)}"
    query = f"select {columns} from market.candles where {mine}"
    if as_of_ns is not None:
        known = f"and recorded_ns <= {int(as_of_ns)}"
        then = f"select {columns} from market.superseded where {mine} {known} and superseded_ns > {int(as_of_ns)}"
        query = f"{query} {known} union all {then}"
    with cursor.copy(f"copy ({query} order by open_time_ns) to stdout (format binary)") as copy:
        content = b"".join(bytes(piece) for piece in copy)
    time, first, high, low, last, volume = from_copy(content, 6)
    return Bars(key, time, first, high, low, last, volume, series.price_scale, series.volume_scale)
