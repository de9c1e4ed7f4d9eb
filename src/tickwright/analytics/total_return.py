"""Total return: what one unit of initial capital gained or lost over the whole record."""

from __future__ import annotations

import numpy as np

from tickwright.analytics.returns import observed
from tickwright.domain.bars import Float64Array


def total_return(returns: Float64Array) -> float:
    """The product of (1 + r) less 1, as a fraction; NaN observations are left out; NaN when nothing was observed.

    >>> import numpy as np
    >>> round(total_return(np.array([0.10, -0.10])), 12)
    -0.01
    """
    known = observed(returns)
    return float(np.prod(1.0 + known) - 1.0) if len(known) else float("nan")
