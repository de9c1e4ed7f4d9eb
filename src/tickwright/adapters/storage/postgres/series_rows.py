"""The rows of a series: in by COPY BINARY, out as whole columns, and their checksum.

Invariants: a long range is read in windows of about a million rows, so neither side holds it twice; the checksum is a
linear form over exact integers, so what a write changes can be added to it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import psycopg

from tickwright.adapters.storage.postgres.binary_columns import read_columns
from tickwright.adapters.storage.postgres.binary_copy import copy_pieces
from tickwright.adapters.storage.postgres.row_tables import table_of
from tickwright.adapters.storage.postgres.series_table import Series
from tickwright.adapters.storage.rows import RECORDED, Rows, joined
from tickwright.domain.bars import Int64Array, SeriesKey
from tickwright.domain.errors import DataError
from tickwright.domain.gaps import Span
from tickwright.domain.money import INT64_MAX

_WINDOW_ROWS = 1_000_000
_WEIGHTS = (1, 3, 5, 7, 11, 13)


def grown(cursor: psycopg.Cursor, key: SeriesKey, series: Series, rows: Rows) -> Series:
    """The series on scales that hold these rows too; its own are rewritten where a scale grows."""
    if len(rows) == 0:
        return series
    scales = max(series.price_scale, rows.price_scale), max(series.quantity_scale, rows.quantity_scale)
    if scales == (series.price_scale, series.quantity_scale):
        return series
    factors = 10 ** (scales[0] - series.price_scale), 10 ** (scales[1] - series.quantity_scale)
    larger = replace(series, price_scale=scales[0], quantity_scale=scales[1])
    if series.rows:
        _grow(cursor, key, series, *factors)
        larger = replace(larger, checksum=sum(checksum(held) for held in read_windows(cursor, key, larger)))
    cursor.execute(
        "update market.series set price_scale = %s, volume_scale = %s, checksum = %s where id = %s",
        (*scales, larger.checksum, series.id),
    )
    return larger


def _grow(cursor: psycopg.Cursor, key: SeriesKey, series: Series, price: int, quantity: int) -> None:
    """Multiply the rows of a series and their former versions, all in place."""
    table = table_of(key.kind)
    factors = dict.fromkeys(table.layout.prices, price) | dict.fromkeys(table.layout.quantities, quantity)
    factors = {name: factor for name, factor in factors.items() if factor > 1}
    largest = ", ".join(f"coalesce(max(abs({name})), 0)" for name in factors)
    cursor.execute(f"select {largest} from {table.name} where series_id = %s", (series.id,))
    held = cursor.fetchone() or (0,) * len(factors)
    if any(int(most) * factor > INT64_MAX for most, factor in zip(held, factors.values(), strict=True)):
        raise DataError(
            "the rows of the series do not fit 64 bits on a finer scale",
            where=str(key),
            expected="values with at most 18 digits",
            hint="Keep data of another precision under another exchange name.",
        )
    finer = ", ".join(f"{name} = {name} * {factor}" for name, factor in factors.items())
    for name in (table.name, table.former):
        cursor.execute(f"update {name} set {finer} where series_id = %s".encode(), (series.id,))


def put_rows(cursor: psycopg.Cursor, into: str, columns: str, series: Series, rows: Rows) -> None:
    """Send rows to a table that has these columns, those of the rows' kind."""
    numbers = [rows[name] for name in (*rows.layout.columns, RECORDED)]
    with cursor.copy(f"copy {into} ({columns}) from stdin (format binary)".encode()) as copy:
        for piece in copy_pieces([series.id, *numbers]):
            copy.write(piece)


def checksum(rows: Rows) -> int:
    """The checksum of some rows; that of a series is the sum of those of its parts."""
    # Python integers have no width, so the sums are taken in halves that cannot overflow.
    columns = zip(_WEIGHTS, (rows[name] for name in rows.layout.columns), strict=False)
    return sum(weight * (int((one >> 32).sum()) * 2**32 + int((one & 0xFFFFFFFF).sum())) for weight, one in columns)


