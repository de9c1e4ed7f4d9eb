"""Exponential moving average with alpha = 2 / (n + 1), seeded with the mean of the first n values.

TA-Lib's convention: the first result stands at value n. Seeding with the first value (Achelis, pandas with
`adjust=False`) gives other results for hundreds of bars.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from tickwright.domain.bars import Float64Array
from tickwright.indicators.fold import Fold, bars_until_seed_fades, fold_arrays, window
from tickwright.indicators.recursive_average import average_fold, average_step


def ema_warmup(n: int) -> int:
    """Values until the seed's weight is below one per cent."""
    return n - 1 + bars_until_seed_fades(2 / (n + 1))


class Ema(Fold):
    """`ema`, value by value."""

    def __init__(self, n: int) -> None:
        self._n = window(n, "ema")
        self.warmup = ema_warmup(self._n)
        self._alpha = 2 / (self._n + 1)
        self._seen, self._average = 0, 0.0

    def update(self, *values: float) -> float:
        """The average after this value, NaN before the n-th."""
        state = average_step(self._seen, self._average, float(values[0]), self._n, self._alpha)
        self._seen, self._average = state
        return self._average if self._seen == self._n else np.nan


def ema(values: npt.ArrayLike, n: int) -> Float64Array:
    """The exponential moving average; NaN for the first n - 1.

    >>> ema([1.0, 2.0, 3.0, 7.0], 3).tolist()
    [nan, nan, 2.0, 4.5]
    """
    n = window(n, "ema")
    return fold_arrays("ema", average_fold, (values,), (n, 2 / (n + 1)), ema_warmup(n))
