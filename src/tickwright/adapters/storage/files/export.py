"""A series as a file that anything can read and that comes back without a lost digit.

Invariants: the file appears whole or not at all; times are milliseconds UTC; values are written exactly: CSV in plain
decimals, Parquet as float64 where every value has at most 15 digits (what a float64 can promise) and as decimal128
otherwise. Importing an export gives the same content hash.
"""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet as pq

from tickwright.adapters.storage.durable_file import write_file
from tickwright.domain.bars import PRICE_COLUMNS, Bars, Int64Array
from tickwright.domain.errors import UsageError
from tickwright.domain.timestamp import MILLISECOND

_SURE = 10**15


def export_bars(bars: Bars, path: Path) -> None:
    """Write a series to `.csv`, `.csv.gz` or `.parquet`; raises `UsageError` for another ending."""
    name = path.name.lower()
    if name.endswith(".parquet"):
        write_file(path, _parquet(bars.coarsened()))
    elif name.endswith(".csv"):
        write_file(path, _csv(bars.coarsened()))
    elif name.endswith(".csv.gz"):
        write_file(path, gzip.compress(_csv(bars.coarsened()), mtime=0))
    else:
        raise UsageError(f"{path.name!r} has no known ending", where="--out", expected=".csv, .csv.gz or .parquet")


def _csv(bars: Bars) -> bytes:
    columns = {"timestamp": pa.array(_times(bars)).cast(pa.string())}
    columns |= {name: _decimal_text(getattr(bars, name), bars.price_scale) for name in PRICE_COLUMNS}
    columns["volume"] = _decimal_text(bars.volume, bars.volume_scale)
    sink = pa.BufferOutputStream()
    options = pyarrow.csv.WriteOptions(quoting_style="none", quoting_header="none")
    pyarrow.csv.write_csv(pa.table(columns), sink, options)
    return bytes(sink.getvalue())


def _parquet(bars: Bars) -> bytes:
    columns = {"timestamp": pa.array(_times(bars))}
    columns |= {name: _numbers(getattr(bars, name), bars.price_scale) for name in PRICE_COLUMNS}
    columns["volume"] = _numbers(bars.volume, bars.volume_scale)
    sink = pa.BufferOutputStream()
    pq.write_table(pa.table(columns), sink, compression="zstd")
    return bytes(sink.getvalue())


def _times(bars: Bars) -> Int64Array:
    return bars.open_time_ns // MILLISECOND


def _decimal_text(units: Int64Array, scale: int) -> pa.Array:
    """Non-negative scaled integers as plain decimal text."""
    if scale == 0:
        return pa.array(units).cast(pa.string())
    whole, rest = np.divmod(units, 10**scale)
    digits = pc.utf8_lpad(pa.array(rest).cast(pa.string()), scale, "0")
    return pc.binary_join_element_wise(pa.array(whole).cast(pa.string()), digits, ".")


def _numbers(units: Int64Array, scale: int) -> pa.Array:
    if len(units) == 0 or int(np.abs(units).max()) < _SURE:
        return pa.array(units / 10.0**scale)
    halves = np.stack([units, units >> 63], axis=1)  # decimal128 is a 16-byte integer, little endian
    return pa.Array.from_buffers(pa.decimal128(38, scale), len(units), [None, pa.py_buffer(halves.tobytes())])
