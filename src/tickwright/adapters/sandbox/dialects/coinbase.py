"""Coinbase's Advanced Trade REST interface, public market data: time, products, candles.

Invariants: candles come newest first, as objects of decimal text without trailing zeros, at most 350 of them and with
both ends of the range included; minutes without a trade are missing; the newest may still be forming.

Known limits: only spot products; of a product only what the history's instruments need. The exchange publishes no
request weights; requests are counted one by one, 600 a minute for its ten a second. Sources: the exchange's public
documentation of 2024 and recorded answers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import orjson
from aiohttp import web

from tickwright.adapters.sandbox.market import Candle, ReplayMarket
from tickwright.adapters.sandbox.weights import WeightLimiter
from tickwright.domain.money import amount_text
from tickwright.domain.timeframe import Timeframe
from tickwright.domain.timestamp import SECOND, iso

REQUESTS_PER_MINUTE = 600
MOST_CANDLES = 350
GRANULARITIES = {
    "ONE_MINUTE": "1m",
    "FIVE_MINUTE": "5m",
    "FIFTEEN_MINUTE": "15m",
    "THIRTY_MINUTE": "30m",
    "ONE_HOUR": "1h",
    "TWO_HOUR": "2h",
    "SIX_HOUR": "6h",
    "ONE_DAY": "1d",
}
_PRODUCTS = "/api/v3/brokerage/market/products"


class CoinbaseError(Exception):
    """A refusal in the exchange's words."""

    def __init__(self, status: int, error: str, details: str) -> None:
        super().__init__(details)
        self.status, self.error, self.details = status, error, details


class Coinbase:
    """The dialect over a market; `info` holds the exchange's own `products`."""

    exchange = "coinbase"
    hosts = frozenset({"api.coinbase.com"})
    weight_limit = REQUESTS_PER_MINUTE

    def __init__(self, market: ReplayMarket, info: Mapping[str, Any], limiter: WeightLimiter) -> None:
        self._market, self._limiter = market, limiter
        self._products = {
            product["product_id"]: product
            for product in info["products"]
            if product["product_id"].replace("-", "/") in market.symbols
        }

    def routes(self) -> Iterable[web.AbstractRouteDef]:
        """The public endpoints."""
        return [
            web.get("/v2/time", self._serving(self._time)),
            web.get(_PRODUCTS, self._serving(self._list)),
            web.get(_PRODUCTS + "/{product}", self._serving(self._product)),
            web.get(_PRODUCTS + "/{product}/candles", self._serving(self._candles)),
        ]

    def _serving(self, answer: Callable[[web.Request], Any]) -> Callable[[web.Request], Any]:
        async def serve(request: web.Request) -> web.Response:
            if self._limiter.spend(request.remote or "", 1).until_ns is not None:
                return _json({"error": "RATE_LIMIT_EXCEEDED", "message": "Too many requests"}, 429)
            try:
                return _json(answer(request))
            except CoinbaseError as error:
                body = {"error": error.error, "error_details": error.details, "message": error.details}
                return _json(body, error.status)

        return serve

    def _time(self, request: web.Request) -> dict[str, Any]:
        seconds = self._market.now_ns() // SECOND
        return {"data": {"iso": iso(seconds * SECOND), "epoch": seconds}}

    def _list(self, request: web.Request) -> dict[str, Any]:
        kind = request.query.get("product_type", "SPOT")
        products = list(self._products.values()) if kind == "SPOT" else []
        return {"products": products, "num_products": len(products), "pagination": None}

    def _product(self, request: web.Request) -> dict[str, Any]:
        product: dict[str, Any] = self._products[self._named(request)]
        return product

    def _candles(self, request: web.Request) -> dict[str, Any]:
        symbol = self._named(request).replace("-", "/")
        timeframe = self._timeframe(symbol, request.query.get("granularity", ""))
        first, last = _seconds(request.query, "start"), _seconds(request.query, "end")
        if (last - first) * SECOND // timeframe.length_ns >= MOST_CANDLES:
            words = f"number of candles requested should be less than {MOST_CANDLES}"
            raise CoinbaseError(400, "INVALID_ARGUMENT", words)
        found = self._market.candles(symbol, timeframe, first * SECOND, last * SECOND, MOST_CANDLES)
        series = self._market.series(symbol, timeframe)
        return {"candles": [_candle(one, series.price_scale, series.volume_scale) for one in reversed(found)]}

    def _named(self, request: web.Request) -> str:
        product = request.match_info["product"]
        if product not in self._products:
            raise CoinbaseError(404, "NOT_FOUND", "valid product_id is required")
        return product

    def _timeframe(self, symbol: str, granularity: str) -> Timeframe:
        name = GRANULARITIES.get(granularity)
        if name is not None and self._market.offers(symbol, timeframe := Timeframe.parse(name)):
            return timeframe
        raise CoinbaseError(400, "INVALID_ARGUMENT", f"unsupported granularity {granularity!r}")


def _seconds(query: Mapping[str, str], name: str) -> int:
    text = query.get(name, "")
    if not (text.isascii() and text.isdigit()):
        raise CoinbaseError(400, "INVALID_ARGUMENT", f"{name} must be UNIX seconds")
    return int(text)


def _candle(candle: Candle, price_scale: int, volume_scale: int) -> dict[str, str]:
    return {
        "start": str(candle.open_time_ns // SECOND),
        "low": amount_text(candle.low, price_scale),
        "high": amount_text(candle.high, price_scale),
        "open": amount_text(candle.open, price_scale),
        "close": amount_text(candle.close, price_scale),
        "volume": amount_text(candle.volume, volume_scale),
    }


def _json(body: Any, status: int = 200) -> web.Response:
    return web.Response(status=status, body=orjson.dumps(body), content_type="application/json")
