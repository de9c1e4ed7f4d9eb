"""The jobs every engine is given: the same candles, the same strategy, the same fee, the same fill rule.

All jobs: fee 10 bp, no spread, no slippage, no impact, no volume cap; decided at a close, filled at the next open.
Each job is a function of the number of bars, so that a run can be made shorter on a small machine.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

FEE = 0.001
CASH = 100_000.0
HOUR_NS = 3_600_000_000_000
START_NS = 1_514_764_800_000_000_000


@dataclass(frozen=True)
class Candles:
    """Columns of one symbol: open times in ns, prices with two decimals, volume with three."""

    open_ns: np.ndarray
    open: np.ndarray
    high: np.ndarray
    low: np.ndarray
    close: np.ndarray
    volume: np.ndarray


def candles(bars: int, seed: int = 1) -> Candles:
    """A reproducible random walk in cents, never below 100.00, each open at the close before."""
    rng = np.random.default_rng(seed)
    close = 2_000_000 + np.cumsum(rng.integers(-900, 901, bars))
    close = np.maximum(close, 10_000)
    opened = np.concatenate([close[:1], close[:-1]])
    high = np.maximum(opened, close) + rng.integers(0, 500, bars)
    low = np.minimum(opened, close) - rng.integers(0, 500, bars)
    times = START_NS + HOUR_NS * np.arange(bars)
    volume = rng.integers(50_000_000, 150_000_000, bars)
    return Candles(times, opened / 100, high / 100, low / 100, close / 100, volume / 1000)


def grid(trials: int) -> list[tuple[int, int]]:
    """(fast, slow) pairs with fast < slow: 20 fast windows, the rest slow ones."""
    pairs = [(fast, slow) for fast in range(5, 105, 5) for slow in range(110, 110 + 5 * (trials // 20), 5)]
    return pairs[:trials]


STOP, TARGET = 0.002, 0.004
SINGLE_BARS = 1_000_000
SWEEP_TRIALS, SWEEP_BARS = 1000, 100_000
PORTFOLIO_SYMBOLS, PORTFOLIO_BARS = 50, 100_000
CALLBACK_BARS = 200_000
SLOW_WINDOWS = (200, 500)
