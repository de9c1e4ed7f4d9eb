"""XRP/USDT:USDT on Binance in November 2021: 5m candles, 8h mark prices, funding rates; a quote and a book of ours."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from tickwright.adapters.storage.files.candle_file import read_candle_file
from tickwright.adapters.storage.files.event_file import read_event_file
from tickwright.domain.bars import Bars, SeriesKey
from tickwright.domain.events import Events, event_key
from tickwright.domain.instrument import InstrumentId
from tickwright.domain.timeframe import Timeframe
from tickwright.domain.timestamp import parse_instant

FOLDER = Path(__file__).parent / "perpetual"
XRP = InstrumentId("binance", "XRP", "USDT", "USDT")
FIVE, EIGHT = Timeframe.parse("5m"), Timeframe.parse("8h")
END = parse_instant("2021-12-18T12:00Z")

EXCHANGE_INFO: dict[str, Any] = {
    "rateLimits": [{"rateLimitType": "REQUEST_WEIGHT", "interval": "MINUTE", "intervalNum": 1, "limit": 2400}],
    "symbols": [
        {
            "symbol": "XRPUSDT",
            "pair": "XRPUSDT",
            "contractType": "PERPETUAL",
            "deliveryDate": 4133404800000,
            "onboardDate": 1569398400000,
            "status": "TRADING",
            "baseAsset": "XRP",
            "quoteAsset": "USDT",
            "marginAsset": "USDT",
            "pricePrecision": 4,
            "quantityPrecision": 1,
            "orderTypes": ["LIMIT", "MARKET", "STOP", "STOP_MARKET"],
            "filters": [
                {"filterType": "PRICE_FILTER", "minPrice": "0.0143", "maxPrice": "100000", "tickSize": "0.0001"},
                {"filterType": "LOT_SIZE", "minQty": "0.1", "maxQty": "10000000", "stepSize": "0.1"},
                {"filterType": "MIN_NOTIONAL", "notional": "5"},
            ],
        }
    ],
}
"""Binance's words about the symbol, shortened."""


@cache
def candles() -> Bars:
    """1999 candles of 5 minutes."""
    return read_candle_file(FOLDER / "XRP-USDT_5m.parquet", SeriesKey(XRP, FIVE)).bars


@cache
def marks() -> Bars:
    """91 mark prices of 8 hours; a mark price has no volume."""
    read = read_candle_file(FOLDER / "XRP-USDT_mark_8h.parquet", SeriesKey(XRP, EIGHT, "mark")).bars
    nothing = np.zeros(len(read), np.int64)
    return Bars(
        read.key, read.open_time_ns, read.open, read.high, read.low, read.close, nothing, read.price_scale, 0
    )  # fmt: skip


@cache
def funding() -> Events:
    """91 funding rates by their nominal times."""
    return read_event_file(FOLDER / "binance-usdm_XRP-USDT_funding_8h.csv", event_key(XRP, "funding")).events


def quote(at_ns: int = END) -> Events:
    """One best bid and ask."""
    values = {"ts_ns": at_ns, "update_id": 77, "bid": 8312, "ask": 8313, "bid_quantity": 1523, "ask_quantity": 40}
    columns = {name: np.array([value]) for name, value in values.items()}
    return Events(event_key(XRP, "quotes"), columns, 4, 1)


def book(at_ns: int = END) -> Events:
    """A book of three levels on each side."""
    columns = {
        "ts_ns": np.full(6, at_ns),
        "update_id": np.full(6, 4_711),
        "side": np.array([0, 0, 0, 1, 1, 1]),
        "price": np.array([8300, 8311, 8312, 8313, 8315, 8320]),
        "quantity": np.array([50, 60, 70, 80, 90, 100]),
        "snapshot": np.ones(6, np.int64),
    }
    return Events(event_key(XRP, "book"), columns, 4, 1)
