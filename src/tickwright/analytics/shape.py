"""Skewness and kurtosis of returns: how lopsided and how heavy-tailed they are, from biased (population) moments."""

from __future__ import annotations

import numpy as np

from tickwright.analytics.returns import observed
from tickwright.analytics.sharpe import NOISE
from tickwright.domain.bars import Float64Array


def skewness(returns: Float64Array) -> float:
    """Third central moment over variance^1.5 (0 for a normal law); NaN for constant or missing returns.

    >>> import numpy as np
    >>> skewness(np.array([-1.0, 0.0, 1.0]))
    0.0
    """
    return _standardised_moment(returns, 3)


def kurtosis(returns: Float64Array) -> float:
    """Fourth central moment over variance² (3 for a normal law, not the excess); NaN for constant or missing returns.

    >>> import numpy as np
    >>> kurtosis(np.array([-1.0, 1.0]))
    1.0
    """
    return _standardised_moment(returns, 4)


def _standardised_moment(returns: Float64Array, order: int) -> float:
    known = observed(returns)
    if not len(known):
        return float("nan")
    deviations = known - np.mean(known)
    variance = float(np.mean(deviations**2))
    if not variance > NOISE * float(np.mean(known**2)):
        return float("nan")
    return float(np.mean(deviations**order) / variance ** (order / 2))
