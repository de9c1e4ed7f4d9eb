"""DI-04: an exchange that always appends the candle in progress as its newest row.

MUST: it is never stored as closed; live and backfilled bars are identical. Our own clock runs an hour ahead, so only
the exchange's can tell. The mutant believes ours.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.adapters.exchanges.surroundings import BTC, NOON, JumpingClock
from tests.adapters.exchanges.surroundings import HOUR as ONE_HOUR
from tests.faults.exchange_bench import KEY, KLINES, exchange_bench
from tickwright.adapters.exchanges import CcxtMarketData, ccxt_gateway
from tickwright.adapters.sandbox.faults import Rewrite
from tickwright.adapters.sandbox.history import bundled_candles
from tickwright.adapters.storage.lake.lake import ParquetLake
from tickwright.domain.bars import Bars, SeriesKey
from tickwright.domain.timestamp import HOUR, MINUTE
from tickwright.ingest.fetch import fetch_candles

START = NOON - 12 * HOUR


async def live_and_backfilled_are_identical(folder: Path) -> None:
    """Poll every 20 minutes for six hours, then fetch it all at once into another store."""
    async with exchange_bench(folder, NOON) as bench:
        bench.clock.run_ahead(HOUR)
        async with bench.gateway() as data:
            for _ in range(18):
                bench.clock.advance(20 * MINUTE)
                await fetch_candles(data, bench.lake, bench.clock, KEY, START, bench.clock.now_ns())
                last = bench.stored().open_time_ns[-1]
                assert last + HOUR <= bench.server.clock.now_ns(), "a candle was stored before its end"
        live = bench.stored()
        backfill = ParquetLake(folder / "backfill")
        async with bench.gateway() as data:
            await fetch_candles(data, backfill, bench.clock, KEY, START, bench.clock.now_ns())
    assert live.content_hash() == backfill.read(KEY).content_hash()
    assert live.content_hash() == bundled_candles("BTC/USDT").between(START, NOON + 5 * HOUR).content_hash()


async def test_polled_bars_and_backfilled_bars_are_the_exchange_s_closed_ones(tmp_path: Path) -> None:
    await live_and_backfilled_are_identical(tmp_path)


async def test_the_scenario_finds_a_gateway_that_believes_our_clock(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def ours(self: CcxtMarketData, needed_ns: int) -> int:
        clock = self._clock
        assert isinstance(clock, JumpingClock)
        return clock.now_ns()

    monkeypatch.setattr(CcxtMarketData, "_closed_before", ours)
    with pytest.raises(AssertionError, match="before its end"):
        await live_and_backfilled_are_identical(tmp_path)


async def a_candle_that_ends_while_it_is_read_is_left_out(folder: Path) -> None:
    """The answer is made at 12:59 and read at 13:09: what it says of the hour is not the last word."""
    async with exchange_bench(folder, NOON + 59 * MINUTE) as bench, bench.gateway() as data:

        def ten_minutes_later(body: bytes) -> bytes:
            bench.clock.advance(10 * MINUTE)
            return body

        bench.server.faults.add(Rewrite(ten_minutes_later), KLINES)
        bars = await data.candles(BTC, ONE_HOUR, NOON - HOUR, NOON + HOUR)
    assert bars.open_time_ns.tolist() == [NOON - HOUR]


async def test_a_candle_that_ends_while_it_is_read_is_left_out(tmp_path: Path) -> None:
    await a_candle_that_ends_while_it_is_read_is_left_out(tmp_path)


async def test_the_scenario_finds_a_gateway_that_looks_at_the_time_afterwards(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    judged = ccxt_gateway.closed_bars

    def afterwards(key: SeriesKey, rows: Sequence[Sequence[Any]], closed_ns: int) -> Bars:
        return judged(key, rows, closed_ns + 10 * MINUTE)

    monkeypatch.setattr(ccxt_gateway, "closed_bars", afterwards)
    with pytest.raises(AssertionError):
        await a_candle_that_ends_while_it_is_read_is_left_out(tmp_path)
