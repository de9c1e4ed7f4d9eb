"""Binance's spot REST interface, market data: ping, time, exchangeInfo, klines, aggTrades, best prices and depth.

Invariants: decimals are strings with eight places; an answer never knows more than the exchange's clock; every answer
carries the weight used in this minute; parameters are as strict as the exchange's.

Known limits: candles exist in lengths that can be made of the history; the exchange's own lengths beyond that are
refused as an invalid interval, in so many words. Quote volume, number of trades and taker volumes are not in the
history and are sent as zero; the bundled history has no trades, quotes or books; of a history that has, the last of
each is told. Time zones other than UTC are refused. Codes and paging
are those of the public documentation of 2025.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from aiohttp import web

from tickwright.adapters.sandbox.market import Candle, ReplayMarket
from tickwright.adapters.sandbox.tape import Aggregate, Tape
from tickwright.adapters.sandbox.weights import Verdict, WeightLimiter
from tickwright.domain.bars import SeriesKind
from tickwright.domain.events import Events
from tickwright.domain.timeframe import Timeframe
from tickwright.domain.timestamp import MILLISECOND

WEIGHT_PING, WEIGHT_TIME, WEIGHT_KLINES, WEIGHT_AGG_TRADES, WEIGHT_EXCHANGE_INFO = 1, 1, 2, 4, 20
WEIGHT_BOOK_TICKER, WEIGHT_DEPTH = 2, 5
ROWS_DEFAULT, ROWS_MAX, DEPTH_DEFAULT = 500, 1000, 100
PLACES = 8
INTERVALS = ("1s", "1m", "3m", "5m", "15m", "30m", "1h", "2h", "4h", "6h", "8h", "12h", "1d", "3d", "1w", "1M")
_UNSUPPORTED_GRIDS = frozenset({"3d", "1M"})  # not on the grid of a fixed length counted from 1970

_SYMBOL = r"^[A-Z0-9-_.]{1,20}$"
_NUMBER = r"^[0-9]{1,20}$"
_SYMBOLS = r'^\[("[A-Z0-9-_.]{1,20}"(,"[A-Z0-9-_.]{1,20}"){0,}){0,1}\]$'

Handler = Callable[[Mapping[str, str]], Any]


class BinanceError(Exception):
    """An answer of the exchange's error table."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code, self.message = code, message


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One path of the interface, its weight, its parameters and who answers."""

    path: str
    weight: int
    parameters: tuple[str, ...]
    answer: Handler


class BinanceSpot:
    """The dialect over a market; `info` holds the exchange's own `symbols` and `rateLimits`."""

    exchange = "binance"
    hosts = frozenset({"api.binance.com", "api1.binance.com", "data-api.binance.vision"})
    weight_limit = 6000
    prefix = "/api/v3"

    def __init__(self, market: ReplayMarket, info: Mapping[str, Any], limiter: WeightLimiter) -> None:
        self._market, self._limiter = market, limiter
        self._listed = {entry["symbol"]: entry for entry in info["symbols"] if self.listed_as(entry) in market.symbols}
        self._rate_limits = [
            {**rule, "limit": limiter.limit} if rule["rateLimitType"] == "REQUEST_WEIGHT" else rule
            for rule in info["rateLimits"]
        ]

    def listed_as(self, entry: Mapping[str, Any]) -> str:
        """A symbol of the exchange's list in ccxt's form."""
        return f"{entry['baseAsset']}/{entry['quoteAsset']}"

    def routes(self) -> Iterable[web.AbstractRouteDef]:
        """Every endpoint under its path."""
        return [web.get(f"{self.prefix}/{endpoint.path}", self._serving(endpoint)) for endpoint in self.endpoints()]

    def endpoints(self) -> tuple[Endpoint, ...]:
        """What is answered."""
        about = ("symbol", "symbols", "permissions", "showPermissionSets", "symbolStatus")
        candles = ("symbol", "interval", "startTime", "endTime", "timeZone", "limit")
        return (
            Endpoint("ping", WEIGHT_PING, (), lambda _: {}),
            Endpoint("time", WEIGHT_TIME, (), lambda _: {"serverTime": self._now_ms()}),
            Endpoint("exchangeInfo", WEIGHT_EXCHANGE_INFO, about, self._exchange_info),
            Endpoint("klines", WEIGHT_KLINES, candles, self._klines),
            Endpoint(
                "aggTrades", WEIGHT_AGG_TRADES, ("symbol", "fromId", "startTime", "endTime", "limit"), self._agg_trades
            ),
            Endpoint("ticker/bookTicker", WEIGHT_BOOK_TICKER, ("symbol",), self._book_ticker),
            Endpoint("depth", WEIGHT_DEPTH, ("symbol", "limit"), self._depth),
        )

    def _serving(self, endpoint: Endpoint) -> Callable[[web.Request], Awaitable[web.Response]]:
        async def serve(request: web.Request) -> web.Response:
            verdict = self._limiter.spend(request.remote or "", endpoint.weight)
            if verdict.until_ns is not None:
                return self._refused(verdict)
            try:
                body = endpoint.answer(_checked(request, endpoint))
            except BinanceError as error:
                return _json({"code": error.code, "msg": error.message}, verdict, status=400)
            return _json(body, verdict)

        return serve

    def _refused(self, verdict: Verdict) -> web.Response:
        assert verdict.until_ns is not None
        message = (
            f"Way too much request weight used; IP banned until {verdict.until_ns // MILLISECOND}. "
            "Please use WebSocket Streams for live updates to avoid bans."
            if verdict.banned
            else f"Too much request weight used; current limit is {self._limiter.limit} request weight per 1 MINUTE. "
            "Please use WebSocket Streams for live updates to avoid polling the API."
        )
        status = 418 if verdict.banned else 429
        response = _json({"code": -1003, "msg": message}, verdict, status=status)
        response.headers["Retry-After"] = str(verdict.retry_after_s(self._market.now_ns()))
        return response

    def _now_ms(self) -> int:
        return self._market.now_ns() // MILLISECOND

    def _exchange_info(self, query: Mapping[str, str]) -> dict[str, Any]:
        symbols = self._named_symbols(query)
        wanted = query.get("symbolStatus")
        entries = [self._listed[symbol] for symbol in symbols]
        entries = [entry for entry in entries if wanted in (None, entry["status"])]
        if query.get("showPermissionSets") == "false":
            entries = [{**entry, "permissionSets": []} for entry in entries]
        return {
            "timezone": "UTC",
            "serverTime": self._now_ms(),
            "rateLimits": self._rate_limits,
            "exchangeFilters": [],
            "symbols": entries,
        }

    def _named_symbols(self, query: Mapping[str, str]) -> list[str]:
        chosen = {"symbol", "symbols", "permissions"} & query.keys()
        if len(chosen) > 1:
            raise BinanceError(-1128, "Combination of optional parameters invalid.")
        if "symbol" in query:
            named = [_legal(query, "symbol", _SYMBOL)]
        elif "symbols" in query:
            named = orjson.loads(_legal(query, "symbols", _SYMBOLS))
        else:
            return list(self._listed)
        if any(symbol not in self._listed for symbol in named):
            raise BinanceError(-1121, "Invalid symbol.")
        return named

    def _klines(self, query: Mapping[str, str], prices: ReplayMarket | None = None) -> list[list[Any]]:
        market = prices or self._market
        symbol, interval = _required(query, "symbol", _SYMBOL), _required(query, "interval", ".*")
        first_ms, last_ms = number_of(query, "startTime"), number_of(query, "endTime")
        if query.get("timeZone", "0") not in ("0", "0:00", "00:00"):
            raise BinanceError(-1130, "Data sent for parameter 'timeZone' is not valid.")
        limit, name = page_limit(query), self._name(symbol)
        if name not in market.symbols:
            return []
        timeframe = _timeframe(market, name, interval)
        candles = market.candles(
            name,
            timeframe,
            None if first_ms is None else first_ms * MILLISECOND,
            None if last_ms is None else last_ms * MILLISECOND,
            limit,
        )
        series = market.series(name, timeframe)
        return [_kline(candle, timeframe, series.price_scale, series.volume_scale) for candle in candles]

    def _agg_trades(self, query: Mapping[str, str]) -> list[dict[str, Any]]:
        symbol, limit = _required(query, "symbol", _SYMBOL), page_limit(query)
        from_id, first_ms, last_ms = (number_of(query, name) for name in ("fromId", "startTime", "endTime"))
        if from_id is not None and (first_ms is not None or last_ms is not None):
            raise BinanceError(-1128, "Combination of optional parameters invalid.")
        tape, now_ns = self._market.tape(self._name(symbol)), self._market.now_ns()
        if tape is None:
            return []
        first_ns, last_ns = (None if at_ms is None else at_ms * MILLISECOND for at_ms in (first_ms, last_ms))
        if from_id is None:
            found = tape.between(first_ns, last_ns, limit, now_ns)
        else:
            found = tape.from_id(from_id, limit, now_ns)
        return [_agg_trade(aggregate, tape) for aggregate in found]

    def _name(self, symbol: str) -> str:
        entry = self._listed.get(symbol)
        if entry is None:
            raise BinanceError(-1121, "Invalid symbol.")
        return self.listed_as(entry)

    def _book_ticker(self, query: Mapping[str, str]) -> dict[str, Any]:
        symbol = legal_symbol(query)
        quotes = self._known("quotes", symbol)
        names = {"bidPrice": "bid", "bidQty": "bid_quantity", "askPrice": "ask", "askQty": "ask_quantity"}
        said = {told: decimal_text(int(quotes[name][-1]), quotes.scale(name)) for told, name in names.items()}
        return {"symbol": symbol, **said}

    def _depth(self, query: Mapping[str, str]) -> dict[str, Any]:
        symbol, limit = legal_symbol(query), page_limit(query, DEPTH_DEFAULT)
        book = self._known("book", symbol)
        book = book.where((book.ts_ns == book.ts_ns[-1]) & (book["update_id"] == book["update_id"][-1]))
        levels = [
            [decimal_text(price, book.price_scale), decimal_text(quantity, book.quantity_scale)]
            for price, quantity in zip(book["price"].tolist(), book["quantity"].tolist(), strict=True)
        ]
        bids = int((book["side"] == 0).sum())
        return {
            "lastUpdateId": int(book["update_id"][-1]),
            "bids": levels[:bids][::-1][:limit],
            "asks": levels[bids:][:limit],
        }

    def _known(self, kind: SeriesKind, symbol: str) -> Events:
        """What the history has of a kind until now; refuses where that is nothing."""
        events = self._market.events(kind, self._name(symbol))
        if events is None or not len(events):
            raise BinanceError(-1000, f"The sandbox's history of {symbol} has no {kind}.")
        return events


