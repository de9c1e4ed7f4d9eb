"""Weighted moving average: the newest of the last n values counts n times, the oldest once.

Summed from the window each time, as distances from the newest value: so it depends on its n values alone, and equal
values give the value itself. TA-Lib's WMA.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from tickwright.domain.bars import Float64Array
from tickwright.indicators.compiled import compiled, inlined
from tickwright.indicators.fold import Fold, fold_arrays, window

# The state is one array: values in a row, the cursor, then the ring of the last n values.
_RUN, _CURSOR, _RING = range(3)


@compiled
def _new(n: int) -> Float64Array:
    return np.zeros(_RING + n)


@inlined
def _step(state: Float64Array, value: float) -> float:
    n = len(state) - _RING
    if not math.isfinite(value):
        state[_RUN] = state[_CURSOR] = 0.0
        return np.nan
    state[_RING + int(state[_CURSOR])] = value
    state[_CURSOR] = state[_CURSOR] + 1.0 if state[_CURSOR] + 1.0 < n else 0.0
    state[_RUN] += 1.0
    if state[_RUN] < n:
        return np.nan
    oldest = _RING + int(state[_CURSOR])
    distances, weight = 0.0, 0.0
    for place in range(oldest, _RING + n):
        weight += 1.0
        distances += weight * (state[place] - value)
    for place in range(_RING, oldest):
        weight += 1.0
        distances += weight * (state[place] - value)
    return value + distances / (n * (n + 1) / 2)


@compiled
def _fold(values: Float64Array, n: int) -> Float64Array:
    state = _new(n)
    result = np.empty_like(values)
    for bar in range(len(values)):
        result[bar] = _step(state, values[bar])
    return result


class Wma(Fold):
    """`wma`, value by value."""

    def __init__(self, n: int) -> None:
        self.warmup = window(n, "wma") - 1
        self._state = _new(int(n))

    def update(self, *values: float) -> float:
        """The weighted mean of the last n values, this one included."""
        return _step(self._state, float(values[0]))


def wma(values: npt.ArrayLike, n: int) -> Float64Array:
    """The weighted mean of the last n values; NaN for the first n - 1.

    >>> wma([1.0, 2.0, 4.0], 2).tolist()[1:]
    [1.6666666666666667, 3.3333333333333335]
    """
    n = window(n, "wma")
    return fold_arrays("wma", _fold, (values,), (n,), n - 1)
