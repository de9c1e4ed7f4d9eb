"""Williams' %R: where the close stands between the extremes of the last n bars, from −100 (lowest) to 0 (highest).

`−100 × (highest high − close) / (highest high − lowest low)`; NaN where all n bars are one price. TA-Lib's WILLR.
"""

from __future__ import annotations

import numpy as np

from tickwright.domain.bars import Float64Array
from tickwright.indicators.bar_columns import BarColumns
from tickwright.indicators.donchian import Donchian, donchian
from tickwright.indicators.fold import Fold


class WilliamsR(Fold):
    """`williams_r`, bar by bar."""

    def __init__(self, n: int = 14) -> None:
        self._channel = Donchian(n)
        self.warmup = self._channel.warmup

    def update(self, *values: float) -> float:
        """The index after the next bar, given (high, low, close)."""
        high, low, close = values
        upper, lower = self._channel.update(high, low)
        return -100.0 * (upper - float(close)) / (upper - lower) if upper > lower else np.nan


def williams_r(bars: BarColumns, n: int = 14) -> Float64Array:
    """Where each close stands between the extremes of the last n bars; NaN for the first n - 1."""
    upper, lower = donchian(bars, n)
    reach = np.where(upper > lower, upper - lower, np.nan)
    index: Float64Array = -100.0 * (upper - bars.close) / reach
    return index
