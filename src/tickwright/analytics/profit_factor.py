"""Profit factor: money won for each unit of money lost, over closed trades net of fees."""

from __future__ import annotations

import numpy as np

from tickwright.domain.bars import Float64Array


def profit_factor(pnl: Float64Array) -> float:
    """Σ gains / |Σ losses|; NaN (undefined) where nothing was lost.

    >>> import numpy as np
    >>> profit_factor(np.array([6.0, -2.0, -1.0]))
    2.0
    """
    losses = -float(np.sum(pnl[pnl < 0.0]))
    return float(np.sum(pnl[pnl > 0.0])) / losses if losses > 0.0 else float("nan")
