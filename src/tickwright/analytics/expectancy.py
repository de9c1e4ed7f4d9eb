"""Expectancy: the average result of a closed trade, net of fees."""

from __future__ import annotations

import numpy as np

from tickwright.domain.bars import Float64Array


def expectancy(pnl: Float64Array) -> float:
    """mean(pnl) in money: win rate · average win - loss rate · average loss; NaN without trades.

    >>> import numpy as np
    >>> expectancy(np.array([6.0, -2.0, -1.0]))
    1.0
    """
    return float(np.mean(pnl)) if len(pnl) else float("nan")
