"""The program that `test_lake_killed` and `test_power_loss` hold: state A, said aloud; state B over it, said aloud.
Or a mutant of it.

python lake_writer.py ROOT [in_place|careless|unflushed|unflushed_names|-] [KIND]
"""

from __future__ import annotations

import contextlib
import os
import sys
from functools import partial
from pathlib import Path

import numpy as np

from tickwright.adapters.storage import durable_file
from tickwright.adapters.storage.lake import lake
from tickwright.checks.example_events import example_events
from tickwright.domain.bars import Bars, SeriesKey, SeriesKind
from tickwright.domain.errors import DataError
from tickwright.domain.events import Series
from tickwright.domain.instrument import InstrumentId
from tickwright.domain.timeframe import Timeframe
from tickwright.domain.timestamp import parse_instant


def state(first: int, last: int, shift: int) -> Bars:
    number = np.arange(first, last)
    base = 4_200_000 + 11 * number + shift
    timeframe = Timeframe.parse("1h")
    key = SeriesKey(InstrumentId.parse("binance:BTC/USDT"), timeframe)
    time = parse_instant("2023-12-30") + number * timeframe.length_ns
    return Bars(key, time, base, base + 50, base - 50, base + 3, 1_000 + number % 7, 2, 3)


def states(kind: SeriesKind = "candles") -> tuple[Series, Series]:
    """What A holds (rows 0 to 59), and what B puts over it (rows 10 to 79, each changed)."""
    if kind == "candles":
        return state(0, 60, 0), state(10, 80, 1)
    return example_events(kind, 0, 60), example_events(kind, 10, 80, shift=1)


def in_place(path: Path, content: bytes, *, flush_name: bool = True) -> None:
    """A mutant of `write_file`: no temporary name, and in two pieces."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
    os.write(descriptor, content[: len(content) // 2])
    os.write(descriptor, content[len(content) // 2 :])
    os.close(descriptor)
    if flush_name:
        durable_file.flush_directory(path.parent)


def careless(descriptor: int, path: Path) -> None:
    """A mutant of the flush: a failure is taken for success."""
    with contextlib.suppress(OSError):
        os.fsync(descriptor)


def forget_to_flush(descriptor: int, path: Path, *, directories: bool) -> None:
    """A mutant of the flush: what was asked to be safe is not, for files or for the names in directories."""
    if path.is_dir() != directories:
        os.fsync(descriptor)


def main(root: str, mutant: str = "", kind: SeriesKind = "candles") -> None:
    if mutant == "in_place":
        lake.write_file = in_place
    if mutant == "careless":
        durable_file._flush = careless
    if mutant.startswith("unflushed"):
        durable_file._flush = partial(forget_to_flush, directories=mutant == "unflushed_names")
    store = lake.ParquetLake(Path(root))
    try:
        for name, series in zip("AB", states(kind), strict=True):
            store.write(series)
            print(name, flush=True)
    except DataError as failure:
        print(type(failure).__name__, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
