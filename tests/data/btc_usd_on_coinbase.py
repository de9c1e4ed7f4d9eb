"""BTC/USD on Coinbase, 4 and 5 April 2018, a candle a minute, with a hole of seven hours, and the product's rules."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from tickwright.domain.bars import Bars, SeriesKey
from tickwright.domain.instrument import InstrumentId
from tickwright.domain.timeframe import Timeframe

FILE = Path(__file__).parent / "ohlcv" / "coinbase" / "BTC-USD_1m_2018-04.parquet"
BTC_USD = InstrumentId("coinbase", "BTC", "USD")
ONE_MINUTE = Timeframe.parse("1m")

PRODUCTS: dict[str, Any] = {
    "products": [
        {
            "product_id": "BTC-USD",
            "price": "6785.85",
            "base_increment": "0.00000001",
            "quote_increment": "0.01",
            "price_increment": "0.01",
            "quote_min_size": "1",
            "quote_max_size": "150000000",
            "base_min_size": "0.00000001",
            "base_max_size": "3400",
            "base_name": "Bitcoin",
            "quote_name": "US Dollar",
            "is_disabled": False,
            "status": "online",
            "trading_disabled": False,
            "cancel_only": False,
            "limit_only": False,
            "post_only": False,
            "view_only": False,
            "product_type": "SPOT",
            "quote_currency_id": "USD",
            "base_currency_id": "BTC",
            "base_display_symbol": "BTC",
            "quote_display_symbol": "USD",
            "display_name": "BTC-USD",
            "product_venue": "CBE",
        }
    ]
}
"""Coinbase's words about the product in 2026, shortened."""


@cache
def candles() -> Bars:
    """2 447 candles; what upstream did not have is missing."""
    frame = pl.read_parquet(FILE)
    first, high, low, last = (
        np.rint(frame[name].to_numpy() * 100).astype(np.int64) for name in ("open", "high", "low", "close")
    )
    volume = np.rint(frame["volume"].to_numpy() * 1e8).astype(np.int64)
    key = SeriesKey(BTC_USD, ONE_MINUTE)
    return Bars(key, frame["timestamp"].to_numpy() * 1_000_000, first, high, low, last, volume, 2, 8)
