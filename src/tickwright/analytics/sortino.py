"""Sortino ratio: mean return above a target per unit of downside deviation, annualised.

Source: F. A. Sortino and L. N. Price, "Performance measurement in a downside risk framework", Journal of Investing 3
(1994). The downside deviation is the root mean square of the shortfalls over *all* observations; taking the standard
deviation of the negative returns only is a common error.
"""

from __future__ import annotations

import math

import numpy as np

from tickwright.analytics.returns import observed
from tickwright.domain.bars import Float64Array


def sortino(returns: Float64Array, periods_per_year: float, *, target: float = 0.0) -> float:
    """mean(r - T) / √mean(min(r - T, 0)²) · √P; `target` T is per observation.

    NaN without observations and where no return falls short of the target.

    >>> import numpy as np
    >>> round(sortino(np.array([0.01, 0.10, -0.04, 0.02, 0.03, 0.02, 0.01, -0.10]), 252), 12)
    2.605531251674
    """
    excess = observed(returns) - target
    if not len(excess):
        return float("nan")
    downside = downside_deviation(returns, target=target)
    return float(np.mean(excess)) / downside * math.sqrt(periods_per_year) if downside > 0.0 else float("nan")


def downside_deviation(returns: Float64Array, *, target: float = 0.0) -> float:
    """√mean(min(r - T, 0)²) over all observations, per observation (not annualised); NaN when nothing was observed."""
    shortfall = np.minimum(observed(returns) - target, 0.0)
    return math.sqrt(float(np.mean(shortfall**2))) if len(shortfall) else float("nan")


def sortino_from_sums(
    observations: Float64Array, sums: Float64Array, downside_squares: Float64Array, periods_per_year: float
) -> Float64Array:
    """The same ratio for many trials at once, from their number of returns, Σr and Σmin(r, 0)²; target 0."""
    n = np.asarray(observations, np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = (sums / n) / np.sqrt(downside_squares / n) * math.sqrt(periods_per_year)
    return np.where((n >= 1) & (downside_squares > 0.0), ratio, np.nan)
