"""Binance's USD-M futures REST interface, market data: as on spot under `/fapi/v1`, and mark and index prices, funding.

Invariants: those of `binance_spot`; a funding rate is told from the instant of its publishing on.

Known limits: those of `binance_spot`; parameters that contradict each other are refused where spot does; of the book
there are the levels of the last snapshot in the history, of the best prices the last quote. Codes and paging are those
of the public documentation of 2025.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tickwright.adapters.sandbox.dialects.binance_spot import (
    BinanceError,
    BinanceSpot,
    Endpoint,
    Handler,
    decimal_text,
    legal_symbol,
    number_of,
    page_limit,
)
from tickwright.adapters.sandbox.market import ReplayMarket
from tickwright.domain.bars import SeriesKind
from tickwright.domain.events import Events
from tickwright.domain.timestamp import MILLISECOND

_RATES_DEFAULT = 100


class BinanceLinear(BinanceSpot):
    """The dialect of perpetuals over a market."""

    hosts = frozenset({"fapi.binance.com"})
    weight_limit = 2400
    prefix = "/fapi/v1"

    def endpoints(self) -> tuple[Endpoint, ...]:
        """Those of spot, and those of contracts alone."""
        candles = ("interval", "startTime", "endTime", "limit")
        mark: Handler = lambda query: self._price_klines(query, "mark", "symbol")  # noqa: E731
        index: Handler = lambda query: self._price_klines(query, "index", "pair")  # noqa: E731
        return (
            *super().endpoints(),
            Endpoint("markPriceKlines", 5, ("symbol", *candles), mark),
            Endpoint("indexPriceKlines", 5, ("pair", *candles), index),
            Endpoint("fundingRate", 1, ("symbol", "startTime", "endTime", "limit"), self._funding),
        )

    def listed_as(self, entry: Mapping[str, Any]) -> str:
        """A perpetual in ccxt's form."""
        return f"{entry['baseAsset']}/{entry['quoteAsset']}:{entry['marginAsset']}"

    def _price_klines(self, query: Mapping[str, str], kind: SeriesKind, named: str) -> list[list[Any]]:
        prices: ReplayMarket | None = self._market.prices(kind)
        if prices is None:
            return []
        rows = self._klines({"symbol": query.get(named, ""), **query}, prices)
        return [[*row[:5], "0", *row[6:]] for row in rows]

    def _book_ticker(self, query: Mapping[str, str]) -> dict[str, Any]:
        quotes = self._known("quotes", legal_symbol(query))
        known = {"time": int(quotes.ts_ns[-1]) // MILLISECOND, "lastUpdateId": int(quotes["update_id"][-1])}
        return {**super()._book_ticker(query), **known}

    def _depth(self, query: Mapping[str, str]) -> dict[str, Any]:
        at_ms = int(self._known("book", legal_symbol(query)).ts_ns[-1]) // MILLISECOND
        return {**super()._depth(query), "E": at_ms, "T": at_ms}

    def _funding(self, query: Mapping[str, str]) -> list[dict[str, Any]]:
        symbol = legal_symbol(query)
        rates = self._market.events("funding", self._name(symbol))
        first_ms, last_ms = number_of(query, "startTime"), number_of(query, "endTime")
        if first_ms is not None and last_ms is not None and first_ms > last_ms:
            raise BinanceError(-4068, "Invalid start time or end time.")
        limit = page_limit(query, _RATES_DEFAULT)
        if rates is None:
            return []
        first = 0 if first_ms is None else first_ms * MILLISECOND
        last = 2**62 if last_ms is None else last_ms * MILLISECOND
        found = rates.between(first, last + 1)
        found = found.take(slice(0, limit) if first_ms is not None else slice(max(0, len(found) - limit), None))
        return [_rate(symbol, found, row) for row in range(len(found))]


def _rate(symbol: str, rates: Events, row: int) -> dict[str, Any]:
    mark = int(rates["mark"][row])
    return {
        "symbol": symbol,
        "fundingTime": int(rates.ts_ns[row]) // MILLISECOND,
        "fundingRate": decimal_text(int(rates["rate"][row]), rates.quantity_scale),
        "markPrice": decimal_text(mark, rates.price_scale) if mark else "",
    }
