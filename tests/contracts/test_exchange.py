"""Every way to an exchange through the exam of `checks.exchange`, against the practice exchange."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator
from pathlib import Path
from typing import ClassVar

import pytest

from tickwright.adapters.exchanges import CcxtMarketData, SharedRateBudget
from tickwright.adapters.exchanges.retry import RetryRule
from tickwright.adapters.exchanges.venues import venue_of
from tickwright.adapters.exchanges.venues.venue import Venue
from tickwright.adapters.sandbox.clock import RunningClock
from tickwright.adapters.sandbox.server import SandboxServer
from tickwright.adapters.wall_clock import WallClock
from tickwright.checks.exchange import QUESTIONS, Sample
from tickwright.domain.instrument import InstrumentId
from tickwright.domain.timeframe import Timeframe
from tickwright.domain.timestamp import HOUR, MINUTE, parse_instant

NOW = parse_instant("2024-06-01T12:30:00Z")
SAMPLE = Sample(
    InstrumentId("binance", "BTC", "USDT"), Timeframe.parse("1h"), parse_instant("2024-03-01"), NOW + 20 * MINUTE
)


class UnifiedBinance(Venue):
    """Binance as an exchange of which nothing is known but what ccxt says."""

    client_options: ClassVar = {**Venue.client_options, "fetchMargins": False}


WAYS = {"Binance's own paging": venue_of("binance"), "ccxt's unified interface": UnifiedBinance("binance")}


@pytest.fixture(params=WAYS.values(), ids=WAYS.keys())
async def market(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[CcxtMarketData]:
    """A gateway to a sandbox whose newest candle is still forming."""
    async with SandboxServer(clock=RunningClock(NOW)) as server:
        clock = WallClock()
        data = CcxtMarketData(
            request.param,
            base_url=server.url,
            rate_budget=SharedRateBudget(tmp_path / "budget.sqlite", clock, limits={"binance": 6000}),
            clock=clock,
            rule=RetryRule(),
            connector=None,
            chance=random.Random(0),
        )
        yield data
        await data.close()


@pytest.mark.parametrize("question", QUESTIONS)
async def test_the_gateway_keeps_every_promise_of_market_data(question: str, market: CcxtMarketData) -> None:
    await QUESTIONS[question](market, SAMPLE)


def test_the_sample_is_what_it_says() -> None:
    assert SAMPLE.at(3) - SAMPLE.start_ns == 3 * HOUR
