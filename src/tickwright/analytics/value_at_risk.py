"""Value at risk and expected shortfall of one observation, from history alone.

Both are signed returns: a loss is negative, and expected shortfall ≤ value at risk ≤ median.
"""

from __future__ import annotations

import numpy as np

from tickwright.analytics.returns import observed
from tickwright.domain.bars import Float64Array


def value_at_risk(returns: Float64Array, *, tail: float = 0.05) -> float:
    """The `tail` quantile of returns (linear interpolation), negative for a loss; NaN without observations.

    >>> import numpy as np
    >>> round(value_at_risk(np.array([0.01, 0.10, -0.04, 0.02, 0.03, 0.02, 0.01, -0.10])), 12)
    -0.079
    """
    known = observed(returns)
    return float(np.quantile(known, tail)) if len(known) else float("nan")


def expected_shortfall(returns: Float64Array, *, tail: float = 0.05) -> float:
    """The mean of the floor(tail · (n - 1)) + 1 smallest returns; NaN without observations.

    >>> import numpy as np
    >>> expected_shortfall(np.array([0.01, 0.10, -0.04, 0.02, 0.03, 0.02, 0.01, -0.10]))
    -0.1
    """
    known = observed(returns)
    if not len(known):
        return float("nan")
    worst = int(tail * (len(known) - 1)) + 1
    return float(np.mean(np.partition(known, worst - 1)[:worst]))
