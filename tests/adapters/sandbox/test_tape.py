"""Trades over the wire: aggregated, paged by time or id, and never of the future."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import ccxt.async_support as ccxt
import numpy as np
import orjson
import pytest

from tests.data.xrp_eth import EXCHANGE_INFO, XRP_ETH, candles, trades
from tickwright.adapters.sandbox.clock import SteppedClock
from tickwright.adapters.sandbox.server import SandboxServer
from tickwright.adapters.sandbox.tape import Tape
from tickwright.domain.timestamp import HOUR, MILLISECOND, parse_instant
from tickwright.domain.trades import Trades

NOW = parse_instant("2019-10-12T00:00:00Z")
START_MS = 1_570_752_011_620
ONE_ORDER_MS = 1_570_752_285_320


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    """A client of a sandbox with two days of XRP/ETH, at the end of the first."""
    async with (
        SandboxServer([candles()], trades=[trades()], info=EXCHANGE_INFO, clock=SteppedClock(NOW)) as server,
        aiohttp.ClientSession(server.url) as session,
    ):
        yield session


async def asked(http: aiohttp.ClientSession, **query: int) -> list[dict[str, Any]]:
    """Aggregate trades of XRPETH."""
    async with http.get("/api/v3/aggTrades", params={"symbol": "XRPETH", **query}) as response:
        assert response.status == 200
        rows: list[dict[str, Any]] = orjson.loads(await response.read())
        return rows


async def test_a_row_is_written_as_the_exchange_writes_it(http: aiohttp.ClientSession) -> None:
    """Trades 13519828 and 13519829 (13 and 12 XRP sold at 0.0014119 in one millisecond) are one aggregate."""
    rows = await asked(http, startTime=ONE_ORDER_MS, endTime=ONE_ORDER_MS)
    assert rows[-1] == {
        "a": rows[0]["a"] + len(rows) - 1,
        "p": "0.00141190",
        "q": "25.00000000",
        "f": 13519828,
        "l": 13519829,
        "T": ONE_ORDER_MS,
        "m": True,
        "M": True,
    }


async def test_paging_by_id_gives_every_aggregate_once_up_to_now(http: aiohttp.ClientSession) -> None:
    rows: list[dict[str, Any]] = []
    next_id = 0
    while page := await asked(http, fromId=next_id, limit=1000):
        rows += page
        next_id = page[-1]["a"] + 1
    known = trades().where(trades().ts_ns <= NOW)
    assert [row["a"] for row in rows] == list(range(rows[0]["a"], rows[0]["a"] + len(rows)))
    assert sum(row["l"] - row["f"] + 1 for row in rows) == len(known)
    assert sum(round(float(row["q"])) for row in rows) == int(known.quantity.sum())


async def test_times_are_included_at_both_ends(http: aiohttp.ClientSession) -> None:
    rows = await asked(http, startTime=START_MS, endTime=START_MS)
    assert {row["T"] for row in rows} == {START_MS}
    assert await asked(http, startTime=START_MS + 1, endTime=START_MS + 1) == []


async def test_without_a_place_the_newest_are_returned_and_none_of_the_future(http: aiohttp.ClientSession) -> None:
    rows = await asked(http, limit=3)
    assert len(rows) == 3
    assert rows[-1]["l"] == int(trades().where(trades().ts_ns <= NOW).trade_id[-1])
    assert await asked(http, fromId=rows[-1]["a"] + 1) == []


async def test_an_end_alone_gives_the_newest_before_it(http: aiohttp.ClientSession) -> None:
    rows = await asked(http, endTime=START_MS + 60_000, limit=2)
    assert len(rows) == 2
    assert rows[-1]["T"] <= START_MS + 60_000


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({"fromId": 1, "startTime": START_MS}, -1128),
        ({"limit": 0}, -1130),
        ({"fromId": "x"}, -1100),
        ({"symbol": "NOSUCH"}, -1121),
    ],
)
async def test_an_error_has_the_exchange_s_code(
    http: aiohttp.ClientSession, query: dict[str, str | int], code: int
) -> None:
    async with http.get("/api/v3/aggTrades", params={"symbol": "XRPETH", **query}) as response:
        assert response.status == 400
        assert orjson.loads(await response.read())["code"] == code


async def test_a_symbol_without_trades_has_none() -> None:
    async with (
        SandboxServer() as server,
        aiohttp.ClientSession(server.url) as http,
        http.get("/api/v3/aggTrades", params={"symbol": "BTCUSDT"}) as response,
    ):
        assert orjson.loads(await response.read()) == []


async def test_an_unmodified_ccxt_client_reads_the_trades() -> None:
    async with SandboxServer([candles()], trades=[trades()], info=EXCHANGE_INFO, clock=SteppedClock(NOW)) as server:
        base = f"{server.url}/api/v3"
        client = ccxt.binance(
            {
                "urls": {"api": {"public": base, "private": base}},
                "options": {"fetchMarkets": {"types": ["spot"]}, "fetchMargins": False, "fetchCurrencies": False},
            }
        )
        try:
            found = await client.fetch_trades("XRP/ETH", since=START_MS, limit=2)
        finally:
            await client.close()
    assert [(trade["timestamp"], trade["side"], trade["price"], trade["amount"]) for trade in found] == [
        (START_MS, "sell", 0.0014134, 23.0),
        (START_MS, "sell", 0.0014127, 54.0),
    ]


def test_aggregates_keep_time_price_side_and_the_sum() -> None:
    ids = np.arange(7, 12)
    tape = Tape(
        Trades(
            XRP_ETH,
            ids,
            np.array([1, 1, 1, 1, 2]) * MILLISECOND,
            np.array([10, 10, 11, 11, 11]),
            np.array([1, 2, 3, 4, 5]),
            np.array([True, True, True, False, False]),
            0,
            0,
        )
    )
    rows = tape.between(0, None, 10, HOUR)
    assert [(row.aggregate_id, row.first_id, row.last_id, row.quantity) for row in rows] == [
        (7, 7, 8, 3),
        (8, 9, 9, 3),
        (9, 10, 10, 4),
        (10, 11, 11, 5),
    ]
