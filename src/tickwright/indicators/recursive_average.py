"""The recursive average under EMA and Wilder's averages: seeded with the mean of its first n values.

`average += alpha × (value − average)` from the n-th value on. Written so that a constant series gives the constant
itself: the seed is a running mean and the update adds nothing when the value equals the average.
"""

from __future__ import annotations

import math

import numpy as np

from tickwright.domain.bars import Float64Array
from tickwright.indicators.compiled import compiled, inlined


@inlined
def average_step(seen: int, average: float, value: float, n: int, alpha: float) -> tuple[int, float]:
    """(values seen, average) after one more value; the average counts from `seen == n` on."""
    if not math.isfinite(value):
        return 0, 0.0
    if seen < n:
        return seen + 1, average + (value - average) / (seen + 1)
    return seen, average + alpha * (value - average)


@compiled
def average_fold(values: Float64Array, n: int, alpha: float) -> Float64Array:
    """The average at each value, NaN before the n-th."""
    result = np.empty_like(values)
    seen, average = 0, 0.0
    for bar in range(len(values)):
        seen, average = average_step(seen, average, values[bar], n, alpha)
        result[bar] = average if seen == n else np.nan
    return result
