"""Information ratio: mean return above a benchmark per unit of its standard deviation, not annualised."""

from __future__ import annotations

import math

from tickwright.analytics.sharpe import sharpe
from tickwright.domain.bars import Float64Array


def information_ratio(returns: Float64Array, benchmark: Float64Array) -> float:
    """mean(r - b) / sd(r - b) per observation, sample standard deviation; arrays of equal length.

    NaN below two common observations and where the difference is constant.

    >>> import numpy as np
    >>> round(information_ratio(np.array([0.02, 0.00]), np.array([0.00, 0.00])), 12)
    0.707106781187
    """
    ratio = sharpe(returns - benchmark, 1.0)
    return ratio if math.isfinite(ratio) else float("nan")
