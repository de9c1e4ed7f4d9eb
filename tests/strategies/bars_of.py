"""Bars written by hand: closes with, unless said otherwise, highs and lows that touch nothing but the close."""

from __future__ import annotations

import numpy as np

from tickwright.domain.timeframe import Timeframe
from tickwright.domain.timestamp import parse_instant
from tickwright.strategy_api.views import StrategyBars, StrategyMarket


def bars_of(closes, *, highs=None, lows=None, timeframe="1h", start="2024-01-01") -> StrategyBars:
    close = np.array(closes, np.float64)
    length = Timeframe.parse(timeframe)
    return StrategyBars(
        symbol="BTC/USDT",
        timeframe=length,
        open_time_ns=parse_instant(start) + np.arange(len(close)) * length.length_ns,
        open=close,
        high=close if highs is None else np.array(highs, np.float64),
        low=close if lows is None else np.array(lows, np.float64),
        close=close,
        volume=np.ones(len(close)),
    )


def market_of(closes, *, timeframe="1d", start="2024-01-01") -> StrategyMarket:
    """A panel with one column per symbol, named A/USDT, B/USDT, …"""
    close = np.array(closes, np.float64)
    length = Timeframe.parse(timeframe)
    times = parse_instant(start) + np.arange(len(close)) * length.length_ns
    symbols = tuple(f"{chr(ord('A') + place)}/USDT" for place in range(close.shape[1]))
    return StrategyMarket(symbols, length, times, close, close, close, close, np.ones_like(close))
