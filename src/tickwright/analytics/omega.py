"""Omega ratio: returns above a level over returns below it.

Source: C. Keating and W. F. Shadwick, "A universal performance measure" (2002). At level 0 it is the profit factor of
period returns (not of trades).
"""

from __future__ import annotations

import numpy as np

from tickwright.analytics.returns import observed
from tickwright.domain.bars import Float64Array


def omega(returns: Float64Array, *, level: float = 0.0) -> float:
    """Σ max(r - L, 0) / Σ max(L - r, 0), with the level L per observation; NaN where no return is below the level.

    >>> import numpy as np
    >>> round(omega(np.array([0.01, 0.10, -0.04, 0.02, 0.03, 0.02, 0.01, -0.10])), 12)
    1.357142857143
    """
    excess = observed(returns) - level
    below = -float(np.sum(excess[excess < 0.0]))
    return float(np.sum(excess[excess > 0.0])) / below if below > 0.0 else float("nan")
