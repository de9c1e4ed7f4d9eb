"""How a lake file should be written: zstd level, order of rows and span of time, measured on real candles.

    python benchmarks/lake_layout.py

Two years of 15m candles of BTC/USDT. Levels and orders: 43,200 rows, the size of a month's file of 1m candles. Spans:
all rows cut by month, quarter and year, with the two jobs that pull in opposite directions: reading everything, and
adding one day, which rewrites the newest file.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import polars as pl

from tickwright.adapters.storage.lake import part_file
from tickwright.adapters.storage.lake.part_file import decode, encode
from tickwright.adapters.storage.rows import RECORDED, Rows, joined
from tickwright.domain.row_layout import CANDLES as LAYOUT
from tickwright.domain.timestamp import DAY

CANDLES = Path(__file__).parent.parent / "tests" / "data" / "BTC-USDT_15m.parquet"
DAYS = {"month": 30, "quarter": 91, "year": 365}
MONTH_OF_MINUTES = 43_200
ROWS_A_DAY = 96


def candles() -> Rows:
    """The rows of the file, on its scales, all recorded at one instant."""
    table = pl.read_parquet(CANDLES)
    recorded = np.full(len(table), 1_700_000_000_000_000_000)
    columns = {name: table[name].to_numpy() for name in LAYOUT.columns}
    return Rows(LAYOUT, {**columns, RECORDED: recorded}, price_scale=2, quantity_scale=6)


def best(work: Callable[[], object]) -> float:
    """Milliseconds of the fastest of nine runs."""

    def once() -> float:
        started = time.perf_counter()
        work()
        return 1000 * (time.perf_counter() - started)

    return min(once() for _ in range(9))


def levels(rows: Rows) -> None:
    print(f"{len(rows):,} rows\n\n| zstd level | kB | write ms | read ms |\n|---|---|---|---|")
    chosen = part_file._COMPRESSION_LEVEL
    for level in (1, 3, 6, 9, 15):
        part_file._COMPRESSION_LEVEL = level
        content = encode(rows)
        write, read = best(lambda: encode(rows)), best(partial(decode, content, LAYOUT, ""))
        print(f"| {level} | {len(content) / 1e3:,.0f} | {write:.1f} | {read:.1f} |")
    part_file._COMPRESSION_LEVEL = chosen
    by_close = encode(rows.take(np.argsort(rows["close"], kind="stable")))
    print(f"\nOrdered by close instead of by time: {len(by_close) / 1e3:,.0f} kB.\n")


def read_all(files: list[bytes]) -> Rows:
    return joined(LAYOUT, [decode(file, LAYOUT, "") for file in files])


def add_rows(file: bytes, rows: Rows) -> bytes:
    return encode(joined(LAYOUT, [decode(file, LAYOUT, ""), rows]))


def spans(rows: Rows) -> None:
    print(f"{len(rows):,} rows\n\n| span | files | kB | read all ms | add a day ms |\n|---|---|---|---|---|")
    for name, days in DAYS.items():
        part = (rows.times - rows.times[0]) // (days * DAY)
        edges = [0, *(np.flatnonzero(np.diff(part)) + 1).tolist(), len(rows)]
        pieces = [rows.take(slice(*pair)) for pair in itertools.pairwise(edges)]
        files = [encode(piece) for piece in pieces]
        whole = max(pieces, key=len)
        newest, day = encode(whole.take(slice(0, -ROWS_A_DAY))), whole.take(slice(-ROWS_A_DAY, None))
        read, add = best(partial(read_all, files)), best(partial(add_rows, newest, day))
        print(f"| {name} | {len(files)} | {sum(map(len, files)) / 1e3:,.0f} | {read:.1f} | {add:.1f} |")


if __name__ == "__main__":
    everything = candles()
    levels(everything.take(slice(0, MONTH_OF_MINUTES)))
    spans(everything)
