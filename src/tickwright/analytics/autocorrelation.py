"""Autocorrelation of returns and what it does to an annualised Sharpe ratio.

Source: A. W. Lo, "The statistics of Sharpe ratios", Financial Analysts Journal 58 (2002).
"""

from __future__ import annotations

import math

import numpy as np

from tickwright.analytics.returns import observed
from tickwright.domain.bars import Float64Array


def autocorrelation(returns: Float64Array, lags: int) -> Float64Array:
    """ρ at lags 1 … `lags`, each sum over the full sum of squares; NaN for constant returns.

    >>> import numpy as np
    >>> autocorrelation(np.array([1.0, -1.0, 1.0, -1.0]), 1).tolist()
    [-0.75]
    """
    known = observed(returns)
    deviations = known - np.mean(known) if len(known) else known
    power = float(np.sum(deviations**2))
    if not power > 0.0:
        return np.full(lags, np.nan)
    return np.array([np.sum(deviations[lag:] * deviations[:-lag]) / power for lag in range(1, lags + 1)])


def annualisation(periods: int, correlations: Float64Array) -> float:
    """η(q) = q / √(q + 2 Σ (q - k) ρ_k): what replaces √q when returns are autocorrelated.

    Correlations beyond those given count as 0; NaN where they contradict each other.

    >>> import numpy as np
    >>> round(annualisation(12, 0.2 ** np.arange(1, 12)), 4)
    2.8788
    """
    lags = np.arange(1, min(periods - 1, len(correlations)) + 1)
    spread = periods + 2.0 * float(np.sum((periods - lags) * correlations[: len(lags)]))
    return periods / math.sqrt(spread) if spread > 0.0 else float("nan")


def sharpe_standard_error(sharpe: float, observations: float) -> float:
    """√((1 + SR²/2) / n) for independent normal returns, in the unit of the Sharpe ratio per observation.

    >>> round(sharpe_standard_error(0.5, 12), 6)
    0.306186
    """
    return math.sqrt((1.0 + sharpe**2 / 2.0) / observations)
