"""Kraken and OKX on loopback with a thousand recorded trades of BTC/USDT, each asked and answered in its own form.

The trades are Kraken's; OKX, of which two were recorded, tells the same ones in the form of those two, in milliseconds.
"""

from __future__ import annotations

import gzip
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import orjson
from aiohttp import web

from tickwright.domain.bars import Int64Array
from tickwright.domain.events import Events, event_key
from tickwright.domain.instrument import InstrumentId
from tickwright.domain.timestamp import MILLISECOND, SECOND

RECORDED = Path(__file__).parent / "recorded" / "kraken_okx_trades.json.gz"
SAID: Mapping[str, Any] = orjson.loads(gzip.decompress(RECORDED.read_bytes()))
ROWS = SAID["kraken"]["http_trades"]["result"]["XBTUSDT"]
NS = [int(Decimal(str(row[2])) * SECOND) for row in ROWS]


def truth(exchange: str) -> Events:
    """The recorded trades as they are stored."""

    def scaled(place: int, scale: int) -> Int64Array:
        return np.array([int(Decimal(row[place]).scaleb(scale)) for row in ROWS], np.int64)

    times = np.array(NS, np.int64)
    columns = {
        "ts_ns": times if exchange == "kraken" else times // MILLISECOND * MILLISECOND,
        "trade_id": np.array([row[6] for row in ROWS], np.int64),
        "price": scaled(0, 5),
        "quantity": scaled(1, 8),
        "taker_buys": np.array([row[3] == "b" for row in ROWS], np.int64),
    }
    return Events(event_key(InstrumentId(exchange, "BTC", "USDT"), "trades"), columns, 5, 8)


class RecordedExchange:
    """Either exchange; `page` is how many trades it gives at once, `lacking` trades it never tells."""

    def __init__(self, page: int, lacking: frozenset[int] = frozenset()) -> None:
        self.page, self.requests = page, 0
        self._told = [(row, ns) for row, ns in zip(ROWS, NS, strict=True) if row[6] not in lacking]
        self.url = ""

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[RecordedExchange]:
        """Answer on a free port of loopback."""
        app = web.Application()
        app.add_routes(
            [
                web.get("/0/public/Time", self._said("kraken", "http_server_time")),
                web.get("/0/public/AssetPairs", self._said("kraken", "http_asset_pairs")),
                web.get("/0/public/Trades", self._kraken),
                web.get("/0/public/OHLC", self._kraken_newest),
                web.get("/api/v5/public/time", self._okx_time),
                web.get("/api/v5/public/instruments", self._okx_instruments),
                web.get("/api/v5/market/history-trades", self._okx),
            ]
        )
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        self.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        try:
            yield self
        finally:
            await runner.cleanup()

    def _said(self, exchange: str, name: str) -> Any:
        async def answer(request: web.Request) -> web.Response:
            return _json(SAID[exchange][name])

        return answer

    async def _kraken(self, request: web.Request) -> web.Response:
        self.requests += 1
        since, most = int(request.query["since"]), min(self.page, int(request.query["count"]))
        found = [(row, ns) for row, ns in self._told if ns > since][:most]
        rows = [[*row[:2], f"@{ns // SECOND}.{ns % SECOND // 100:07d}@", *row[3:]] for row, ns in found]
        last = str(found[-1][1] if found else since)
        body = orjson.dumps({"error": [], "result": {"XBTUSDT": rows, "last": last}})
        return web.Response(
            body=body.replace(b'"@', b"").replace(b'@"', b""), content_type="application/json"
        )  # numbers, as on the wire

    async def _kraken_newest(self, request: web.Request) -> web.Response:
        """Candles that begin after the recorded trades, whatever was asked for: Kraken keeps its newest alone."""
        first = NS[-1] // (60 * SECOND) * 60 + 120
        rows = [[first + 60 * n, "1", "1", "1", "1", "1", "1", 1] for n in range(2)]
        return _json({"error": [], "result": {"XBTUSDT": rows, "last": first}})

    async def _okx_time(self, request: web.Request) -> web.Response:
        return _json({"code": "0", "msg": "", "data": [{"ts": str(NS[-1] // MILLISECOND + 60_000)}]})

    async def _okx_instruments(self, request: web.Request) -> web.Response:
        if request.query.get("instType") != "SPOT":
            return _json({"code": "0", "msg": "", "data": []})
        one = {**SAID["okx"]["http_get_instruments_spot"]["data"][0], "instId": "BTC-USDT", "quoteCcy": "USDT"}
        return _json({"code": "0", "msg": "", "data": [one]})

    async def _okx(self, request: web.Request) -> web.Response:
        self.requests += 1
        before, most = int(request.query["after"]), min(self.page, int(request.query["limit"]))
        by_time = request.query["type"] == "2"
        found = [(row, ns) for row, ns in self._told if (ns // MILLISECOND if by_time else row[6]) < before][-most:]
        form = SAID["okx"]["http_get_trades"]["data"][0]
        rows = [
            {
                **form,
                "side": "buy" if row[3] == "b" else "sell",
                "sz": row[1],
                "px": row[0],
                "tradeId": str(row[6]),
                "ts": str(ns // MILLISECOND),
            }
            for row, ns in reversed(found)
        ]
        return _json({"code": "0", "msg": "", "data": rows})


def _json(body: Any) -> web.Response:
    return web.Response(body=orjson.dumps(body), content_type="application/json")
