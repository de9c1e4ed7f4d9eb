"""Binance's USDT- and USDC-margined perpetuals: candles, mark and index prices, funding, trades, the present book.

Source: Binance's USD-M futures REST documentation. Candles as on spot; aggregate trades by time or by id; funding rates
in [startTime, endTime], both included, oldest first, at most 1000; 2400 request weight a minute and address, funding
rates besides at most 500 requests in five minutes, for which a weight of 24 stands here.

Known limits: contracts with a delivery date are not offered; the exchange keeps aggregate trades of about a year.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from tickwright.adapters.exchanges.venues.binance import Binance, decimal_said, positive_said
from tickwright.adapters.exchanges.venues.venue import Market
from tickwright.domain.bars import SeriesKind
from tickwright.domain.errors import BadResponse
from tickwright.domain.instrument import Instrument, TradingRules
from tickwright.domain.timestamp import MILLISECOND

_RATES = 1000


class BinanceLinear(Binance):
    """Binance's linear perpetuals, through ccxt's client of that part of the exchange."""

    api = "fapiPublic"
    client_name = "binanceusdm"
    account = "binance-linear"
    weight_per_minute = 2400
    instruments_weight = 1
    candles_weight = 5
    trades_weight = 20
    funding_weight = 24
    quote_weight = 2
    book_weight = 20
    client_options: Mapping[str, Any] = {"fetchMarkets": {"types": ["linear"]}}

    _candle_paths: Mapping[SeriesKind, tuple[str, str]] = {
        "candles": ("Klines", "symbol"),
        "mark": ("MarkPriceKlines", "symbol"),
        "index": ("IndexPriceKlines", "pair"),
    }

    async def funding(self, client: Any, market: Market, start_ns: int, end_ns: int) -> Sequence[Sequence[Any]]:
        """Rows of (ms, rate, mark price) in [start, end), oldest first, at most 1000; the mark price "" before 2023."""
        first_ms, last_ms = -(-start_ns // MILLISECOND), (end_ns - 1) // MILLISECOND
        if first_ms > last_ms:
            return []
        window = {"startTime": first_ms, "endTime": last_ms, "limit": _RATES}
        rows = await self._get(client, "FundingRate", {"symbol": market["id"], **window})
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise BadResponse(f"the answer is not a list of funding rates but {str(rows)[:60]!r}")
        return [(row.get("fundingTime"), row.get("fundingRate"), row.get("markPrice") or "0") for row in rows]

    def instrument(self, market: Market, observed_ns: int) -> Instrument | None:
        """A perpetual with the filters in force; raises `BadResponse` where one is missing."""
        info = market["info"]
        if not market.get("swap") or info.get("contractType") not in ("PERPETUAL", None):
            return None
        filters = {entry["filterType"]: entry for entry in info.get("filters", [])}
        where, lot = f"binance {info.get('symbol')}", filters.get("LOT_SIZE", {})
        notional = filters.get("MIN_NOTIONAL") or {"notional": "0"}
        rules = TradingRules(
            observed_ns,
            positive_said(filters.get("PRICE_FILTER", {}).get("tickSize"), "tickSize", where),
            positive_said(lot.get("stepSize"), "stepSize", where),
            decimal_said(notional.get("notional"), "notional", where),
            decimal_said(lot.get("minQty"), "minQty", where),
            decimal_said(lot.get("maxQty"), "maxQty", where),
        )
        listed = info.get("onboardDate")
        return Instrument(
            self.identity(market),
            (rules,),
            "perpetual",
            "trading" if info.get("status") == "TRADING" else "halted",
            maker_fee=Decimal(str(market["maker"])),
            taker_fee=Decimal(str(market["taker"])),
            listed_ns=int(listed) * MILLISECOND if str(listed or "").isdigit() else None,
            source="binance exchangeInfo; fees: base tier",
        )
