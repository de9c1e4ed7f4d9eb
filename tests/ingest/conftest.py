"""An exchange made of arrays, a store in a folder and a clock that stands still."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest

from tickwright.adapters.storage.lake.lake import ParquetLake
from tickwright.domain.bars import Bars, SeriesKey
from tickwright.domain.instrument import Instrument, InstrumentId
from tickwright.domain.timeframe import Timeframe
from tickwright.domain.timestamp import parse_instant

START = parse_instant("2024-01-01")
HOUR = Timeframe.parse("1h")


def series(
    first: int, last: int, *, symbol: str = "BTC/USDT", without: Sequence[int] = (), idle: Sequence[int] = ()
) -> Bars:
    """Hourly candles number `first` to `last` - 1; `without` are missing, `idle` have no volume."""
    number = np.setdiff1d(np.arange(first, last), np.asarray(without, np.int64))
    base = 4_000_000 + 10 * number
    volume = np.where(np.isin(number, idle), 0, 500)
    key = SeriesKey(InstrumentId.parse(f"binance:{symbol}"), HOUR)
    return Bars(key, START + number * HOUR.length_ns, base, base + 9, base - 9, base + 1, volume, 2, 3)


@dataclass
class ArrayExchange:
    """Answers from one series; `cut` is the most rows it really gives, `twist` changes an answer."""

    bars: Bars
    page_limit: int = 10
    cut: int = 10**9
    exchange: str = "binance"
    asked: list[tuple[int, int]] = field(default_factory=list)
    twist: Callable[[Bars, int], Bars] = lambda page, call: page

    async def instruments(self) -> Sequence[Instrument]:
        return ()

    async def candles(self, instrument: InstrumentId, timeframe: Timeframe, start_ns: int, end_ns: int) -> Bars:
        self.asked.append((start_ns, end_ns))
        page = self.bars.between(start_ns, end_ns)
        shorter = page.where(np.arange(len(page)) < min(self.cut, self.page_limit))
        return self.twist(shorter, len(self.asked))

    async def close(self) -> None:
        pass


@dataclass
class StillClock:
    """A clock that shows one instant."""

    ns: int

    def now_ns(self) -> int:
        return self.ns

    def monotonic_ns(self) -> int:
        return self.ns

    async def sleep(self, seconds: float) -> None:
        self.ns += int(seconds * 1e9)


@dataclass
class Bench:
    """What every ingest test needs, built from hours after the start."""

    lake: ParquetLake

    at = staticmethod(lambda number: START + number * HOUR.length_ns)
    series = staticmethod(series)
    exchange = ArrayExchange
    clock = staticmethod(lambda number, seconds=1: StillClock(START + number * HOUR.length_ns + seconds * 10**9))


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(ParquetLake(tmp_path / "lake"))


@pytest.fixture(scope="session")
def make_series() -> Callable[..., Bars]:
    return series
