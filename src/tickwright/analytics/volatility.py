"""Volatility: the annualised standard deviation of returns."""

from __future__ import annotations

import math

import numpy as np

from tickwright.analytics.returns import observed
from tickwright.domain.bars import Float64Array


def volatility(returns: Float64Array, periods_per_year: float) -> float:
    """Sample standard deviation (n - 1) times the square root of periods per year; NaN below two observations.

    >>> import numpy as np
    >>> round(volatility(np.array([0.01, -0.01]), 365), 6)
    0.270185
    """
    known = observed(returns)
    if len(known) < 2:
        return float("nan")
    return float(np.std(known, ddof=1)) * math.sqrt(periods_per_year)
