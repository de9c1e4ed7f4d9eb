"""The rows of a series: in by COPY BINARY, out as whole columns, and their checksum.

Invariants: a long range is read in windows of a million bars, so neither side holds it twice; the checksum is a linear
form over exact integers, so what a write changes can be added to it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import psycopg

from tickwright.adapters.storage.postgres.binary_columns import read_columns
from tickwright.adapters.storage.postgres.binary_copy import copy_pieces
from tickwright.adapters.storage.postgres.series_table import Series
from tickwright.domain.bars import Bars, SeriesKey
from tickwright.domain.errors import DataError
from tickwright.domain.gaps import Span
from tickwright.domain.money import INT64_MAX

NAMES = ("open_time_ns", "open", "high", "low", "close", "volume")
COLUMNS = f"series_id, {', '.join(NAMES)}, recorded_ns"

_WINDOW_BARS = 1_000_000
_WEIGHTS = dict(zip(NAMES, (1, 3, 5, 7, 11, 13), strict=True))


def grown(cursor: psycopg.Cursor, key: SeriesKey, series: Series, bars: Bars) -> Series:
    """The series on scales that hold these bars too; its rows are rewritten where a scale grows."""
    if len(bars) == 0:
        return series
    scales = max(series.price_scale, bars.price_scale), max(series.volume_scale, bars.volume_scale)
    if scales == (series.price_scale, series.volume_scale):
        return series
    price, volume = 10 ** (scales[0] - series.price_scale), 10 ** (scales[1] - series.volume_scale)
    larger = replace(series, price_scale=scales[0], volume_scale=scales[1])
    if series.rows:
        _demand_room(cursor, series, price, volume)
        for table in ("candles", "superseded"):
            cursor.execute(
                f"update market.{table} set open = open * %(p)s, high = high * %(p)s, low = low * %(p)s, "
                "close = close * %(p)s, volume = volume * %(v)s where series_id = %(id)s",
                {"p": price, "v": volume, "id": series.id},
            )
        held = (checksum(bars) for bars in read_windows(cursor, key, larger))
        larger = replace(larger, checksum=sum(held))
    cursor.execute(
        "update market.series set price_scale = %s, volume_scale = %s, checksum = %s where id = %s",
        (*scales, larger.checksum, series.id),
    )
    return larger


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


def put_rows(cursor: psycopg.Cursor, table: str, series: Series, bars: Bars, recorded_ns: int) -> None:
    """Send rows to a table that has the columns of the candles."""
    columns = [getattr(bars, name) for name in NAMES]
    with cursor.copy(f"copy {table} ({COLUMNS}) from stdin (format binary)") as copy:
        for piece in copy_pieces([series.id, *columns, recorded_ns]):
            copy.write(piece)


def checksum(bars: Bars) -> int:
    """The checksum of some rows; that of a series is the sum of those of its parts."""
    # Python integers have no width, so the sums are taken in halves that cannot overflow.
    columns = ((weight, getattr(bars, name)) for name, weight in _WEIGHTS.items())
    return sum(weight * (int((one >> 32).sum()) * 2**32 + int((one & 0xFFFFFFFF).sum())) for weight, one in columns)


def held_span(cursor: psycopg.Cursor, series: Series) -> Span | None:
    """The first and the last open time of the rows of a series, None where it has none."""
    cursor.execute("select min(open_time_ns), max(open_time_ns) from market.candles where series_id = %s", (series.id,))
    first, last = cursor.fetchone() or (None, None)
    return None if first is None or last is None else (int(first), int(last))


def read_windows(
    cursor: psycopg.Cursor, key: SeriesKey, series: Series, span: Span | None = None, as_of_ns: int | None = None
) -> Iterator[Bars]:
    """The rows with open times in [start, end), window by window, as known now or at `as_of_ns`."""
    held = held_span(cursor, series)
    if held is None:
        return
    assert key.timeframe is not None
    start, end = held[0], held[1] + 1
    if span is not None:
        start, end = max(start, span[0]), min(end, span[1])
    step = key.timeframe.length_ns * _WINDOW_BARS
    for first in range(start, end, step):
        yield _window(cursor, key, series, (first, min(end, first + step)), as_of_ns)


def read_bars(
    cursor: psycopg.Cursor, key: SeriesKey, series: Series, span: Span | None = None, as_of_ns: int | None = None
) -> Bars:
    """The rows with open times in [start, end), as known now or at `as_of_ns`."""
    windows = list(read_windows(cursor, key, series, span, as_of_ns))
    if len(windows) == 1:
        return windows[0]
    empty = np.empty(0, np.int64)
    columns = [np.concatenate([empty, *(getattr(window, name) for window in windows)]) for name in NAMES]
    return _bars(key, series, columns)


def _window(cursor: psycopg.Cursor, key: SeriesKey, series: Series, span: Span, as_of_ns: int | None) -> Bars:
    names = ", ".join(NAMES)
    mine = f"series_id = {series.id} and open_time_ns >= {int(span[0])} and open_time_ns < {int(span[1])}"
    query = f"select {names} from market.candles where {mine}"
    if as_of_ns is not None:
        known = f"and recorded_ns <= {int(as_of_ns)}"
        then = f"select {names} from market.superseded where {mine} {known} and superseded_ns > {int(as_of_ns)}"
        query = f"{query} {known} union all {then}"
    return _bars(key, series, read_columns(cursor.connection, NAMES, query))


def _bars(key: SeriesKey, series: Series, columns: list[np.ndarray[tuple[int], np.dtype[np.int64]]]) -> Bars:
    time, first, high, low, last, volume = columns
    return Bars(key, time, first, high, low, last, volume, series.price_scale, series.volume_scale)
