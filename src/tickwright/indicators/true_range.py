"""True range: the bar's range, widened to the previous close.

`max(high, previous close) − min(low, previous close)`; the first bar has none. Source: Wilder (1978); TA-Lib's TRANGE.
"""

from __future__ import annotations

import math

import numpy as np

from tickwright.domain.bars import Float64Array
from tickwright.indicators.bar_columns import BarColumns
from tickwright.indicators.compiled import compiled, inlined
from tickwright.indicators.fold import Fold, fold_arrays


@inlined
def range_step(last_close: float, high: float, low: float, close: float) -> tuple[float, float]:
    """(this close, the true range); NaN where this or the previous bar is missing."""
    if not (math.isfinite(high) and math.isfinite(low) and math.isfinite(close)):
        return np.nan, np.nan
    return close, max(high, last_close) - min(low, last_close) if math.isfinite(last_close) else np.nan


@compiled
def _fold(high: Float64Array, low: Float64Array, close: Float64Array) -> Float64Array:
    result = np.empty_like(close)
    last = np.nan
    for bar in range(len(close)):
        last, result[bar] = range_step(last, high[bar], low[bar], close[bar])
    return result


class TrueRange(Fold):
    """`true_range`, bar by bar."""

    warmup = 1

    def __init__(self) -> None:
        self._last = np.nan

    def update(self, *values: float) -> float:
        """The true range of the next bar, given (high, low, close)."""
        high, low, close = values
        self._last, reach = range_step(self._last, float(high), float(low), float(close))
        return reach


def true_range(bars: BarColumns) -> Float64Array:
    """The true range of each bar, in price; NaN for the first."""
    return fold_arrays("true_range", _fold, (bars.high, bars.low, bars.close), (), 1)
