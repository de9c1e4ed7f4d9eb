"""Rate of change in per cent: the value against the value n bars ago.

`100 × (value / value n ago − 1)`, TA-Lib's ROC. It reads two values only: a hole between them does not matter, one at
either makes it NaN. Where the value n ago is 0 it is undefined: NaN.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from tickwright.domain.bars import Float64Array
from tickwright.indicators.compiled import compiled, inlined
from tickwright.indicators.fold import Fold, fold_arrays, window


@inlined
def _change(value: float, before: float) -> float:
    if math.isfinite(value) and math.isfinite(before) and before != 0.0:
        return (value / before - 1.0) * 100.0
    return np.nan


@compiled
def _fold(values: Float64Array, n: int) -> Float64Array:
    result = np.empty_like(values)
    result[:n] = np.nan
    for bar in range(n, len(values)):
        result[bar] = _change(values[bar], values[bar - n])
    return result


class Roc(Fold):
    """`roc`, value by value."""

    def __init__(self, n: int) -> None:
        self.warmup = window(n, "roc")
        self._ring = np.full(self.warmup, np.nan)
        self._cursor = 0

    def update(self, *values: float) -> float:
        """The change of this value against the one n ago, in per cent."""
        before, self._ring[self._cursor] = float(self._ring[self._cursor]), float(values[0])
        self._cursor = (self._cursor + 1) % self.warmup
        return _change(float(values[0]), before)


def roc(values: npt.ArrayLike, n: int) -> Float64Array:
    """The change against the value n bars ago, in per cent; NaN for the first n.

    >>> roc([100.0, 110.0, 99.0], 1).tolist()
    [nan, 10.000000000000009, -9.999999999999998]
    """
    n = window(n, "roc")
    return fold_arrays("roc", _fold, (values,), (n,), n)
