"""Stability: how closely growth followed a straight line on a log scale."""

from __future__ import annotations

import numpy as np

from tickwright.analytics.returns import observed
from tickwright.domain.bars import Float64Array


def stability(returns: Float64Array) -> float:
    """R² of the least-squares line through cumulated log returns against time; in [0, 1].

    NaN below two observations, after a wipe-out, and when the curve never moves.

    >>> import numpy as np
    >>> round(stability(np.array([0.01, 0.10, -0.04, 0.02, 0.03, 0.02, 0.01, -0.10])), 12)
    0.152997366511
    """
    known = observed(returns)
    if len(known) < 2 or known.min() <= -1.0:
        return float("nan")
    growth = np.cumsum(np.log1p(known))
    if np.ptp(growth) == 0.0:
        return float("nan")
    return float(np.corrcoef(np.arange(len(growth)), growth)[0, 1] ** 2)
