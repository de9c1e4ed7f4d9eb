"""Binance's wire language, spoken over real HTTP: paging to the edge, every error by its code, weights and bans."""

from __future__ import annotations

from typing import Any

import aiohttp
import ccxt.async_support as ccxt
import orjson
import pytest

from tests.adapters.sandbox.conftest import NOON
from tickwright.adapters.sandbox.clock import SteppedClock
from tickwright.adapters.sandbox.history import bundled_candles
from tickwright.adapters.sandbox.server import SandboxServer
from tickwright.domain.timestamp import DAY, HOUR, MINUTE, SECOND, parse_instant

START = parse_instant("2024-01-01")
MS = 1_000_000


async def klines(http: aiohttp.ClientSession, **query: Any) -> list[list[Any]]:
    """Candles of BTCUSDT 1h, or what the query says."""
    async with http.get("/api/v3/klines", params={"symbol": "BTCUSDT", "interval": "1h", **query}) as response:
        assert response.status == 200
        rows: list[list[Any]] = orjson.loads(await response.read())
        return rows


async def test_a_row_is_written_as_the_exchange_writes_it(http: aiohttp.ClientSession) -> None:
    """The first hour of 2024: open 42283.58, high 42554.57, low 42261.02, close 42475.23, volume 1271.68108."""
    rows = await klines(http, startTime=START // MS, limit=1)
    assert rows == [
        [
            1704067200000,
            "42283.58000000",
            "42554.57000000",
            "42261.02000000",
            "42475.23000000",
            "1271.68108000",
            1704070799999,
            "0.00000000",
            0,
            "0.00000000",
            "0.00000000",
            "0",
        ]
    ]


async def test_both_ends_are_included(http: aiohttp.ClientSession) -> None:
    rows = await klines(http, startTime=START // MS, endTime=(START + 2 * HOUR) // MS)
    assert [row[0] for row in rows] == [(START + hour * HOUR) // MS for hour in range(3)]


async def test_a_millisecond_less_at_the_end_loses_the_last_row_and_one_more_at_the_start_the_first(
    http: aiohttp.ClientSession,
) -> None:
    rows = await klines(http, startTime=START // MS + 1, endTime=(START + 2 * HOUR) // MS - 1)
    assert [row[0] for row in rows] == [(START + HOUR) // MS]


async def test_the_default_is_500_rows_and_the_most_are_1000(http: aiohttp.ClientSession) -> None:
    assert len(await klines(http)) == 500
    assert len(await klines(http, limit=1000)) == 1000
    assert len(await klines(http, limit=5000)) == 1000


async def test_from_a_start_the_oldest_rows_come_first_and_to_an_end_the_newest(http: aiohttp.ClientSession) -> None:
    oldest = await klines(http, startTime=START // MS, limit=2)
    newest = await klines(http, endTime=START // MS, limit=2)
    assert [row[0] for row in oldest] == [START // MS, (START + HOUR) // MS]
    assert [row[0] for row in newest] == [(START - HOUR) // MS, START // MS]


async def test_the_newest_row_is_the_forming_candle(http: aiohttp.ClientSession, clock: SteppedClock) -> None:
    clock.advance(30 * MINUTE)
    last = (await klines(http, limit=1))[0]
    whole = bundled_candles("BTC/USDT").between(NOON, NOON + HOUR)
    assert last[0] == NOON // MS
    assert last[6] == (NOON + HOUR) // MS - 1
    assert last[1] == f"{whole.open[0] / 100:.8f}"
    assert float(last[5]) == pytest.approx(whole.volumes()[0] / 2, rel=1e-6)


async def test_a_hole_of_the_history_is_missing_and_not_filled(http: aiohttp.ClientSession) -> None:
    start, end = parse_instant("2018-02-08"), parse_instant("2018-02-10")
    rows = await klines(http, startTime=start // MS, endTime=(end - 1) // MS)
    assert len(rows) == 48 - 33


async def test_an_empty_range_is_an_empty_list(http: aiohttp.ClientSession) -> None:
    assert await klines(http, startTime=(START + HOUR) // MS, endTime=START // MS) == []
    assert await klines(http, startTime=(NOON + DAY) // MS) == []


async def test_paging_by_last_open_time_plus_one_gives_every_candle_once(http: aiohttp.ClientSession) -> None:
    times: list[int] = []
    start = parse_instant("2018-01-01") // MS
    while rows := await klines(http, startTime=start, endTime=parse_instant("2018-12-31T23:00Z") // MS, limit=1000):
        times += [row[0] for row in rows]
        start = times[-1] + 1
    expected = bundled_candles("BTC/USDT").between(parse_instant("2018-01-01"), parse_instant("2019-01-01"))
    assert times == [int(time) // MS for time in expected.open_time_ns]


ERRORS: dict[str, tuple[str, int]] = {
    "/api/v3/klines?interval=1h": (
        "Mandatory parameter 'symbol' was not sent, was empty/null, or malformed.", -1102),
    "/api/v3/klines?symbol=BTCUSDT": (
        "Mandatory parameter 'interval' was not sent, was empty/null, or malformed.", -1102),
    "/api/v3/klines?symbol=&interval=1h": ("Parameter 'symbol' was empty.", -1105),
    "/api/v3/klines?symbol=btcusdt&interval=1h": (
        "Illegal characters found in parameter 'symbol'; legal range is '^[A-Z0-9-_.]{1,20}$'.", -1100),
    "/api/v3/klines?symbol=NOSUCH&interval=1h": ("Invalid symbol.", -1121),
    "/api/v3/klines?symbol=BTCUSDT&interval=7h": ("Invalid interval.", -1120),
    "/api/v3/klines?symbol=BTCUSDT&interval=1m": (
        "Invalid interval. The sandbox's history of BTC/USDT cannot give 1m candles.", -1120),
    "/api/v3/klines?symbol=BTCUSDT&interval=1h&limit=ten": (
        "Illegal characters found in parameter 'limit'; legal range is '^[0-9]{1,20}$'.", -1100),
    "/api/v3/klines?symbol=BTCUSDT&interval=1h&limit=0": ("Data sent for parameter 'limit' is not valid.", -1130),
    "/api/v3/klines?symbol=BTCUSDT&interval=1h&startTime=-1": (
        "Illegal characters found in parameter 'startTime'; legal range is '^[0-9]{1,20}$'.", -1100),
    "/api/v3/klines?symbol=BTCUSDT&interval=1h&since=1": (
        "Not all sent parameters were read; read '2' parameter(s) but was sent '3'.", -1104),
    "/api/v3/klines?symbol=BTCUSDT&symbol=ETHUSDT&interval=1h": (
        "Duplicate values for a parameter detected.", -1101),
    "/api/v3/klines?symbol=BTCUSDT&interval=1h&timeZone=8": (
        "Data sent for parameter 'timeZone' is not valid.", -1130),
    "/api/v3/time?now=1": ("Too many parameters; expected '0' and received '1'.", -1101),
    "/api/v3/exchangeInfo?symbol=NOSUCH": ("Invalid symbol.", -1121),
    "/api/v3/exchangeInfo?symbol=BTCUSDT&symbols=%5B%22BTCUSDT%22%5D": (
        "Combination of optional parameters invalid.", -1128),
    "/api/v3/exchangeInfo?symbols=BTCUSDT": (
        "Illegal characters found in parameter 'symbols'; legal range is "
        "'^\\[(\"[A-Z0-9-_.]{1,20}\"(,\"[A-Z0-9-_.]{1,20}\"){0,}){0,1}\\]$'.", -1100),
}  # fmt: skip


@pytest.mark.parametrize(("path", "expected"), ERRORS.items(), ids=ERRORS.keys())
async def test_an_error_has_the_exchange_s_code_and_words(
    http: aiohttp.ClientSession, path: str, expected: tuple[str, int]
) -> None:
    message, code = expected
    async with http.get(path) as response:
        assert response.status == 400
        assert orjson.loads(await response.read()) == {"code": code, "msg": message}


async def test_exchange_info_names_the_asked_symbols(http: aiohttp.ClientSession) -> None:
    async with http.get("/api/v3/exchangeInfo", params={"symbols": '["ETHUSDT"]'}) as response:
        info = orjson.loads(await response.read())
    assert [entry["symbol"] for entry in info["symbols"]] == ["ETHUSDT"]
    assert info["serverTime"] == NOON // MS
    assert {"rateLimitType": "REQUEST_WEIGHT", "interval": "MINUTE", "intervalNum": 1, "limit": 6000} in info[
        "rateLimits"
    ]


async def test_exchange_info_honours_status_and_permission_sets(http: aiohttp.ClientSession) -> None:
    async with http.get("/api/v3/exchangeInfo", params={"symbolStatus": "BREAK"}) as response:
        assert orjson.loads(await response.read())["symbols"] == []
    async with http.get("/api/v3/exchangeInfo", params={"showPermissionSets": "false"}) as response:
        assert {str(entry["permissionSets"]) for entry in orjson.loads(await response.read())["symbols"]} == {"[]"}


async def test_what_is_not_there_is_not_found(http: aiohttp.ClientSession) -> None:
    async with http.get("/api/v3/account") as response:
        assert response.status == 404


async def test_every_answer_says_what_weight_was_used(http: aiohttp.ClientSession) -> None:
    used = []
    for path in ("/api/v3/ping", "/api/v3/time", "/api/v3/klines?symbol=BTCUSDT&interval=1h", "/api/v3/exchangeInfo"):
        async with http.get(path) as response:
            used.append(int(response.headers["X-MBX-USED-WEIGHT-1M"]))
    assert used == [1, 2, 4, 24]


async def test_beyond_the_limit_comes_429_then_418_and_both_say_until_when(clock: SteppedClock) -> None:
    clock.advance(15 * SECOND)
    async with (
        SandboxServer(clock=clock, weight_limit=40, patience=2) as server,
        aiohttp.ClientSession(server.url) as http,
    ):
        answers = []
        for _ in range(6):
            async with http.get("/api/v3/exchangeInfo") as response:
                answers.append((response.status, response.headers.get("Retry-After"), await response.json()))
        assert [status for status, _, _ in answers] == [200, 200, 429, 429, 418, 418]
        assert answers[2][1] == "45"
        assert answers[2][2]["code"] == -1003
        assert "current limit is 40 request weight per 1 MINUTE" in answers[2][2]["msg"]
        assert answers[4][1] == "120"
        assert f"IP banned until {(clock.now_ns() + 2 * MINUTE) // MS}." in answers[4][2]["msg"]
        clock.advance(2 * MINUTE)
        async with http.get("/api/v3/exchangeInfo") as response:
            assert response.status == 200


async def test_an_unmodified_ccxt_client_works_with_nothing_but_other_addresses(server: SandboxServer) -> None:
    base = f"{server.url}/api/v3"
    client = ccxt.binance(
        {
            "urls": {"api": {"public": base, "private": base}},
            "options": {"fetchMarkets": {"types": ["spot"]}, "fetchMargins": False, "fetchCurrencies": False},
        }
    )
    try:
        markets = await client.load_markets()
        rows = await client.fetch_ohlcv("BTC/USDT", "1h", since=START // MS, limit=3)
        time = await client.fetch_time()
        with pytest.raises(ccxt.BadRequest):
            await client.publicGetKlines({"symbol": "BTCUSDT", "interval": "7h"})
        with pytest.raises(ccxt.BadSymbol):
            await client.publicGetKlines({"symbol": "NOSUCH", "interval": "1h"})
    finally:
        await client.close()
    assert set(markets) == {"BTC/USDT", "ETH/USDT"}
    assert markets["BTC/USDT"]["precision"] == {"amount": 1e-05, "price": 0.01, "base": 1e-08, "quote": 1e-08}
    assert rows[0] == [1704067200000, 42283.58, 42554.57, 42261.02, 42475.23, 1271.68108]
    assert time == NOON // MS


async def test_ccxt_takes_our_429_and_418_for_what_they_are(clock: SteppedClock) -> None:
    async with SandboxServer(clock=clock, weight_limit=1, patience=1) as server:
        base = f"{server.url}/api/v3"
        client = ccxt.binance({"urls": {"api": {"public": base, "private": base}}, "enableRateLimit": False})
        try:
            for _ in range(2):
                with pytest.raises(ccxt.DDoSProtection):
                    await client.publicGetKlines({"symbol": "BTCUSDT", "interval": "1h"})
        finally:
            await client.close()
