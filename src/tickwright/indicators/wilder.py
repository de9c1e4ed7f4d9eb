"""Wilder's moving average (RMA): alpha = 1 / n, seeded with the mean of the first n values.

Source: Wilder, New Concepts in Technical Trading Systems (1978); the smoothing under RSI, ATR and ADX.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from tickwright.domain.bars import Float64Array
from tickwright.indicators.fold import Fold, bars_until_seed_fades, fold_arrays, window
from tickwright.indicators.recursive_average import average_fold, average_step


def wilder_warmup(n: int) -> int:
    """Values until the seed's weight is below one per cent."""
    return n - 1 + bars_until_seed_fades(1 / n)


class Wilder(Fold):
    """`wilder`, value by value."""

    def __init__(self, n: int) -> None:
        self._n = window(n, "wilder")
        self.warmup = wilder_warmup(self._n)
        self._seen, self._average = 0, 0.0

    def update(self, *values: float) -> float:
        """The average after this value, NaN before the n-th."""
        state = average_step(self._seen, self._average, float(values[0]), self._n, 1 / self._n)
        self._seen, self._average = state
        return self._average if self._seen == self._n else np.nan


def wilder(values: npt.ArrayLike, n: int) -> Float64Array:
    """Wilder's moving average; NaN for the first n - 1.

    >>> wilder([1.0, 2.0, 3.0, 5.0], 3).tolist()
    [nan, nan, 2.0, 3.0]
    """
    n = window(n, "wilder")
    return fold_arrays("wilder", average_fold, (values,), (n, 1 / n), wilder_warmup(n))