def held_span(cursor: psycopg.Cursor, key: SeriesKey, series: Series) -> Span | None:
    """The time of the first and of the last row of a series, None where it has none."""
    table = table_of(key.kind)
    time = table.layout.time
    cursor.execute(f"select min({time}), max({time}) from {table.name} where series_id = %s", (series.id,))
    first, last = cursor.fetchone() or (None, None)
    return None if first is None or last is None else (int(first), int(last))


def read_windows(
    cursor: psycopg.Cursor,
    key: SeriesKey,
    series: Series,
    span: Span | None = None,
    *,
    as_of_ns: int | None = None,
    recorded: bool = False,
) -> Iterator[Rows]:
    """The rows with times in [start, end), window by window, as known now or at `as_of_ns`.

    When each was recorded is read only where it is asked for (`recorded`), and 0 otherwise.
    """
    start, end = _reach(cursor, key, series, span, as_of_ns)
    while start < end:
        following = min(end, _window_end(cursor, key, series, start))
        yield _window(cursor, key, series, (start, following), as_of_ns, recorded)
        start = following


def read_rows(
    cursor: psycopg.Cursor,
    key: SeriesKey,
    series: Series,
    span: Span | None = None,
    *,
    as_of_ns: int | None = None,
    recorded: bool = False,
) -> Rows:
    """The rows with times in [start, end) in one piece; see `read_windows`."""
    windows = list(read_windows(cursor, key, series, span, as_of_ns=as_of_ns, recorded=recorded))
    if len(windows) == 1:
        return windows[0]
    none = Rows.none(table_of(key.kind).layout).on_scales(series.price_scale, series.quantity_scale)
    return joined(none.layout, [none, *windows])


def _reach(cursor: psycopg.Cursor, key: SeriesKey, series: Series, span: Span | None, as_of_ns: int | None) -> Span:
    """From the first to after the last row that there is in a range, the former versions' too where they count."""
    held = held_span(cursor, key, series)
    if as_of_ns is not None and key.timeframe is None:  # a trade may have been taken back to another time
        table = table_of(key.kind)
        cursor.execute(f"select min(ts_ns), max(ts_ns) from {table.former} where series_id = %s", (series.id,))
        first, last = cursor.fetchone() or (None, None)
        if first is not None and last is not None:
            held = (min(first, held[0]), max(last, held[1])) if held else (first, last)
    if held is None:
        return 0, 0
    start, end = held[0], held[1] + 1
    return (start, end) if span is None else (max(start, span[0]), min(end, span[1]))


def _window_end(cursor: psycopg.Cursor, key: SeriesKey, series: Series, start_ns: int) -> int:
    """Where about a million rows from an instant end."""
    if key.timeframe is not None:
        return start_ns + key.timeframe.length_ns * _WINDOW_ROWS
    cursor.execute(
        f"select ts_ns from {table_of(key.kind).name} where series_id = %s and ts_ns >= %s "
        "order by ts_ns offset %s limit 1",
        (series.id, start_ns, _WINDOW_ROWS),
    )
    (following,) = cursor.fetchone() or (INT64_MAX,)
    return max(int(following), start_ns + 1)


def _window(
    cursor: psycopg.Cursor, key: SeriesKey, series: Series, span: Span, as_of_ns: int | None, recorded: bool
) -> Rows:
    table = table_of(key.kind)
    columns = (*table.layout.columns, RECORDED) if recorded else table.layout.columns
    names, time = ", ".join(columns), table.layout.time
    mine = f"series_id = {series.id} and {time} >= {int(span[0])} and {time} < {int(span[1])}"
    query = f"select {names} from {table.name} where {mine}"
    if as_of_ns is not None:
        known = f"and recorded_ns <= {int(as_of_ns)}"
        then = f"select {names} from {table.former} where {mine} {known} and superseded_ns > {int(as_of_ns)}"
        query = f"{query} {known} union all {then}"
    numbers: list[Int64Array] = read_columns(cursor.connection, columns, query)
    read = {RECORDED: np.zeros(len(numbers[0]), np.int64), **dict(zip(columns, numbers, strict=True))}
    rows = Rows(table.layout, read, series.price_scale, series.quantity_scale)
    return rows if len(table.layout.order) == 1 else rows.in_order()
