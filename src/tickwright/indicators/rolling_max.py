"""The highest of the last n values, in constant time per value."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from tickwright.domain.bars import Float64Array
from tickwright.indicators.compiled import compiled
from tickwright.indicators.fold import Fold, fold_arrays, window

# The state is one array: values in a row, then the head and the length of the queue, then its n values, then at which
# value of the row each of them came. The queue falls from its head on: only values that can still become the highest.
_RUN, _HEAD, _LENGTH, _QUEUE = range(4)


@compiled
def new_queue(n: int) -> Float64Array:
    """The state before the first value."""
    return np.zeros(_QUEUE + 2 * n)


@compiled
def highest_step(state: Float64Array, value: float) -> float:
    """The highest of the last n values, NaN while history is short."""
    n = (len(state) - _QUEUE) // 2
    if not math.isfinite(value):
        state[_RUN] = state[_HEAD] = state[_LENGTH] = 0.0
        return np.nan
    run, head, length = int(state[_RUN]), int(state[_HEAD]), int(state[_LENGTH])
    if length > 0 and state[_QUEUE + n + head] <= run - n:
        head, length = (head + 1) % n, length - 1
    while length > 0 and state[_QUEUE + (head + length - 1) % n] <= value:
        length -= 1
    tail = (head + length) % n
    state[_QUEUE + tail], state[_QUEUE + n + tail] = value, run
    state[_RUN], state[_HEAD], state[_LENGTH] = run + 1, head, length + 1
    return state[_QUEUE + head] if run + 1 >= n else np.nan


@compiled
def highest_fold(values: Float64Array, n: int, sign: float) -> Float64Array:
    """`highest_step` of sign × values over a series, times the sign."""
    state = new_queue(n)
    result = np.empty_like(values)
    for bar in range(len(values)):
        result[bar] = sign * highest_step(state, sign * values[bar])
    return result


class RollingMax(Fold):
    """`rolling_max`, value by value."""

    def __init__(self, n: int) -> None:
        self.warmup = window(n, "rolling_max") - 1
        self._state = new_queue(int(n))

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
