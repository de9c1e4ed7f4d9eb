"""Binance's wire language of perpetuals over real HTTP, beside recorded answers of the real exchange."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import orjson
import pytest

from tests.data.xrp_perpetual import END, EXCHANGE_INFO, book, candles, funding, marks, quote
from tickwright.adapters.sandbox.clock import SteppedClock
from tickwright.adapters.sandbox.server import SandboxServer
from tickwright.domain.errors import UsageError
from tickwright.domain.timestamp import MILLISECOND, parse_instant

RECORDED: dict[str, Any] = orjson.loads((Path(__file__).parent / "recorded" / "binance_present.json").read_bytes())
NOON = parse_instant("2021-11-19T12:00Z") // MILLISECOND


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    """A client of a server that replays a month of XRP."""
    more = [marks(), funding(), quote(), book()]
    clock = SteppedClock(END)
    async with (
        SandboxServer([candles()], more=more, info=EXCHANGE_INFO, clock=clock) as server,
        aiohttp.ClientSession(server.url) as session,
    ):
        yield session


async def answer(http: aiohttp.ClientSession, path: str, **query: Any) -> Any:
    async with http.get(f"/fapi/v1/{path}", params=query) as response:
        return orjson.loads(await response.read())


def form(value: Any) -> Any:
    """The keys and types of an answer."""
    if isinstance(value, dict):
        return {name: form(part) for name, part in value.items()}
    if isinstance(value, list):
        return [form(value[0])] if value else []
    return type(value).__name__


async def test_a_rate_is_told_from_its_publishing_on_as_the_exchange_writes_it(http: aiohttp.ClientSession) -> None:
    rates = await answer(http, "fundingRate", symbol="XRPUSDT", startTime=NOON, limit=2)
    assert [(rate["fundingTime"], rate["fundingRate"]) for rate in rates] == [
        (1637337600000, "0.00010000"),
        (1637366400000, "0.00013046"),
    ]
    real = RECORDED["/fapi/v1/fundingRate"][0]
    assert {name: form(rates[0])[name] for name in real} == form(real)


async def test_rates_without_a_start_are_the_newest_and_an_end_is_included(http: aiohttp.ClientSession) -> None:
    newest = await answer(http, "fundingRate", symbol="XRPUSDT", limit=1)
    assert [rate["fundingTime"] for rate in newest] == [int(funding().ts_ns[-1]) // MILLISECOND]
    first = int(funding().ts_ns[0]) // MILLISECOND
    assert len(await answer(http, "fundingRate", symbol="XRPUSDT", startTime=first, endTime=first)) == 1
    assert len(await answer(http, "fundingRate", symbol="XRPUSDT")) == 91
    refused = await answer(http, "fundingRate", symbol="XRPUSDT", startTime=2, endTime=1)
    assert refused["code"] == -4068


async def test_mark_prices_are_candles_of_the_mark_and_index_prices_are_asked_by_pair(
    http: aiohttp.ClientSession,
) -> None:
    (row,) = await answer(http, "markPriceKlines", symbol="XRPUSDT", interval="8h", startTime=NOON, limit=1)
    assert (row[0], row[5], len(row)) == (1637337600000, "0", 12)
    assert await answer(http, "indexPriceKlines", pair="XRPUSDT", interval="8h") == []
    assert (await answer(http, "indexPriceKlines", symbol="XRPUSDT", interval="8h"))["code"] == -1104


@pytest.mark.parametrize("path", ["depth", "ticker/bookTicker"])
async def test_the_present_has_the_form_of_the_exchange_s_answers(http: aiohttp.ClientSession, path: str) -> None:
    ours, real = await answer(http, path, symbol="XRPUSDT"), RECORDED[f"/fapi/v1/{path}"]
    assert {name: form(ours)[name] for name in real} == form(real)


async def test_the_book_has_its_best_prices_first(http: aiohttp.ClientSession) -> None:
    depth = await answer(http, "depth", symbol="XRPUSDT", limit=5)
    assert depth["bids"][0] == ["0.83120000", "7.00000000"]
    assert depth["asks"][0] == ["0.83130000", "8.00000000"]
    assert len(depth["bids"]) == len(depth["asks"]) == 3


async def test_nothing_is_told_before_its_time() -> None:
    clock = SteppedClock(int(funding().ts_ns[10]))
    async with (
        SandboxServer([candles()], more=[funding(), quote()], info=EXCHANGE_INFO, clock=clock) as server,
        aiohttp.ClientSession(server.url) as http,
    ):
        assert len(await answer(http, "fundingRate", symbol="XRPUSDT")) == 11
        assert (await answer(http, "ticker/bookTicker", symbol="XRPUSDT"))["code"] == -1000


def test_coins_and_contracts_are_two_exchanges() -> None:
    from tickwright.adapters.sandbox.history import bundled_candles

    with pytest.raises(UsageError, match="cannot pose as binance"):
        SandboxServer([candles(), bundled_candles("BTC/USDT")])