def _timeframe(market: ReplayMarket, name: str, interval: str) -> Timeframe:
    if interval not in INTERVALS:
        raise BinanceError(-1120, "Invalid interval.")
    if interval not in _UNSUPPORTED_GRIDS:
        timeframe = Timeframe.parse(interval)
        if market.offers(name, timeframe):
            return timeframe
    raise BinanceError(-1120, f"Invalid interval. The sandbox's history of {name} cannot give {interval} candles.")


def _checked(request: web.Request, endpoint: Endpoint) -> Mapping[str, str]:
    """The query of a request, once nothing in it is foreign or doubled."""
    sent = list(request.query)
    read = sum(1 for name in set(sent) if name in endpoint.parameters)
    if sent and not endpoint.parameters:
        raise BinanceError(-1101, f"Too many parameters; expected '0' and received '{len(sent)}'.")
    if len(set(sent)) < len(sent):
        raise BinanceError(-1101, "Duplicate values for a parameter detected.")
    for name in endpoint.parameters:
        if name in request.query and not request.query[name]:
            raise BinanceError(-1105, f"Parameter '{name}' was empty.")
    if read < len(sent):
        raise BinanceError(
            -1104, f"Not all sent parameters were read; read '{read}' parameter(s) but was sent '{len(sent)}'."
        )
    return request.query


