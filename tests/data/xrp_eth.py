"""XRP/ETH on Binance in October 2019: every trade of two days, and the exchange's own 1m candles of the same days."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from tickwright.domain.bars import Bars, SeriesKey
from tickwright.domain.instrument import InstrumentId
from tickwright.domain.timeframe import Timeframe
from tickwright.domain.trades import Trades

FOLDER = Path(__file__).parent / "ohlcv" / "binance"
XRP_ETH = InstrumentId("binance", "XRP", "ETH")
ONE_MINUTE = Timeframe.parse("1m")
PRICE_SCALE = 7

EXCHANGE_INFO: dict[str, Any] = {
    "rateLimits": [{"rateLimitType": "REQUEST_WEIGHT", "interval": "MINUTE", "intervalNum": 1, "limit": 6000}],
    "symbols": [
        {
            "symbol": "XRPETH",
            "status": "TRADING",
            "baseAsset": "XRP",
            "baseAssetPrecision": 8,
            "quoteAsset": "ETH",
            "quotePrecision": 8,
            "orderTypes": ["LIMIT", "LIMIT_MAKER", "MARKET", "STOP_LOSS_LIMIT", "TAKE_PROFIT_LIMIT"],
            "isSpotTradingAllowed": True,
            "isMarginTradingAllowed": True,
            "filters": [
                {
                    "filterType": "PRICE_FILTER",
                    "minPrice": "0.00000010",
                    "maxPrice": "1000.0",
                    "tickSize": "0.00000010",
                },
                {"filterType": "LOT_SIZE", "minQty": "1.00000000", "maxQty": "90000000.0", "stepSize": "1.00000000"},
                {"filterType": "MIN_NOTIONAL", "minNotional": "0.00500000", "applyToMarket": True, "avgPriceMins": 5},
            ],
            "permissions": ["SPOT", "MARGIN"],
        }
    ],
}
"""Binance's words about the symbol in 2021, shortened."""


def _units(column: pl.Series, scale: int) -> np.ndarray[Any, np.dtype[np.int64]]:
    return np.rint(column.to_numpy() * 10**scale).astype(np.int64)


@cache
def trades() -> Trades:
    """12 477 trades with their ids, one after the other."""
    frame = pl.read_parquet(FOLDER / "XRP-ETH_trades_2019-10.parquet")
    return Trades(
        XRP_ETH,
        frame["id"].cast(pl.Int64).to_numpy(),
        frame["timestamp"].to_numpy() * 1_000_000,
        _units(frame["price"], PRICE_SCALE),
        _units(frame["amount"], 0),
        (frame["side"] == "buy").to_numpy(),
        PRICE_SCALE,
        0,
    )


@cache
def candles() -> Bars:
    """2 469 candles of one minute; minutes without a trade are missing."""
    frame = pl.read_parquet(FOLDER / "XRP-ETH_1m_2019-10.parquet")
    prices = [_units(frame[name], PRICE_SCALE) for name in ("open", "high", "low", "close")]
    first, high, low, last = prices
    key = SeriesKey(XRP_ETH, ONE_MINUTE)
    times = frame["timestamp"].to_numpy() * 1_000_000
    return Bars(key, times, first, high, low, last, _units(frame["volume"], 0), PRICE_SCALE, 0)
