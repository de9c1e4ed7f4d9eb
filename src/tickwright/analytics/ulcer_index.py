"""Ulcer index: depth and length of all drawdowns in one number.

Source: P. G. Martin and B. B. McCann, "The investor's guide to Fidelity funds" (1989).
"""

from __future__ import annotations

import math

import numpy as np

from tickwright.analytics.drawdown import underwater
from tickwright.analytics.returns import observed, until_wiped_out
from tickwright.domain.bars import Float64Array


def ulcer_index(equity: Float64Array, initial: float) -> float:
    """√mean(drawdown²) over all n observations, ≥ 0, a fraction; NaN without observations.

    >>> import numpy as np
    >>> round(ulcer_index(np.array([100.0, 80.0]), 100.0), 12)
    0.141421356237
    """
    depths = observed(underwater(until_wiped_out(equity), initial))
    return math.sqrt(float(np.mean(depths**2))) if len(depths) else float("nan")
