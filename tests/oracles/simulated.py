"""Deterministic series to test against: portable normals, walks of bars, bars of given closes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tickwright.domain.bars import Bars, SeriesKey
from tickwright.domain.instrument import InstrumentId
from tickwright.domain.timeframe import Timeframe

START_NS = 1_704_067_200_000_000_000  # Monday 2024-01-01


def normals(count: int, seed: int) -> np.ndarray:
    """Standard normal numbers of a seed."""
    return np.random.Generator(np.random.PCG64(seed)).standard_normal(count)


def bars_of_closes(
    closes: Sequence[float] | np.ndarray,
    *,
    symbol: str = "BTC/USDT",
    timeframe: str = "1h",
    first_open: float | None = None,
    volume: float = 1000.0,
    scale: int = 6,
) -> Bars:
    """Bars that open where the one before closed and reach no further than open and close."""
    close = np.rint(np.asarray(closes) * 10.0**scale).astype(np.int64)
    first = close[0] if first_open is None else round(first_open * 10**scale)
    opened = np.concatenate(([first], close[:-1])).astype(np.int64)
    frame = Timeframe.parse(timeframe)
    times = START_NS + np.arange(len(close), dtype=np.int64) * frame.length_ns
    volumes = np.full(len(close), round(volume * 1000), np.int64)
    key = SeriesKey(InstrumentId.parse(symbol, exchange="binance"), frame)
    return Bars(key, times, opened, np.maximum(opened, close), np.minimum(opened, close), close, volumes, scale, 3)
