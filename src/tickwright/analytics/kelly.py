"""Kelly fraction: the share of capital that would have grown fastest on the trades seen.

Source: J. L. Kelly, "A new interpretation of information rate", Bell System Technical Journal 35 (1956). It is a report
on the past, not advice: estimated on few trades it is far too high.
"""

from __future__ import annotations

from tickwright.analytics.payoff_ratio import payoff_ratio
from tickwright.analytics.win_rate import win_rate
from tickwright.domain.bars import Float64Array


def kelly_fraction(pnl: Float64Array) -> float:
    """p - (1 - p) / b with p the win rate and b the payoff ratio of closed trades; NaN where b is undefined.

    >>> import numpy as np
    >>> round(kelly_fraction(np.array([2.0, 2.0, -1.0, -1.0])), 12)
    0.25
    """
    return win_rate(pnl) - (1.0 - win_rate(pnl)) / payoff_ratio(pnl)
