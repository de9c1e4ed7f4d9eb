"""Rolling Sharpe ratio: the ratio of a window that moves along the record."""

from __future__ import annotations

import math

import numpy as np

from tickwright.analytics.sharpe import NOISE
from tickwright.domain.bars import Float64Array


def rolling_sharpe(returns: Float64Array, window: int, periods_per_year: float) -> Float64Array:
    """The Sharpe ratio of the last `window` returns at each observation, as `sharpe` defines it.

    NaN before the window is full, where an observation is missing in it, and where its returns are constant.

    >>> import numpy as np
    >>> rolling_sharpe(np.array([0.01, 0.02, 0.00]), 2, 365).round(3).tolist()
    [nan, 40.528, 13.509]
    """
    ratio = np.full(len(returns), np.nan)
    if window < 2 or len(returns) < window:
        return ratio
    sums, squares = _moving_sum(returns, window), _moving_sum(returns**2, window)
    mean = sums / window
    variance = (squares - window * mean**2) / (window - 1)
    defined = variance > NOISE * squares / window
    ratio[window - 1 :] = np.where(defined, mean / np.sqrt(np.where(defined, variance, 1.0)), np.nan)
    return ratio * math.sqrt(periods_per_year)


def _moving_sum(values: Float64Array, window: int) -> Float64Array:
    missing = np.isnan(values)
    sums = np.cumsum(np.concatenate(([0.0], np.where(missing, 0.0, values))))
    holes = np.cumsum(np.concatenate(([0], missing)))
    moving = sums[window:] - sums[:-window]
    return np.where(holes[window:] > holes[:-window], np.nan, moving)
