"""The highest of the last n values, in constant time per value."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from tickwright.domain.bars import Float64Array
from tickwright.indicators.compiled import compiled, inlined
from tickwright.indicators.fold import Fold, fold_arrays, window

# The state is one array: values in a row, the place in the block, the highest of the block so far, then the block's n
# places. Places already passed hold this block's values; those still to come hold, for the block before, the highest
# from there to its end. So the window's highest is the higher of two numbers.
_RUN, _PLACE, _HIGHEST, _BLOCK = range(4)


@compiled
def new_block(n: int) -> Float64Array:
    """The state before the first value."""
    state = np.zeros(_BLOCK + n)
    state[_HIGHEST] = -np.inf
    return state


@inlined
def highest_step(state: Float64Array, value: float) -> float:
    """The highest of the last n values, NaN while history is short."""
    n = len(state) - _BLOCK
    if not math.isfinite(value):
        state[_RUN], state[_PLACE], state[_HIGHEST] = 0.0, 0.0, -np.inf
        return np.nan
    place = int(state[_PLACE])
    state[_BLOCK + place] = value
    highest: float = max(state[_HIGHEST], value)
    state[_RUN] += 1.0
    if place + 1 < n:
        state[_PLACE], state[_HIGHEST] = place + 1, highest
        return float(max(highest, state[_BLOCK + place + 1])) if state[_RUN] >= n else np.nan
    for before in range(_BLOCK + n - 2, _BLOCK - 1, -1):
        state[before] = max(state[before], state[before + 1])
    state[_PLACE], state[_HIGHEST] = 0.0, -np.inf
    return highest


@compiled
def highest_fold(values: Float64Array, n: int, sign: float) -> Float64Array:
    """`highest_step` of sign × values over a series, times the sign."""
    state = new_block(n)
    result = np.empty_like(values)
    for bar in range(len(values)):
        result[bar] = sign * highest_step(state, sign * values[bar])
    return result


class RollingMax(Fold):
    """`rolling_max`, value by value."""

    def __init__(self, n: int) -> None:
        self.warmup = window(n, "rolling_max") - 1
        self._state = new_block(int(n))

    def update(self, *values: float) -> float:
        """The highest of the last n values, this one included."""
        return highest_step(self._state, float(values[0]))


def rolling_max(values: npt.ArrayLike, n: int) -> Float64Array:
    """The highest of the last n values; NaN for the first n - 1.

    >>> rolling_max([1.0, 3.0, 2.0, 1.0], 2).tolist()
    [nan, 3.0, 3.0, 2.0]
    """
    n = window(n, "rolling_max")
    return fold_arrays("rolling_max", highest_fold, (values,), (n, 1.0), n - 1)
