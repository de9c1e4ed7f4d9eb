"""Payoff ratio: the average winning trade over the average losing one."""

from __future__ import annotations

import numpy as np

from tickwright.domain.bars import Float64Array


def payoff_ratio(pnl: Float64Array) -> float:
    """mean(gains) / |mean(losses)|; NaN unless there is at least one of each.

    >>> import numpy as np
    >>> payoff_ratio(np.array([6.0, -2.0, -1.0]))
    4.0
    """
    gains, losses = pnl[pnl > 0.0], pnl[pnl < 0.0]
    return float(np.mean(gains)) / -float(np.mean(losses)) if len(gains) and len(losses) else float("nan")
