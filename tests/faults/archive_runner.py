"""The program that `test_archive_killed` holds: a lake's old rows go into an archive, by the retention rules.

python archive_runner.py ROOT prepare                  ROOT/live filled, nothing retired
python archive_runner.py ROOT [run|drop_first|events]  the retention run, of candles or of every kind of events; said
                                                       aloud when it is done; or a mutant of it
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

from tickwright.adapters.storage.lake.lake import ParquetLake
from tickwright.checks.example_events import example_events
from tickwright.domain.bars import Bars, SeriesKey
from tickwright.domain.events import Events
from tickwright.domain.instrument import InstrumentId
from tickwright.domain.row_layout import EVENT_KINDS
from tickwright.domain.timeframe import Timeframe
from tickwright.domain.timestamp import parse_instant
from tickwright.ingest.retention import RetentionRule, Retirement, plan_retention, retire

HOUR = Timeframe.parse("1h")
START = parse_instant("2023-12-25")


def series(symbol: str) -> Bars:
    number = np.delete(np.arange(400), slice(40, 50))
    base = 4_200_000 + 11 * number
    key = SeriesKey(InstrumentId.parse(f"binance:{symbol}"), HOUR)
    time = START + number * HOUR.length_ns
    return Bars(key, time, base, base + 50, base - 50, base + 3, 1_000 + number % 7, 2, 3)


SYMBOLS = ("BTC/USDT", "ETH/USDT")


def lakes(root: Path) -> tuple[ParquetLake, ParquetLake]:
    return tuple(ParquetLake(root / name, cache_limit_bytes=0) for name in ("live", "archive"))  # type: ignore[return-value]


def prepare(root: Path) -> None:
    live, _ = lakes(root)
    for bars in map(series, SYMBOLS):
        live.write(bars, fetched=(START, START + 400 * HOUR.length_ns))


def run(root: Path) -> None:
    live, archive = lakes(root)
    for retirement in plan_retention(live, [RetentionRule(100 * HOUR.length_ns)], START + 400 * HOUR.length_ns):
        retire(live, archive, retirement)


def event_series() -> list[Events]:
    """Some of every kind, over the turn of a year."""
    return [example_events(kind, 0, 40) for kind in EVENT_KINDS]


def prepare_events(root: Path) -> None:
    live, _ = lakes(root)
    for events in event_series():
        live.write(events)


def events(root: Path) -> None:
    live, archive = lakes(root)
    for held in event_series():
        retire(live, archive, Retirement(held.key, parse_instant("2024-01-01"), len(held)))


def drop_first(root: Path) -> None:
    """A mutant: the rows leave the lake before the archive has them."""
    live, archive = lakes(root)
    for retirement in plan_retention(live, [RetentionRule(100 * HOUR.length_ns)], START + 400 * HOUR.length_ns):
        bars = live.read(retirement.key, end_ns=retirement.before_ns)
        live.drop(retirement.key, retirement.before_ns)
        archive.write(bars)


def main(root: str, what: str = "run") -> None:
    {"prepare": prepare, "run": run, "drop_first": drop_first, "events": events}[what](Path(root))
    print("done", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
