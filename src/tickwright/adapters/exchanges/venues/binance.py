"""Binance spot: native paging, the exchange's own filters and weights.

Source: Binance's spot REST documentation. Candles in [startTime, endTime] by open time, both included, at most 1000,
oldest first from startTime; aggregate trades from an instant or an id on; 6000 request weight a minute and address;
every answer names the weight used.

Known limit: its 3-day and month candles are not counted from 1970 in equal steps and are not offered.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from tickwright.adapters.exchanges.venues.venue import Market, Venue
from tickwright.domain.bars import SeriesKind
from tickwright.domain.errors import BadResponse, NotOffered
from tickwright.domain.instrument import Instrument, TradingRules
from tickwright.domain.timeframe import Timeframe
from tickwright.domain.timestamp import MILLISECOND

_FIELDS = 12
_TRADES = 1000
_DEPTHS = (5, 10, 20, 50, 100, 500, 1000)


class Binance(Venue):
    """Binance spot market data."""

    api = "public"
    """How ccxt names the part of the exchange whose methods are called."""
    page_limit = 1000
    weight_per_minute = 6000
    time_weight = 1
    instruments_weight = 20
    candles_weight = 2
    trades_weight = 4
    quote_weight = 2
    book_weight = 10
    passing_codes = frozenset({"-1008"})  # "server is busy": ccxt knows it under the exchange's own address only
    client_options: Mapping[str, Any] = {
        "fetchMarkets": {"types": ["spot"]},  # without it ccxt asks two futures addresses as well
        "fetchMargins": False,
    }

    _candle_paths: Mapping[SeriesKind, tuple[str, str]] = {"candles": ("Klines", "symbol")}
    """For each kind of price the method of its candles, and what that calls the symbol."""

    def __init__(self) -> None:
        super().__init__("binance")

    def used_weight(self, headers: Mapping[str, str]) -> int | None:
        """The weight this address has used in the exchange's minute."""
        text = headers.get("X-MBX-USED-WEIGHT-1M", "")
        return int(text) if text.isascii() and text.isdigit() else None

    async def time_ms(self, client: Any) -> int:
        """The exchange's own time in milliseconds."""
        answer = await self._get(client, "Time")
        if not isinstance(answer, dict) or type(answer.get("serverTime")) is not int:
            raise BadResponse("the answer holds no serverTime")
        server_time: int = answer["serverTime"]
        return server_time

    async def candles(
        self,
        client: Any,
        market: Market,
        timeframe: Timeframe,
        code: str,
        start_ns: int,
        end_ns: int,
        limit: int,
        kind: SeriesKind = "candles",
    ) -> Sequence[Sequence[Any]]:
        """Rows of (open ms, open, high, low, close, volume) in [start, end), as the exchange wrote them."""
        if kind not in self._candle_paths:
            raise NotOffered(f"there is no {kind} price of {market['symbol']}", where=self.exchange)
        path, symbol = self._candle_paths[kind]
        rows = await self._get(
            client,
            path,
            {
                symbol: market["id"],
                "interval": client.timeframes[code],
                "startTime": -(-start_ns // MILLISECOND),
                "endTime": (end_ns - 1) // MILLISECOND,
                "limit": limit,
            },
        )
        if not isinstance(rows, list):
            raise BadResponse(f"the answer is not a list of candles but {str(rows)[:60]!r}")
        for place, row in enumerate(rows):
            if not isinstance(row, list) or len(row) != _FIELDS:
                raise BadResponse(f"candle {place} is not a row of {_FIELDS} fields: {str(row)[:60]}")
        return [row[:6] if kind == "candles" else [*row[:5], "0"] for row in rows]

    async def trades(self, client: Any, market: Market, start_ns: int, after_id: int | None) -> Sequence[Sequence[Any]]:
        """Aggregate trades, those of one order at one price and time as one row: from an instant, or after an id."""
        place = {"startTime": -(-start_ns // MILLISECOND)} if after_id is None else {"fromId": after_id + 1}
        rows = await self._get(client, "AggTrades", {"symbol": market["id"], "limit": _TRADES, **place})
        if not isinstance(rows, list):
            raise BadResponse(f"the answer is not a list of trades but {str(rows)[:60]!r}")
        return [_trade(row, number) for number, row in enumerate(rows)]

    async def quote(self, client: Any, market: Market) -> Sequence[Any]:
        """The best prices now: (ms or None, update id, bid, bid quantity, ask, ask quantity)."""
        said = await self._get(client, "TickerBookTicker", {"symbol": market["id"]})
        if not isinstance(said, dict) or "bidPrice" not in said:
            raise BadResponse(f"the answer is not a best price but {str(said)[:60]!r}")
        names = ("bidPrice", "bidQty", "askPrice", "askQty")
        return [said.get("time"), said.get("lastUpdateId", 0), *(said.get(name) for name in names)]

    async def book(self, client: Any, market: Market, levels: int) -> tuple[Any, Any, Sequence[Any], Sequence[Any]]:
        """The book now: (ms or None, update id, bids, asks), both of rows of price and quantity."""
        depth = next((limit for limit in _DEPTHS if limit >= levels), _DEPTHS[-1])
        said = await self._get(client, "Depth", {"symbol": market["id"], "limit": depth})
        if not isinstance(said, dict) or not isinstance(said.get("bids"), list):
            raise BadResponse(f"the answer is not a book but {str(said)[:60]!r}")
        return said.get("T"), said.get("lastUpdateId"), said["bids"][:levels], said["asks"][:levels]

    async def _get(self, client: Any, path: str, query: Mapping[str, Any] | None = None) -> Any:
        return await getattr(client, f"{self.api}Get{path}")(dict(query or {}))

    def instrument(self, market: Market, observed_ns: int) -> Instrument | None:
        """A listed symbol with the filters in force; raises `BadResponse` where one is missing."""
        if not market.get("spot"):
            return None
        info = market["info"]
        filters = {entry["filterType"]: entry for entry in info.get("filters", [])}
        where = f"binance {info.get('symbol')}"
        notional = filters.get("NOTIONAL") or filters.get("MIN_NOTIONAL") or {"minNotional": "0"}
        lot = filters.get("LOT_SIZE", {})
        rules = TradingRules(
            observed_ns,
            positive_said(filters.get("PRICE_FILTER", {}).get("tickSize"), "tickSize", where),
            positive_said(lot.get("stepSize"), "stepSize", where),
            decimal_said(notional.get("minNotional"), "minNotional", where),
            decimal_said(lot.get("minQty"), "minQty", where),
            decimal_said(lot.get("maxQty"), "maxQty", where),
        )
        return Instrument(
            self.identity(market),
            (rules,),
            status="trading" if info.get("status") == "TRADING" else "halted",
            maker_fee=Decimal(str(market["maker"])),
            taker_fee=Decimal(str(market["taker"])),
            source="binance exchangeInfo; fees: base tier",
        )


def _trade(row: Any, number: int) -> tuple[Any, ...]:
    if not isinstance(row, dict) or not isinstance(row.get("m"), bool):
        raise BadResponse(f"trade {number} is {str(row)[:60]}", expected="an aggregate trade")
    time = row.get("T")
    ts_ns = time * MILLISECOND if type(time) is int else time
    return row.get("a"), ts_ns, row.get("p"), row.get("q"), not row["m"]


def decimal_said(text: Any, name: str, where: str) -> Decimal:
    """A decimal number that is not negative, as text; raises `BadResponse`."""
    try:
        value = Decimal(text) if isinstance(text, str) else Decimal("NaN")
    except InvalidOperation:
        value = Decimal("NaN")
    if not value.is_finite() or value < 0:
        raise BadResponse(f"{name} is {text!r}", where=where, expected="a decimal number as text")
    return value.normalize() + 0


def positive_said(text: Any, name: str, where: str) -> Decimal:
    """A decimal number above 0, as text; raises `BadResponse`."""
    value = decimal_said(text, name, where)
    if value == 0:
        raise BadResponse(f"{name} is {text!r}", where=where, expected="a number above 0")
    return value
