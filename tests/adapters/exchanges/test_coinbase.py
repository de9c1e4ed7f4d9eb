"""A second exchange, through ccxt's unified interface from end to end: other paging, other text, real holes."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path

import pytest

from tests.adapters.exchanges.surroundings import JumpingClock
from tests.data.btc_usd_on_coinbase import BTC_USD, ONE_MINUTE, PRODUCTS, candles
from tickwright.adapters.exchanges import CcxtMarketData, SharedRateBudget, open_market_data
from tickwright.adapters.sandbox.clock import SteppedClock
from tickwright.adapters.sandbox.server import SandboxServer
from tickwright.adapters.storage.lake.lake import ParquetLake
from tickwright.checks.exchange import QUESTIONS, Sample
from tickwright.domain.timeframe import Timeframe
from tickwright.domain.timestamp import HOUR, SECOND, parse_instant
from tickwright.ingest.fetch import fetch_candles

NOW = parse_instant("2018-04-06T00:10:30Z")
START, END = parse_instant("2018-04-04"), parse_instant("2018-04-06")


@pytest.fixture
async def server() -> AsyncIterator[SandboxServer]:
    """A sandbox that poses as Coinbase, after the end of its two days."""
    async with SandboxServer([candles()], info=PRODUCTS, clock=SteppedClock(NOW)) as running:
        yield running


@pytest.fixture
async def market(server: SandboxServer, tmp_path: Path) -> AsyncIterator[CcxtMarketData]:
    """A gateway to it."""
    assert isinstance(server.clock, SteppedClock)
    clock = JumpingClock(NOW, server.clock)
    budget = SharedRateBudget(tmp_path / "budget.sqlite", clock)
    data = open_market_data("coinbase", base_url=server.url, rate_budget=budget, clock=clock, chance=random.Random(2))
    yield data
    await data.close()
    budget.close()


async def test_two_days_are_fetched_exactly_and_the_hole_of_seven_hours_stays_one(
    market: CcxtMarketData, tmp_path: Path
) -> None:
    """A window of 300 minutes lies wholly inside the hole: its empty answer is believed and the next one is asked."""
    lake = ParquetLake(tmp_path / "lake")
    report = await fetch_candles(market, lake, await market.exchange_clock(), candles().key, START, END)
    assert (report.inserted, report.refused) == (2447, ())
    assert lake.read(candles().key).content_hash() == candles().content_hash()
    assert sum(gap.bars for gap in lake.coverage(candles().key).gaps) == 1 + 432


async def test_the_rules_are_the_product_s_own(market: CcxtMarketData) -> None:
    (product,) = await market.instruments()
    rules = product.rules[0]
    assert product.id == BTC_USD
    assert (rules.tick, rules.lot, rules.min_notional) == (Decimal("0.01"), Decimal("1e-8"), 1)
    assert (product.status, product.source) == ("trading", "coinbase")


async def test_longer_candles_come_on_their_grid(market: CcxtMarketData) -> None:
    bars = await market.candles(BTC_USD, Timeframe.parse("6h"), START, NOW)
    assert [(int(time) - START) // HOUR for time in bars.open_time_ns] == [0, 6, 12, 24, 30, 36, 42]


@pytest.mark.parametrize("question", QUESTIONS)
async def test_it_keeps_every_promise_of_market_data(question: str, market: CcxtMarketData) -> None:
    await QUESTIONS[question](market, Sample(BTC_USD, ONE_MINUTE, START, NOW + 60 * SECOND))
