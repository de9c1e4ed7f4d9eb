"""Fewer points for the same picture: bars merged and curves thinned until a page stays small.

Invariants: a merged bar has the first open, the last close, the extremes and the summed volume of its parts; a thinned
curve keeps the lowest and the highest point of every stretch, so no drawdown is lost.
"""

from __future__ import annotations

import numpy as np

from tickwright.domain.bars import Bars, Int64Array
from tickwright.domain.resample import resampled
from tickwright.domain.timeframe import Timeframe
from tickwright.domain.timestamp import SECOND

BAR_BUDGET = 220_000
"""Bars in one page over all symbols; about 11 bytes of page each."""
POINT_BUDGET = 120_000
"""Points of a curve in one page."""

_FACTORS = (1, 2, 4, 6, 12, 24, 48, 168, 336, 720, 1440, 10_080)


def merge_factor(bars: int, *, budget: int = BAR_BUDGET) -> int:
    """How many bars to merge into one so that `bars` fit into the budget.

    >>> merge_factor(122_000), merge_factor(400_000)
    (1, 2)
    """
    return next((factor for factor in _FACTORS if bars <= budget * factor), -(-bars // budget))


def merged_bars(bars: Bars, factor: int) -> Bars:
    """Bars of `factor` times the length, on the clock's grid; a hole is left out as before."""
    if factor == 1:
        return bars
    return resampled(bars, Timeframe.parse(f"{bars.timeframe.length_ns * factor // SECOND}s"))[0]


def thinned(curve: Int64Array, *, budget: int = POINT_BUDGET) -> Int64Array:
    """Places of the points to keep: all within the budget, else both extremes of even stretches and the ends."""
    if len(curve) <= budget:
        return np.arange(len(curve))
    size = -(-len(curve) // (budget // 2))
    rows = len(curve) // size
    stretches = curve[: rows * size].reshape(rows, size)
    starts = np.arange(rows) * size
    rest = np.arange(rows * size, len(curve))
    ends = np.array([0, len(curve) - 1])
    return np.unique(np.concatenate((starts + stretches.argmin(1), starts + stretches.argmax(1), rest, ends)))
