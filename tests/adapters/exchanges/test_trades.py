"""Trades through the gateway: all of them, by their ids, exactly."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from tests.adapters.exchanges.surroundings import JumpingClock
from tests.data.xrp_eth import EXCHANGE_INFO, ONE_MINUTE, XRP_ETH, candles, trades
from tickwright.adapters.exchanges import CcxtMarketData, SharedRateBudget, open_market_data
from tickwright.adapters.exchanges.venues.venue import Venue
from tickwright.adapters.sandbox.clock import SteppedClock
from tickwright.adapters.sandbox.faults import Answer, Rewrite
from tickwright.adapters.sandbox.server import SandboxServer
from tickwright.domain.errors import BadResponse, NotOffered
from tickwright.domain.timestamp import HOUR, MINUTE, parse_instant
from tickwright.domain.trades import Trades, joined_trades
from tickwright.ingest.candles_from_trades import CandlesFromTrades

END = int(trades().ts_ns[-1]) + 1
START = parse_instant("2019-10-11")
NOW = parse_instant("2019-10-14")


@pytest.fixture
async def server() -> AsyncIterator[SandboxServer]:
    """A sandbox with two days of XRP/ETH, after their end."""
    clock = SteppedClock(NOW)
    async with SandboxServer([candles()], trades=[trades()], info=EXCHANGE_INFO, clock=clock) as running:
        yield running


@pytest.fixture
async def market(server: SandboxServer, tmp_path: Path) -> AsyncIterator[CcxtMarketData]:
    """A gateway to it."""
    assert isinstance(server.clock, SteppedClock)
    clock = JumpingClock(NOW, server.clock)
    budget = SharedRateBudget(tmp_path / "budget.sqlite", clock)
    data = open_market_data("binance", base_url=server.url, rate_budget=budget, clock=clock, chance=random.Random(3))
    yield data
    await data.close()
    budget.close()


async def all_of(market: CcxtMarketData, start_ns: int, end_ns: int) -> Trades:
    """Every page, followed by id."""
    pages = [await market.trades(XRP_ETH, start_ns, end_ns)]
    while len(pages[-1]):
        pages.append(await market.trades(XRP_ETH, start_ns, end_ns, after_id=int(pages[-1].trade_id[-1])))
    return joined_trades(pages[:-1] or pages)


async def test_every_trade_arrives_once_and_exactly(market: CcxtMarketData) -> None:
    """As candles of a minute the trades are the exchange's own candles, and nothing of their volume is lost."""
    found = await all_of(market, START, END)
    truth = trades()
    assert int(found.quantity.sum()) == int(truth.quantity.sum()) * 10**found.quantity_scale
    assert (found.ts_ns[0], found.ts_ns[-1]) == (truth.ts_ns[0], truth.ts_ns[-1])
    buys = int(truth.quantity[truth.taker_buys].sum())
    assert int(found.quantity[found.taker_buys].sum()) == buys * 10**found.quantity_scale


async def test_a_range_is_half_open(market: CcxtMarketData) -> None:
    first, last = int(trades().ts_ns[100]), int(trades().ts_ns[200])
    found = await all_of(market, first, last)
    assert int(found.ts_ns.min()) == first
    assert int(found.ts_ns.max()) < last
    inside = trades().where((trades().ts_ns >= first) & (trades().ts_ns < last))
    assert int(found.quantity.sum()) == int(inside.quantity.sum()) * 10**found.quantity_scale


async def test_a_start_before_the_first_trade_costs_one_request(market: CcxtMarketData, server: SandboxServer) -> None:
    found = await market.trades(XRP_ETH, START - 5 * HOUR, END)
    assert found.ts_ns[0] == trades().ts_ns[0]
    assert len([request for request in server.requests if request.path.endswith("aggTrades")]) == 1


async def test_an_empty_range_gives_nothing(market: CcxtMarketData) -> None:
    assert len(await market.trades(XRP_ETH, START - 2 * HOUR, START - HOUR)) == 0


def spoiled(change: dict[str, Any], place: int = 3) -> Rewrite:
    """The answer with fields of one trade changed, or left out where the change is None."""

    def rewrite(body: bytes) -> bytes:
        rows = orjson.loads(body)
        rows[place] = {name: value for name, value in {**rows[place], **change}.items() if value is not ...}
        return orjson.dumps(rows)

    return Rewrite(rewrite)


MALFORMED = {
    "an id left out": spoiled({"a": 13519811 + 100}),
    "no id": spoiled({"a": ...}),
    "an id in text": spoiled({"a": "13519810"}),
    "a price as a float": spoiled({"p": 0.001413}),
    "a price that is none": spoiled({"p": "NaN"}),
    "no side": spoiled({"m": ...}),
    "a side in text": spoiled({"m": "true"}),
    "a time in text": spoiled({"T": "1570752011620"}),
    "not a list": Answer(200, "{}"),
    "no objects": Answer(200, "[1, 2]"),
}


@pytest.mark.parametrize("fault", MALFORMED.values(), ids=MALFORMED.keys())
async def test_a_malformed_page_is_refused_as_a_whole(
    market: CcxtMarketData, server: SandboxServer, fault: Answer
) -> None:
    server.faults.add(fault, "*/aggTrades", times=None)
    with pytest.raises(BadResponse, match="XRP/ETH trades"):
        await market.trades(XRP_ETH, START, END)


async def test_a_page_that_does_not_go_on_where_the_last_one_ended_is_refused(
    market: CcxtMarketData, server: SandboxServer
) -> None:
    server.faults.add(Rewrite(lambda body: orjson.dumps(orjson.loads(body)[1:])), "*/aggTrades", times=None)
    with pytest.raises(BadResponse, match="one after the other"):
        await market.trades(XRP_ETH, START, END, after_id=13519900)


async def test_exchanges_whose_trades_cannot_be_followed_say_so() -> None:
    with pytest.raises(NotOffered, match="by their ids"):
        await Venue("bitfinex").trades(None, {"symbol": "XRP/ETH"}, 0, None)


async def test_candles_made_of_them_are_the_exchange_s_own(market: CcxtMarketData) -> None:
    """Through the whole way, over the wire: an hour of minutes (39 with trades) is the exchange's own."""
    built = CandlesFromTrades(market, market, await market.exchange_clock())
    start = parse_instant("2019-10-11T12:00:00Z")
    ours = await built.candles(XRP_ETH, ONE_MINUTE, start, start + 60 * MINUTE)
    own = await market.candles(XRP_ETH, ONE_MINUTE, start, start + 60 * MINUTE)
    assert len(ours) == 39
    assert ours.content_hash() == own.content_hash()
