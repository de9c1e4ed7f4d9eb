"""What a search does to the best Sharpe ratio it finds: luck alone makes the best of many trials look good.

Sources: D. H. Bailey and M. López de Prado, "The deflated Sharpe ratio", Journal of Portfolio Management 40 (2014);
D. H. Bailey, J. M. Borwein, M. López de Prado and Q. J. Zhu, "Pseudo-mathematics and financial charlatanism", Notices
of the AMS 61 (2014). Known limit: trials are taken as independent; many that are alike count for fewer, so the
correction is on the careful side.
"""

from __future__ import annotations

import math
from statistics import NormalDist

from tickwright.analytics.probabilistic_sharpe import probabilistic_sharpe

EULER_MASCHERONI = 0.5772156649015329
_NORMAL = NormalDist()


def expected_maximum_sharpe(trials: int, variance: float = 1.0) -> float:
    """The best Sharpe ratio to expect of `trials` strategies without skill whose ratios have this variance; 0 for one.

    √V · [(1 - γ) Z(1 - 1/N) + γ Z(1 - 1/(N e))], in the unit of √V. It is 1 to 2 % above the exact mean of the maximum.

    >>> round(expected_maximum_sharpe(10), 6), round(expected_maximum_sharpe(100), 6)
    (1.574598, 2.530603)
    """
    if trials < 2:
        return 0.0
    first, second = _NORMAL.inv_cdf(1.0 - 1.0 / trials), _NORMAL.inv_cdf(1.0 - 1.0 / (trials * math.e))
    return math.sqrt(variance) * ((1.0 - EULER_MASCHERONI) * first + EULER_MASCHERONI * second)


def deflated_sharpe(
    sharpe: float, observations: float, *, trials: int, variance: float, skewness: float = 0.0, kurtosis: float = 3.0
) -> float:
    """The probability that the best of `trials` beats luck: its probabilistic Sharpe against the expected maximum.

    `sharpe` and `variance` (of the Sharpe ratios of all trials) are per observation; an annual variance is divided by
    the periods per year, never mixed.

    >>> from math import sqrt
    >>> best = deflated_sharpe(2.5 / sqrt(250), 1250, trials=100, variance=0.5 / 250, skewness=-3.0, kurtosis=10.0)
    >>> round(best, 6)
    0.900397
    """
    luck = expected_maximum_sharpe(trials, variance)
    return probabilistic_sharpe(sharpe, observations, skewness=skewness, kurtosis=kurtosis, benchmark=luck)


def minimum_backtest_years(trials: int, sharpe: float = 1.0) -> float:
    """Years of data below which the best of `trials` without skill is expected to show this annual Sharpe ratio.

    >>> round(minimum_backtest_years(45), 4)
    4.9981
    """
    return (expected_maximum_sharpe(trials) / sharpe) ** 2
