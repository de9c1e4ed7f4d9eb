"""A few candles to try the domain's words on."""

from __future__ import annotations

import numpy as np

from tickwright.domain.bars import Bars, SeriesKey
from tickwright.domain.instrument import InstrumentId
from tickwright.domain.timeframe import Timeframe

HOUR = Timeframe.parse("1h")


def bars_of(
    closes: list[int], *, base: str = "BTC", price_scale: int = 2, volume_scale: int = 3, first_hour: int = 0
) -> Bars:
    """Hourly candles with these closes (price units), each bar a point, volume one unit per place."""
    close = np.array(closes, np.int64)
    times = (first_hour + np.arange(len(close), dtype=np.int64)) * HOUR.length_ns
    key = SeriesKey(InstrumentId("binance", base, "USDT"), HOUR)
    return Bars(key, times, close, close, close, close, np.arange(1, len(close) + 1), price_scale, volume_scale)
