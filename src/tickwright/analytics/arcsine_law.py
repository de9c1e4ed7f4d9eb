"""How much time above water chance alone gives: long stretches below the start are normal even without a loss in mean.

Source: P. Lévy's arcsine law.
"""

from __future__ import annotations

import math

import numpy as np

from tickwright.analytics.returns import observed
from tickwright.domain.bars import Float64Array


def time_above_start(equity: Float64Array, initial: float) -> float:
    """The share of observations with more than the initial capital; NaN without observations.

    >>> import numpy as np
    >>> time_above_start(np.array([110.0, 90.0, 80.0, 120.0]), 100.0)
    0.5
    """
    known = observed(equity)
    return float(np.mean(known > initial)) if len(known) else float("nan")


def arcsine_law(share: float) -> float:
    """P(time above start ≤ share) = 2/π · asin √share for a fair game; `share` in [0, 1].

    >>> round(arcsine_law(0.1), 6), round(arcsine_law(0.25), 6)
    (0.204833, 0.333333)
    """
    return 2.0 / math.pi * math.asin(math.sqrt(share))