def _required(query: Mapping[str, str], name: str, legal: str) -> str:
    if name not in query:
        raise BinanceError(-1102, f"Mandatory parameter '{name}' was not sent, was empty/null, or malformed.")
    return _legal(query, name, legal)


def _legal(query: Mapping[str, str], name: str, legal: str) -> str:
    if not re.fullmatch(legal, query[name]):
        raise BinanceError(-1100, f"Illegal characters found in parameter '{name}'; legal range is '{legal}'.")
    return query[name]


def legal_symbol(query: Mapping[str, str]) -> str:
    """The symbol a request must name."""
    return _required(query, "symbol", _SYMBOL)


def number_of(query: Mapping[str, str], name: str) -> int | None:
    """A number that a request may name."""
    return int(_legal(query, name, _NUMBER)) if name in query else None


def page_limit(query: Mapping[str, str], default: int = ROWS_DEFAULT) -> int:
    """How many rows a request wants, as far as they are given."""
    limit = number_of(query, "limit")
    if limit is not None and limit < 1:
        raise BinanceError(-1130, "Data sent for parameter 'limit' is not valid.")
    return min(limit or default, ROWS_MAX)


def _agg_trade(aggregate: Aggregate, tape: Tape) -> dict[str, Any]:
    return {
        "a": aggregate.aggregate_id,
        "p": decimal_text(aggregate.price, tape.price_scale),
        "q": decimal_text(aggregate.quantity, tape.quantity_scale),
        "f": aggregate.first_id,
        "l": aggregate.last_id,
        "T": aggregate.ts_ns // MILLISECOND,
        "m": not aggregate.taker_buys,
        "M": True,
    }


def _kline(candle: Candle, timeframe: Timeframe, price_scale: int, volume_scale: int) -> list[Any]:
    open_ns, first, high, low, last, volume = candle
    open_ms = open_ns // MILLISECOND
    close_ms = open_ms + timeframe.length_ns // MILLISECOND - 1
    prices = [decimal_text(units, price_scale) for units in (first, high, low, last)]
    unknown = "0.00000000"
    return [open_ms, *prices, decimal_text(volume, volume_scale), close_ms, unknown, 0, unknown, unknown, "0"]


def decimal_text(units: int, scale: int) -> str:
    """Eight places, as the exchange prints every decimal."""
    whole, rest = divmod(abs(units), 10**scale)
    sign = "-" if units < 0 else ""
    return "%s%d.%08d" % (sign, whole, rest * 10 ** (PLACES - scale))  # noqa: UP031 - a page holds 5000 of them


def _json(body: Any, verdict: Verdict, status: int = 200) -> web.Response:
    used = str(verdict.used)
    return web.Response(
        status=status,
        body=orjson.dumps(body),
        content_type="application/json",
        charset="UTF-8",
        headers={"X-MBX-USED-WEIGHT": used, "X-MBX-USED-WEIGHT-1M": used},
    )
