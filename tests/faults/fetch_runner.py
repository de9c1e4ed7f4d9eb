"""The program that `test_fetch_killed` holds: candles and trades are fetched into a lake, page by page.

python fetch_runner.py ROOT run      the fetch, said aloud when it is done
python fetch_runner.py ROOT claim    a mutant: what will be asked for is called fetched before it has arrived
"""

from __future__ import annotations

import asyncio
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from tickwright.adapters.storage.lake.lake import ParquetLake
from tickwright.checks.example_events import example_events
from tickwright.domain.bars import Bars, SeriesKey
from tickwright.domain.events import Series, held_span, trades_of
from tickwright.domain.instrument import InstrumentId
from tickwright.domain.timeframe import Timeframe
from tickwright.domain.timestamp import parse_instant
from tickwright.ingest.fetch import fetch_candles
from tickwright.ingest.fetch_events import fetch_events

HOUR = Timeframe.parse("1h")
START = parse_instant("2023-12-30")
PAGE = 20


def candles() -> Bars:
    number = np.delete(np.arange(0, 70), slice(33, 37))
    base = 4_200_000 + 11 * number
    key = SeriesKey(InstrumentId.parse("binance:BTC/USDT"), HOUR)
    return Bars(key, START + number * HOUR.length_ns, base, base + 50, base - 50, base + 3, 1_000 + number % 7, 2, 3)


def truth() -> tuple[Series, Series]:
    """What the exchange has."""
    return candles(), example_events("trades", 0, 70)


@dataclass
class Exchange:
    exchange: str = "binance"
    page_limit: int = PAGE

    async def candles(self, instrument: object, timeframe: object, start_ns: int, end_ns: int) -> Bars:
        return candles().between(start_ns, end_ns)

    async def trades(self, instrument: object, start_ns: int, end_ns: int, *, after_id: int | None = None) -> Any:
        found = example_events("trades", 0, 70).between(start_ns, end_ns)
        found = found if after_id is None else found.where(found["trade_id"] > after_id)
        return trades_of(found.take(slice(0, PAGE)))


@dataclass
class Clock:
    ns: int

    def now_ns(self) -> int:
        return self.ns


def run(root: Path, *, claim: bool = False) -> None:
    """Fetch what is missing."""
    lake = ParquetLake(root, cache_limit_bytes=0)
    bars, trades = truth()
    clock = Clock(held_span(trades)[1] + 10**18)
    end = int(candles().open_time_ns[-1]) + HOUR.length_ns
    if claim:
        for series, span in ((bars, (START, end)), (trades, held_span(trades))):
            if not lake.fetched(series.key):
                lake.write(series.between(span[0], span[0] + 1), fetched=span)
    exchange: Any = Exchange()
    asyncio.run(fetch_candles(exchange, lake, clock, bars.key, START, end, pages_per_write=1))
    asyncio.run(fetch_events(exchange, lake, clock, trades.key, *held_span(trades), pages_per_write=1))


def main(root: str, what: str = "run") -> None:
    run(Path(root), claim=what == "claim")
    print("done", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
