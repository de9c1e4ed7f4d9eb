"""Calmar ratio: growth per year for each unit of the deepest drawdown.

Taken over the full record, as every library does that calls it Calmar (on the full record it is also known as the MAR
ratio; T. W. Young's original of 1991 uses the last 36 months).
"""

from __future__ import annotations


def calmar(cagr: float, max_drawdown: float) -> float:
    """CAGR / |maximum drawdown|; NaN where there was no drawdown or either is NaN.

    >>> calmar(0.3, -0.15)
    2.0
    """
    return cagr / -max_drawdown if max_drawdown < 0.0 else float("nan")
