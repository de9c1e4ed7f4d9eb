"""Perpetuals through the unmodified client: what Binance says of them, exactly, and what it does not offer."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import orjson
import pytest

from tests.adapters.exchanges.surroundings import BTC, JumpingClock, gateway
from tests.data.xrp_perpetual import EIGHT, END, EXCHANGE_INFO, FIVE, XRP, book, candles, funding, marks, quote
from tickwright.adapters.exchanges import CcxtMarketData, SharedRateBudget, open_market_data
from tickwright.adapters.sandbox.clock import SteppedClock
from tickwright.adapters.sandbox.faults import Answer, Rewrite
from tickwright.adapters.sandbox.server import SandboxServer
from tickwright.domain.errors import BadResponse, NotOffered, TickwrightError
from tickwright.domain.events import Events

FIRST, LAST = int(funding().ts_ns[0]), int(funding().ts_ns[-1])


@pytest.fixture
async def server() -> AsyncIterator[SandboxServer]:
    """A sandbox of perpetuals."""
    more = [marks(), funding(), quote(), book()]
    async with SandboxServer([candles()], more=more, info=EXCHANGE_INFO, clock=SteppedClock(END)) as running:
        yield running


@pytest.fixture
async def market(server: SandboxServer, tmp_path: Path) -> AsyncIterator[CcxtMarketData]:
    """A gateway to it."""
    assert isinstance(server.clock, SteppedClock)
    clock = JumpingClock(END, server.clock)
    budget = SharedRateBudget(tmp_path / "budget.sqlite", clock)
    data = open_market_data(
        "binance", base_url=server.url, rate_budget=budget, clock=clock, contracts=True, chance=random.Random(3)
    )
    yield data
    await data.close()
    budget.close()


async def test_a_perpetual_is_listed_with_its_rules(market: CcxtMarketData) -> None:
    (found,) = await market.instruments()
    assert (found.id, found.kind, found.status) == (XRP, "perpetual", "trading")
    (rules,) = found.rules
    assert (rules.tick, rules.lot, rules.min_notional) == (Decimal("0.0001"), Decimal("0.1"), Decimal(5))
    assert found.listed_ns == 1569398400000 * 1_000_000


async def test_rates_arrive_exactly_and_by_their_nominal_times(market: CcxtMarketData) -> None:
    assert (await market.funding(XRP, FIRST, LAST + 1)).content_hash() == funding().content_hash()
    middle = int(funding().ts_ns[40])
    assert len(await market.funding(XRP, middle, LAST)) == 50
    assert len(await market.funding(XRP, LAST + 1, LAST + 2)) == 0


async def test_mark_prices_and_candles_are_told_apart(market: CcxtMarketData, server: SandboxServer) -> None:
    first = int(candles().open_time_ns[0])
    traded = await market.candles(XRP, FIVE, first, first + 10 * FIVE.length_ns)
    assert traded.content_hash() == candles().between(first, first + 10 * FIVE.length_ns).content_hash()
    marked = await market.prices("mark").candles(XRP, EIGHT, FIRST, LAST)
    assert marked.content_hash() == marks().between(FIRST, LAST).content_hash()
    assert len(await market.prices("index").candles(XRP, EIGHT, FIRST, LAST)) == 0
    assert [one.path for one in server.requests][-1] == "/fapi/v1/indexPriceKlines"


async def test_the_present_quote_and_book_are_the_exchange_s(market: CcxtMarketData) -> None:
    assert (await market.quote(XRP)).content_hash() == quote().content_hash()
    assert (await market.book(XRP, 20)).content_hash() == book().content_hash()
    best = await market.book(XRP, 1)
    assert best["price"].tolist() == [8312, 8313]


async def test_spot_has_no_mark_price(server: SandboxServer, tmp_path: Path) -> None:
    async with SandboxServer(clock=SteppedClock(END)) as spot:
        data = gateway(spot, tmp_path, JumpingClock(END))
        with pytest.raises(NotOffered, match="there is no mark price of BTC/USDT"):
            await data.prices("mark").candles(BTC, EIGHT, FIRST, LAST)
        await data.close()


RATE = {"symbol": "XRPUSDT", "fundingTime": FIRST // 1_000_000, "fundingRate": "0.0001", "markPrice": ""}


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"no": "list"}, "not a list of funding rates"),
        ([{**RATE, "fundingTime": "soon"}], "the funding rate is of 'soon'"),
        ([{**RATE, "fundingRate": "NaN"}], "'NaN' is not a price or an amount"),
        ([{**RATE, "fundingRate": None}], "the funding rate is None"),
        ([{**RATE, "fundingRate": "1e308"}], "is not a price or an amount"),
    ],
)
async def test_an_answer_that_cannot_be_read_is_refused_as_a_whole(
    market: CcxtMarketData, server: SandboxServer, body: Any, words: str
) -> None:
    await market.instruments()
    server.faults.add(Answer(200, orjson.dumps(body), content_type="application/json"), "*/fundingRate", times=None)
    with pytest.raises(BadResponse) as failure:
        await market.funding(XRP, FIRST, LAST)
    assert words in str(failure.value)
    assert str(XRP) in str(failure.value)


async def test_jitter_after_the_minute_is_taken_off_and_more_is_left_to_be_judged(
    market: CcxtMarketData, server: SandboxServer
) -> None:
    late = [{**RATE, "fundingTime": FIRST // 1_000_000 + after} for after in (7, 4_000)]
    server.faults.add(Answer(200, orjson.dumps(late), content_type="application/json"), "*/fundingRate", times=None)
    found: Events = await market.funding(XRP, FIRST, LAST)
    assert [int(time) - FIRST for time in found.ts_ns] == [0, 4_000_000_000]


async def test_a_crossed_or_shapeless_present_is_no_quote(market: CcxtMarketData, server: SandboxServer) -> None:
    server.faults.add(Rewrite(lambda body: body.replace(b"bidPrice", b"bidPrize")), "*/bookTicker", times=None)
    with pytest.raises(TickwrightError, match="not a best price"):
        await market.quote(XRP)
