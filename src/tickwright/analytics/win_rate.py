"""Win rate: the share of closed trades that earned money after fees."""

from __future__ import annotations

import numpy as np

from tickwright.domain.bars import Float64Array


def win_rate(pnl: Float64Array) -> float:
    """Trades with a result above zero over all closed trades; exactly zero is not a win; NaN without trades.

    >>> import numpy as np
    >>> win_rate(np.array([5.0, -1.0, 0.0, 2.0]))
    0.5
    """
    return float(np.mean(pnl > 0.0)) if len(pnl) else float("nan")
