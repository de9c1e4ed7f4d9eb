"""Trades of two more exchanges, over real HTTP with recorded rows: all of them once, exactly, or refused by name."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import numpy as np
import pytest

from tests.adapters.exchanges.recorded_trades import NS, ROWS, RecordedExchange, truth
from tests.adapters.exchanges.surroundings import JumpingClock
from tickwright.adapters.exchanges import CcxtMarketData, SharedRateBudget, open_market_data
from tickwright.adapters.exchanges.venues import kraken, okx
from tickwright.adapters.storage.lake.lake import ParquetLake
from tickwright.domain.bars import SeriesKey
from tickwright.domain.errors import BadResponse, NotOffered
from tickwright.domain.events import trades_of
from tickwright.domain.timeframe import Timeframe
from tickwright.domain.timestamp import HOUR, MINUTE
from tickwright.ingest.candles_from_trades import CandlesFromTrades, candles_from_trades
from tickwright.ingest.fetch import FetchReport
from tickwright.ingest.fetch_events import fetch_events
from tickwright.ingest.repair import repair_series

EXCHANGES = ("kraken", "okx")
PAGE = 100
START, END = NS[3] + 1, NS[-5]  # OKX finds a start by the trade before it


@asynccontextmanager
async def gateway(name: str, exchange: RecordedExchange, folder: Path) -> AsyncIterator[CcxtMarketData]:
    """A gateway to the recorded exchange, with a budget of its own."""
    clock = JumpingClock(NS[-1] + 5 * MINUTE)
    budget = SharedRateBudget(folder / "budget.sqlite", clock)
    async with exchange.listening() as running:
        data = open_market_data(name, base_url=running.url, rate_budget=budget, clock=clock, chance=random.Random(1))
        try:
            yield data
        finally:
            await data.close()
            budget.close()


async def fetched(name: str, exchange: RecordedExchange, folder: Path) -> tuple[ParquetLake, FetchReport]:
    """What a fetch of the range stored."""
    lake = ParquetLake(folder / "lake")
    async with gateway(name, exchange, folder) as data:
        clock = JumpingClock(NS[-1] + HOUR)
        report = await fetch_events(data, lake, clock, truth(name).key, START, END)
    return lake, report


@pytest.fixture
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    for venue in (kraken, okx):
        monkeypatch.setattr(venue, "_TRADES", PAGE)


@pytest.mark.usefixtures("small_pages")
@pytest.mark.parametrize("name", EXCHANGES)
async def test_every_trade_of_a_range_is_stored_once_and_exactly(name: str, tmp_path: Path) -> None:
    exchange = RecordedExchange(PAGE)
    lake, report = await fetched(name, exchange, tmp_path)
    expected = truth(name).where((truth(name).ts_ns >= START) & (truth(name).ts_ns < END)).in_order()
    assert (report.inserted, report.refused) == (len(expected), ())
    assert lake.read_events(expected.key).content_hash() == expected.content_hash()
    assert exchange.requests < len(expected) / PAGE * 1.2 + 3


@pytest.mark.usefixtures("small_pages")
@pytest.mark.parametrize("name", EXCHANGES)
async def test_a_trade_that_the_exchange_leaves_out_is_noticed(name: str, tmp_path: Path) -> None:
    lacking = frozenset([ROWS[450][6]])
    with pytest.raises(BadResponse, match="one after the other"):
        await fetched(name, RecordedExchange(PAGE, lacking), tmp_path)
    lake = ParquetLake(tmp_path / "lake")
    held = lake.read_events(truth(name).key)
    assert held.content_hash() == truth(name).between(START, int(held.ts_ns[-1]) + 1).content_hash()


async def test_more_trades_at_one_instant_than_a_page_holds_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of these, fifteen were made at once."""
    monkeypatch.setattr(kraken, "_TRADES", 8)
    with pytest.raises(BadResponse, match="fewer than 8 trades at one instant"):
        await fetched("kraken", RecordedExchange(8), tmp_path)


async def test_a_range_before_what_the_exchange_keeps_is_refused_by_name(tmp_path: Path) -> None:
    async with gateway("okx", RecordedExchange(PAGE), tmp_path) as data:
        with pytest.raises(NotOffered, match="okx keeps no trade of BTC/USDT from before"):
            await data.trades(truth("okx").key.instrument, NS[0] - HOUR, NS[-1])


@pytest.mark.parametrize("name", EXCHANGES)
@pytest.mark.parametrize(
    "rows", [[1], [["1", "2", "x", "b", "l", "", 7]], [{"tradeId": "x", "ts": "1", "side": "buy"}], {"a": 1}]
)
async def test_a_malformed_page_is_refused(name: str, rows: object, tmp_path: Path, monkeypatch) -> None:
    exchange = RecordedExchange(PAGE)

    async def spoiled(request):
        from tests.adapters.exchanges.recorded_trades import _json

        return _json({"error": [], "code": "0", "data": rows, "result": {"XBTUSDT": rows, "last": "1"}})

    exchange._kraken = exchange._okx = spoiled  # type: ignore[method-assign]
    async with gateway(name, exchange, tmp_path) as data:
        with pytest.raises(BadResponse):
            await data.trades(truth(name).key.instrument, NS[5], NS[-1])


async def test_a_hole_older_than_the_candles_an_exchange_keeps_is_built_of_its_trades(tmp_path: Path) -> None:
    lake, minute = ParquetLake(tmp_path / "lake"), Timeframe.parse("1m")
    instrument = truth("kraken").key.instrument
    expected = candles_from_trades(trades_of(truth("kraken")), minute)
    torn = expected.where(np.isin(np.arange(len(expected)), range(100, 110), invert=True))
    lake.write(torn)
    missing = sum(gap.bars for gap in lake.coverage(torn.key).gaps)
    async with gateway("kraken", RecordedExchange(1000), tmp_path) as data:
        clock = JumpingClock(NS[-1] + HOUR)
        of_trades = CandlesFromTrades(data, data, clock)
        with pytest.raises(NotOffered):
            await repair_series(data, lake, clock, torn.key)
        report = await repair_series(data, lake, clock, torn.key, of_trades=of_trades)
    assert (report.filled, report.built) == (10, 10)
    assert missing > 10  # minutes without a trade
    assert lake.read(SeriesKey(instrument, minute)).content_hash() == expected.content_hash()
