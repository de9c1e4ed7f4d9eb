"""Simple moving average: the mean of the last n values.

Exact for prices: the sum is an integer and is divided once, so equal prices give the price itself, and averages of
different windows compare without noise. Source: any textbook; TA-Lib's SMA agrees to 1e-12.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from tickwright.domain.bars import Float64Array
from tickwright.indicators.compiled import compiled
from tickwright.indicators.decimal_units import factors_of_columns, units_of
from tickwright.indicators.fold import Fold, fold_arrays, window
from tickwright.indicators.rolling_sum import add_to_sum, new_sum, sum_columns, sum_exact


@compiled
def _fold(values: Float64Array, n: int) -> Float64Array:
    state = new_sum(n)
    result = np.empty_like(values)
    for bar in range(len(values)):
        units, factor = add_to_sum(state, values[bar])
        result[bar] = units / (n * factor)
    return result


def _averages(values: Float64Array, n: int) -> Float64Array:
    factor = units_of(values, n).factor
    return sum_exact(values, n, factor, n * factor) if factor > 0 else _fold(values, n)


def _panel_averages(panel: Float64Array, n: int) -> Float64Array | None:
    factors = factors_of_columns(panel, n)
    return None if factors is None else sum_columns(panel, n, factors, n * factors)


class Sma(Fold):
    """`sma`, value by value.

    >>> average = Sma(2)
    >>> [average.update(x) for x in (1.0, 2.0, 4.0)]
    [nan, 1.5, 3.0]
    """

    def __init__(self, n: int) -> None:
        self.warmup = window(n, "sma") - 1
        self._n = int(n)
        self._state = new_sum(int(n))

    def update(self, *values: float) -> float:
        """The mean of the last n values, this one included."""
        units, factor = add_to_sum(self._state, float(values[0]))
        return units / (self._n * factor)


def sma(values: npt.ArrayLike, n: int) -> Float64Array:
    """The mean of the last n values; NaN for the first n - 1.

    >>> sma([1.0, 2.0, 4.0], 2).tolist()
    [nan, 1.5, 3.0]
    """
    n = window(n, "sma")
    return fold_arrays("sma", _averages, (values,), (n,), n - 1, panel=_panel_averages)
