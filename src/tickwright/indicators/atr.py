"""Average true range: Wilder's average of the true range, in price.

TA-Lib's convention: the first true range is the second bar's, the first result stands at bar n + 1. Achelis counts the
first bar's high − low as well. Source: Wilder (1978).
"""

from __future__ import annotations

import numpy as np

from tickwright.domain.bars import Float64Array
from tickwright.indicators.bar_columns import BarColumns
from tickwright.indicators.compiled import compiled
from tickwright.indicators.fold import Fold, bars_until_seed_fades, fold_arrays, window
from tickwright.indicators.recursive_average import average_step
from tickwright.indicators.true_range import range_step


@compiled
def _fold(high: Float64Array, low: Float64Array, close: Float64Array, n: int) -> Float64Array:
    result = np.empty_like(close)
    last, seen, average = np.nan, 0, 0.0
    for bar in range(len(close)):
        last, reach = range_step(last, high[bar], low[bar], close[bar])
        seen, average = average_step(seen, average, reach, n, 1.0 / n)
        result[bar] = average if seen == n else np.nan
    return result


def atr_warmup(n: int) -> int:
    """Bars until the seed's weight is below one per cent."""
    return n + bars_until_seed_fades(1 / n)


class Atr(Fold):
    """`atr`, bar by bar."""

    def __init__(self, n: int = 14) -> None:
        self._n = window(n, "atr")
        self.warmup = atr_warmup(self._n)
        self._last, self._seen, self._average = np.nan, 0, 0.0

    def update(self, *values: float) -> float:
        """The average after the next bar, given (high, low, close)."""
        high, low, close = values
        self._last, reach = range_step(self._last, float(high), float(low), float(close))
        self._seen, self._average = average_step(self._seen, self._average, reach, self._n, 1.0 / self._n)
        return self._average if self._seen == self._n else np.nan


def atr(bars: BarColumns, n: int = 14) -> Float64Array:
    """The average true range of bars; NaN for the first n."""
    n = window(n, "atr")
    return fold_arrays("atr", _fold, (bars.high, bars.low, bars.close), (n,), atr_warmup(n))
