"""Relative strength index (Wilder): 100 × average gain / (average gain + average loss).

Averages are Wilder's, seeded with the mean of the first n changes, as in TA-Lib; the first result stands at value
n + 1. Cutler's and other variants differ for hundreds of bars. Without any gain or loss the index is 50, neither
bought nor sold (TA-Lib says 0 there). Source: Wilder (1978).
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from tickwright.domain.bars import Float64Array
from tickwright.indicators.compiled import compiled, inlined
from tickwright.indicators.fold import Fold, bars_until_seed_fades, fold_arrays, window
from tickwright.indicators.recursive_average import average_step

_State = tuple[int, float, float, float]
_START: _State = (-1, 0.0, 0.0, 0.0)


@inlined
def _step(seen: int, last: float, gain: float, loss: float, value: float, n: int) -> _State:
    """(changes seen, last value, average gain, average loss); -1 changes before the first value."""
    if not math.isfinite(value):
        return -1, 0.0, 0.0, 0.0
    if seen < 0:
        return 0, value, 0.0, 0.0
    change = value - last
    _, gain = average_step(seen, gain, max(change, 0.0), n, 1.0 / n)
    seen, loss = average_step(seen, loss, max(-change, 0.0), n, 1.0 / n)
    return seen, value, gain, loss


@inlined
def _index(gain: float, loss: float) -> float:
    return 100.0 * gain / (gain + loss) if gain + loss > 0.0 else 50.0


@compiled
def _fold(values: Float64Array, n: int) -> Float64Array:
    result = np.empty_like(values)
    seen, last, gain, loss = -1, 0.0, 0.0, 0.0
    for bar in range(len(values)):
        seen, last, gain, loss = _step(seen, last, gain, loss, values[bar], n)
        result[bar] = _index(gain, loss) if seen == n else np.nan
    return result


def rsi_warmup(n: int) -> int:
    """Values until the seed's weight is below one per cent."""
    return n + bars_until_seed_fades(1 / n)


class Rsi(Fold):
    """`rsi`, value by value."""

    def __init__(self, n: int = 14) -> None:
        self._n = window(n, "rsi")
        self.warmup = rsi_warmup(self._n)
        self._state = _START

    def update(self, *values: float) -> float:
        """The index after this value, NaN before n changes."""
        self._state = _step(*self._state, float(values[0]), self._n)
        seen, _, gain, loss = self._state
        return _index(gain, loss) if seen == self._n else np.nan


def rsi(values: npt.ArrayLike, n: int = 14) -> Float64Array:
    """The relative strength index, 0 to 100; NaN for the first n values.

    >>> rsi([1.0, 2.0, 1.0, 4.0], 2).tolist()
    [nan, nan, 50.0, 87.5]
    """
    n = window(n, "rsi")
    return fold_arrays("rsi", _fold, (values,), (n,), rsi_warmup(n))
