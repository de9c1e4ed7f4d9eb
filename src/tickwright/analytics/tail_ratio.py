"""Tail ratio: the size of the best returns against the size of the worst."""

from __future__ import annotations

import numpy as np

from tickwright.analytics.returns import observed
from tickwright.domain.bars import Float64Array


def tail_ratio(returns: Float64Array, *, tail: float = 0.05) -> float:
    """|95% quantile| / |5% quantile| by linear interpolation; NaN without observations or with a zero lower tail.

    >>> import numpy as np
    >>> round(tail_ratio(np.array([0.01, 0.10, -0.04, 0.02, 0.03, 0.02, 0.01, -0.10])), 12)
    0.955696202532
    """
    known = observed(returns)
    if not len(known):
        return float("nan")
    low, high = np.quantile(known, (tail, 1.0 - tail))
    return float(abs(high) / abs(low)) if low != 0.0 else float("nan")
