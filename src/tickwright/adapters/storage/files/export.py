"""A series as a file that anything can read and that comes back without a lost digit.

Invariants: the file appears whole or not at all; times are UTC, candles' in milliseconds and events' in the coarsest of
milliseconds, microseconds and nanoseconds that holds them all; values are written exactly: CSV in plain decimals,
Parquet as float64 where every value has at most 15 digits (what a float64 can promise) and as decimal128 otherwise; the
taker's side is `buy` or `sell`, a book's `bid` or `ask`. Importing an export gives the same content hash.
"""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet as pq

from tickwright.adapters.storage.durable_file import write_file
from tickwright.domain.bars import PRICE_COLUMNS, Bars, Int64Array
from tickwright.domain.errors import UsageError
from tickwright.domain.events import Events, Series
from tickwright.domain.timestamp import MICROSECOND, MILLISECOND

_SURE = 10**15
_WORDS = {"taker_buys": ("side", "sell", "buy"), "side": ("side", "bid", "ask"), "snapshot": ("snapshot", "0", "1")}
"""Columns of flags: their name in a file, and what 0 and 1 are called there."""

_Numbers = Callable[[Int64Array, int], pa.Array]


def export_series(series: Series, path: Path) -> None:
    """Write a series to `.csv`, `.csv.gz` or `.parquet`; raises `UsageError` for another ending."""
    name, series = path.name.lower(), series.coarsened()
    if name.endswith(".parquet"):
        write_file(path, _parquet(_columns(series, _numbers)))
    elif name.endswith(".csv"):
        write_file(path, _csv(_columns(series, _decimal_text)))
    elif name.endswith(".csv.gz"):
        write_file(path, gzip.compress(_csv(_columns(series, _decimal_text)), mtime=0))
    else:
        raise UsageError(f"{path.name!r} has no known ending", where="--out", expected=".csv, .csv.gz or .parquet")


def _columns(series: Series, numbers: _Numbers) -> dict[str, pa.Array]:
    return _of_events(series, numbers) if isinstance(series, Events) else _of_bars(series, numbers)


def _of_bars(bars: Bars, numbers: _Numbers) -> dict[str, pa.Array]:
    columns = {"timestamp": pa.array(bars.open_time_ns // MILLISECOND)}
    columns |= {name: numbers(getattr(bars, name), bars.price_scale) for name in PRICE_COLUMNS}
    return columns | {"volume": numbers(bars.volume, bars.volume_scale)}


def _of_events(events: Events, numbers: _Numbers) -> dict[str, pa.Array]:
    unit = next((unit for unit in (MILLISECOND, MICROSECOND) if not np.any(events.ts_ns % unit)), 1)
    columns = {"timestamp": pa.array(events.ts_ns // unit)}
    for name in events.layout.columns[1:]:
        if name in _WORDS:
            told, *words = _WORDS[name]
            columns[told] = pa.array(words).take(pa.array(events[name]))
        elif name in (*events.layout.prices, *events.layout.quantities):
            columns[name] = numbers(events[name], events.scale(name))
        else:
            columns[name] = pa.array(events[name])
    return columns


def _csv(columns: dict[str, pa.Array]) -> bytes:
    sink = pa.BufferOutputStream()
    options = pyarrow.csv.WriteOptions(quoting_style="none", quoting_header="none")
    text = {name: column.cast(pa.string()) for name, column in columns.items()}
    pyarrow.csv.write_csv(pa.table(text), sink, options)
    return bytes(sink.getvalue())


def _parquet(columns: dict[str, pa.Array]) -> bytes:
    sink = pa.BufferOutputStream()
    pq.write_table(pa.table(columns), sink, compression="zstd")
    return bytes(sink.getvalue())


def _decimal_text(units: Int64Array, scale: int) -> pa.Array:
    """Scaled integers as plain decimal text."""
    if scale == 0:
        return pa.array(units).cast(pa.string())
    whole, rest = np.divmod(np.abs(units), 10**scale)
    digits = pc.utf8_lpad(pa.array(rest).cast(pa.string()), scale, "0")
    plain = pc.binary_join_element_wise(pa.array(whole).cast(pa.string()), digits, ".")
    below = units < 0
    return pc.if_else(pa.array(below), pc.binary_join_element_wise("-", plain, ""), plain) if below.any() else plain


def _numbers(units: Int64Array, scale: int) -> pa.Array:
    if len(units) == 0 or int(np.abs(units).max()) < _SURE:
        return pa.array(units / 10.0**scale)
    halves = np.stack([units, units >> 63], axis=1)  # decimal128 is a 16-byte integer, little endian
    return pa.Array.from_buffers(pa.decimal128(38, scale), len(units), [None, pa.py_buffer(halves.tobytes())])
