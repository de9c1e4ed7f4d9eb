"""Z-score: how many standard deviations a value lies from the mean of the last n, itself included.

Population deviation (ddof 0). Where all n values are equal the score is undefined: NaN.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from tickwright.domain.bars import Float64Array
from tickwright.indicators.compiled import compiled, inlined
from tickwright.indicators.fold import Fold, fold_arrays, window
from tickwright.indicators.rolling_std import moments, moments_step, new_moments


@inlined
def _score(value: float, mean: float, squares: float, n: int) -> float:
    return (value - mean) / math.sqrt(squares / n) if squares > 0.0 else np.nan


@compiled
def _scored(values: Float64Array, means: Float64Array, squares: Float64Array, n: int) -> Float64Array:
    result = np.empty_like(values)
    for bar in range(len(values)):
        result[bar] = _score(values[bar], means[bar], squares[bar], n)
    return result


def _scores(values: Float64Array, n: int) -> Float64Array:
    return _scored(values, *moments(values, n), n)


class Zscore(Fold):
    """`zscore`, value by value."""

    def __init__(self, n: int) -> None:
        self._n = window(n, "zscore", least=2)
        self.warmup = self._n - 1
        self._whole, self._floats = new_moments(self._n)

    def update(self, *values: float) -> float:
        """The score of this value among the last n."""
        mean, squares = moments_step(self._whole, self._floats, float(values[0]))
        return _score(float(values[0]), mean, squares, self._n)


def zscore(values: npt.ArrayLike, n: int) -> Float64Array:
    """The z-score of each value among the last n; NaN for the first n - 1 and where all n are equal.

    >>> zscore([1.0, 3.0, 3.0, 3.0], 2).tolist()
    [nan, 1.0, nan, nan]
    """
    n = window(n, "zscore", least=2)
    return fold_arrays("zscore", _scores, (values,), (n,), n - 1)
