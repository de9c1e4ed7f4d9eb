"""Coinbase's wire language: another exchange with other manners, over the same market."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import ccxt.async_support as ccxt
import orjson
import pytest

from tests.data.btc_usd_on_coinbase import BTC_USD, PRODUCTS, candles
from tickwright.adapters.sandbox.clock import SteppedClock
from tickwright.adapters.sandbox.history import bundled_candles
from tickwright.adapters.sandbox.server import SandboxServer
from tickwright.domain.errors import UsageError
from tickwright.domain.timestamp import MINUTE, SECOND, parse_instant

NOW = parse_instant("2018-04-05T12:00:30Z")
START = parse_instant("2018-04-04")
PATH = "/api/v3/brokerage/market/products"


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    """A client of a sandbox that poses as Coinbase."""
    async with (
        SandboxServer([candles()], info=PRODUCTS, clock=SteppedClock(NOW)) as server,
        aiohttp.ClientSession(server.url) as session,
    ):
        yield session


async def asked(http: aiohttp.ClientSession, path: str, status: int = 200, **query: Any) -> dict[str, Any]:
    """An answer as JSON."""
    async with http.get(path, params=query) as response:
        assert response.status == status
        answer: dict[str, Any] = orjson.loads(await response.read())
        return answer


async def test_candles_come_newest_first_with_both_ends_and_without_trailing_zeros(http: aiohttp.ClientSession) -> None:
    first, last = START // SECOND, (START + 2 * MINUTE) // SECOND
    found = (await asked(http, f"{PATH}/BTC-USD/candles", start=first, end=last, granularity="ONE_MINUTE"))["candles"]
    assert [row["start"] for row in found] == [str(last), str(last - 60), str(first)]
    assert found[-1] == {
        "start": "1522800000",
        "low": "7422",
        "high": "7424.91",
        "open": "7424.91",
        "close": "7422",
        "volume": "7.14319709",
    }


async def test_the_newest_candle_is_still_forming(http: aiohttp.ClientSession) -> None:
    last = NOW // SECOND
    found = (await asked(http, f"{PATH}/BTC-USD/candles", start=last - 60, end=last, granularity="ONE_MINUTE"))[
        "candles"
    ]
    whole = candles().between(NOW - 30 * SECOND, NOW)
    assert found[0]["start"] == str((NOW - 30 * SECOND) // SECOND)
    assert float(found[0]["volume"]) == pytest.approx(whole.volumes()[0] / 2, abs=1e-8)


async def test_350_candles_are_given_and_not_one_more_is_asked_for_in_vain(http: aiohttp.ClientSession) -> None:
    first = START // SECOND
    most = await asked(http, f"{PATH}/BTC-USD/candles", start=first, end=first + 349 * 60, granularity="ONE_MINUTE")
    assert len(most["candles"]) == 350
    refused = await asked(
        http, f"{PATH}/BTC-USD/candles", 400, start=first, end=first + 350 * 60, granularity="ONE_MINUTE"
    )
    assert refused["error"] == "INVALID_ARGUMENT"


@pytest.mark.parametrize(
    ("path", "query", "status"),
    [
        (f"{PATH}/NO-SUCH/candles", {"start": 0, "end": 60, "granularity": "ONE_MINUTE"}, 404),
        (f"{PATH}/NO-SUCH", {}, 404),
        (f"{PATH}/BTC-USD/candles", {"start": 0, "end": 60, "granularity": "TWO_MINUTE"}, 400),
        (f"{PATH}/BTC-USD/candles", {"start": "x", "end": 60, "granularity": "ONE_MINUTE"}, 400),
        (f"{PATH}/BTC-USD/candles", {"end": 60, "granularity": "ONE_MINUTE"}, 400),
    ],
)
async def test_a_refusal_has_an_error_and_a_message(
    http: aiohttp.ClientSession, path: str, query: dict[str, Any], status: int
) -> None:
    answer = await asked(http, path, status, **query)
    assert {"error", "error_details", "message"} <= answer.keys()


async def test_time_and_products(http: aiohttp.ClientSession) -> None:
    assert (await asked(http, "/v2/time"))["data"]["epoch"] == NOW // SECOND
    assert (await asked(http, PATH))["num_products"] == 1
    assert (await asked(http, PATH, product_type="FUTURE"))["products"] == []
    assert (await asked(http, f"{PATH}/BTC-USD"))["price_increment"] == "0.01"


async def test_too_many_requests_are_429() -> None:
    async with (
        SandboxServer([candles()], info=PRODUCTS, clock=SteppedClock(NOW), weight_limit=1) as server,
        aiohttp.ClientSession(server.url) as http,
    ):
        await asked(http, "/v2/time")
        assert (await asked(http, "/v2/time", 429))["error"] == "RATE_LIMIT_EXCEEDED"


async def test_an_unmodified_ccxt_client_reads_it() -> None:
    async with SandboxServer([candles()], info=PRODUCTS, clock=SteppedClock(NOW)) as server:
        client = ccxt.coinbase({"urls": {"api": {"rest": server.url}}, "has": {"fetchCurrencies": False}})
        try:
            markets = await client.load_markets()
            rows = await client.fetch_ohlcv("BTC/USD", "1m", since=START // 1_000_000, limit=2)
            time = await client.fetch_time()
        finally:
            await client.close()
    assert markets["BTC/USD"]["precision"] == {"amount": 1e-08, "price": 0.01}
    assert rows == [
        [1522800000000, 7424.91, 7424.91, 7422.0, 7422.0, 7.14319709],
        [1522800060000, 7420.0, 7422.0, 7405.0, 7405.0, 13.35069752],
    ]
    assert time == NOW // SECOND * 1000


def test_the_exchange_is_the_history_s_and_only_one() -> None:
    assert SandboxServer([candles()], info=PRODUCTS).dialect.exchange == BTC_USD.exchange
    with pytest.raises(UsageError, match="cannot pose as binance and coinbase"):
        SandboxServer([candles(), bundled_candles("BTC/USDT")])
