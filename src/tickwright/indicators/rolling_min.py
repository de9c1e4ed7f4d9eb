"""The lowest of the last n values: the highest of their negatives, negated."""

from __future__ import annotations

import numpy.typing as npt

from tickwright.domain.bars import Float64Array
from tickwright.indicators.fold import Fold, fold_arrays, window
from tickwright.indicators.rolling_max import highest_fold, highest_step, new_block


class RollingMin(Fold):
    """`rolling_min`, value by value."""

    def __init__(self, n: int) -> None:
        self.warmup = window(n, "rolling_min") - 1
        self._state = new_block(int(n))

    def update(self, *values: float) -> float:
        """The lowest of the last n values, this one included."""
        return -highest_step(self._state, -float(values[0]))


def rolling_min(values: npt.ArrayLike, n: int) -> Float64Array:
    """The lowest of the last n values; NaN for the first n - 1.

    >>> rolling_min([1.0, 3.0, 2.0, 4.0], 2).tolist()
    [nan, 1.0, 2.0, 2.0]
    """
    n = window(n, "rolling_min")
    return fold_arrays("rolling_min", highest_fold, (values,), (n, -1.0), n - 1)
