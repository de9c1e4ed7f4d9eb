"""How sure a Sharpe ratio is: the probability that the true one is above a benchmark, and the record that would take.

Here every Sharpe ratio is per observation, never annualised: divide an annual one by √(periods per year).
Source: D. H. Bailey and M. López de Prado, "The Sharpe ratio efficient frontier", Journal of Risk 15 (2012).
"""

from __future__ import annotations

import math
from statistics import NormalDist

_NORMAL = NormalDist()


def probabilistic_sharpe(
    sharpe: float, observations: float, *, skewness: float = 0.0, kurtosis: float = 3.0, benchmark: float = 0.0
) -> float:
    """Φ((SR - SR*) √(n - 1) / √(1 - γ₃ SR + (γ₄ - 1)/4 · SR²)); kurtosis 3 is that of a normal law.

    NaN below two observations or where the moments contradict each other.

    >>> round(probabilistic_sharpe(0.458, 24), 6)
    0.981675
    """
    spread = _spread(sharpe, skewness, kurtosis)
    if not observations >= 2 or not spread > 0.0:
        return float("nan")
    return _NORMAL.cdf((sharpe - benchmark) * math.sqrt(observations - 1.0) / math.sqrt(spread))


def minimum_track_record(
    sharpe: float,
    *,
    benchmark: float = 0.0,
    confidence: float = 0.95,
    skewness: float = 0.0,
    kurtosis: float = 3.0,
) -> float:
    """Observations after which a Sharpe ratio is above the benchmark with this confidence; infinite if it is not above.

    >>> from math import sqrt
    >>> round(minimum_track_record(2 / sqrt(252), benchmark=1 / sqrt(252)) / 252, 6)
    2.730984
    """
    if not sharpe > benchmark:
        return float("inf")
    quantile = _NORMAL.inv_cdf(confidence) / (sharpe - benchmark)
    return 1.0 + _spread(sharpe, skewness, kurtosis) * quantile**2


def _spread(sharpe: float, skewness: float, kurtosis: float) -> float:
    return 1.0 - skewness * sharpe + (kurtosis - 1.0) / 4.0 * sharpe**2
