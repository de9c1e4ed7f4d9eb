"""Sharpe ratio: mean excess return per unit of its standard deviation, annualised.

Every observation is one bar; the year has 365 days, so hourly bars are annualised with the square root of 8760. The
risk-free rate is 0 unless given. A spread of returns below one millionth of their size is rounding noise, not risk:
the ratio is NaN there, never a huge number. The same definition serves a whole series and the two sums a sweep keeps.

Source: W. F. Sharpe, "The Sharpe ratio", Journal of Portfolio Management 21 (1994).
"""

from __future__ import annotations

import math

import numpy as np

from tickwright.analytics.returns import observed
from tickwright.domain.bars import Float64Array

NOISE = 1e-12
"""A variance below this share of the mean square counts as zero."""


def sharpe(returns: Float64Array, periods_per_year: float, *, risk_free: float = 0.0) -> float:
    """mean(r - rf) / sd(r) · √P with the sample standard deviation (n - 1); `risk_free` is per observation.

    NaN below two observations and for constant returns.

    >>> import numpy as np
    >>> round(sharpe(np.array([0.01, 0.10, -0.04, 0.02, 0.03, 0.02, 0.01, -0.10]), 252), 12)
    1.723861396171
    >>> sharpe(np.full(9, 0.01), 365)
    nan
    """
    excess = observed(returns) - risk_free
    if len(excess) < 2:
        return float("nan")
    return _ratio(float(np.mean(excess)), float(np.var(excess, ddof=1)), float(np.mean(excess**2)), periods_per_year)


def sharpe_from_sums(
    observations: Float64Array, sums: Float64Array, squares: Float64Array, periods_per_year: float
) -> Float64Array:
    """The same ratio for many trials at once, from their number of returns, Σr and Σr²; arrays of equal shape.

    >>> import numpy as np
    >>> sharpe_from_sums(np.array([2.0]), np.array([0.03]), np.array([0.0005]), 365).round(6).tolist()
    [40.527768]
    """
    n = np.asarray(observations, np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = sums / n
        variance = (squares - n * mean**2) / (n - 1.0)
        ratio = mean / np.sqrt(variance) * math.sqrt(periods_per_year)
        defined = (n >= 2) & (variance > NOISE * squares / n)
    return np.where(defined, ratio, np.nan)


def _ratio(mean: float, variance: float, mean_square: float, periods_per_year: float) -> float:
    if not variance > NOISE * mean_square:
        return float("nan")
    return mean / math.sqrt(variance) * math.sqrt(periods_per_year)
