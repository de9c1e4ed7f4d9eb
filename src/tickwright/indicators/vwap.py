"""Volume-weighted average price of the last n bars, at each bar's typical price (high + low + close) / 3.

A rolling window, because a market that never closes has no session to start from. NaN where nothing was traded.
"""

from __future__ import annotations

import numpy as np

from tickwright.domain.bars import Float64Array
from tickwright.indicators.bar_columns import BarColumns
from tickwright.indicators.fold import Fold
from tickwright.indicators.rolling_sum import RollingSum, rolling_sum


class Vwap(Fold):
    """`vwap`, bar by bar."""

    def __init__(self, n: int) -> None:
        self._money, self._volume = RollingSum(n), RollingSum(n)
        self.warmup = self._volume.warmup

    def update(self, *values: float) -> float:
        """The average after the next bar, given (high, low, close, volume)."""
        high, low, close, volume = (float(value) for value in values)
        money = self._money.update((high + low + close) / 3 * volume)
        traded = self._volume.update(volume if np.isfinite(high + low + close) else np.nan)
        return money / traded if traded > 0 else np.nan


def vwap(bars: BarColumns, n: int) -> Float64Array:
    """The volume-weighted price of the last n bars; NaN for the first n - 1."""
    typical = (bars.high + bars.low + bars.close) / 3
    volume = np.where(np.isfinite(typical), bars.volume, np.nan)
    money, traded = rolling_sum(typical * bars.volume, n), rolling_sum(volume, n)
    average: Float64Array = money / np.where(traded > 0, traded, np.nan)
    return average
