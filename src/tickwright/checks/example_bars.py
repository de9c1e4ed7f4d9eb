"""Bars to examine strategies on when no real ones are at hand: a seeded random walk with trends and quiet spells."""

from __future__ import annotations

import numpy as np

from tickwright.domain.timeframe import Timeframe
from tickwright.strategy_api.views import StrategyBars, StrategyMarket

_START_NS = 1_577_836_800_000_000_000  # 2020-01-01, a Wednesday


def example_bars(
    bars: int = 1500, *, timeframe: str = "1h", symbol: str = "BTC/USDT", seed: int = 1, funding: bool = True
) -> StrategyBars:
    """Bars with prices in cents, changing volatility and drift, and with `funding` a rate every eighth hour."""
    rng = np.random.Generator(np.random.Philox(seed))
    length = Timeframe.parse(timeframe)
    volatility = 0.004 * np.exp(np.cumsum(rng.normal(0, 0.03, bars)))
    drift = 0.002 * np.sin(np.arange(bars) / 90 + seed)
    close = 20_000 * np.exp(np.cumsum(drift + np.minimum(volatility, 0.02) * rng.standard_normal(bars)))
    open_ = np.concatenate((close[:1], close[:-1]))
    reach = np.abs(rng.normal(0, 0.003, (2, bars)))
    return StrategyBars(
        symbol=symbol,
        timeframe=length,
        open_time_ns=_START_NS + np.arange(bars, dtype=np.int64) * length.length_ns,
        open=np.round(open_, 2),
        high=np.round(np.maximum(open_, close) * (1 + reach[0]), 2),
        low=np.round(np.minimum(open_, close) * (1 - reach[1]), 2),
        close=np.round(close, 2),
        volume=np.round(rng.lognormal(3, 1, bars), 4),
        funding_rates=np.round(rng.normal(1e-4, 2e-4, bars), 6) if funding else None,
    )


def example_market(bars: int = 1500, *, timeframe: str = "1h", symbols: int = 6) -> StrategyMarket:
    """A panel of such bars in which each symbol but the first lacks some."""
    names = [f"COIN{place}/USDT" for place in range(symbols)]
    columns = [example_bars(bars, timeframe=timeframe, symbol=name, seed=10 + at) for at, name in enumerate(names)]
    panel = {
        name: np.column_stack([getattr(column, name) for column in columns])
        for name in ("open", "high", "low", "close", "volume")
    }
    absent = np.random.Generator(np.random.Philox(2)).random((bars, symbols)) < 0.01
    absent[:, 0] = False
    for values in panel.values():
        values[absent] = np.nan
    return StrategyMarket(tuple(names), columns[0].timeframe, columns[0].open_time_ns, **panel)
