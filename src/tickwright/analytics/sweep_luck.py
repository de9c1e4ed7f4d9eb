"""What a sweep's best result is worth: how good luck alone makes the best of so many trials, and how flat it lies.

Sharpe ratios are annualised here (365 days) except where the deflated ratio needs them per bar. Known limit: a sweep
keeps no skewness and kurtosis, so returns are taken as normal; trials are taken as independent.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from tickwright.analytics.deflated_sharpe import deflated_sharpe, expected_maximum_sharpe, minimum_backtest_years
from tickwright.analytics.periods import TRADING_YEAR_NS
from tickwright.analytics.sharpe import sharpe_from_sums
from tickwright.domain.bars import Float64Array
from tickwright.domain.run import SweepResult


@dataclass(frozen=True, slots=True)
class SweepLuck:
    """The best Sharpe ratio of a search beside what luck explains.

    `counted` is the number of trials the correction uses (all that ever ran on this data, where known); `expected_best`
    the best ratio to expect of so many trials without skill; `deflated` the probability that the best one beats that;
    `years` the length of the record; `years_needed` the length below which luck alone is expected to show a ratio of 1.
    """

    counted: int
    best: float
    median: float
    expected_best: float
    deflated: float
    years: float
    years_needed: float


def sweep_luck(result: SweepResult, *, trials_on_data: int | None = None) -> SweepLuck:
    """Deflate a sweep's best Sharpe ratio by the number of trials; NaN where no trial has a ratio."""
    per_year = TRADING_YEAR_NS / result.period_ns
    periods = np.full(len(result.trials), float(result.periods))
    ratios = sharpe_from_sums(periods, result.return_sum, result.return_sum_squares, 1.0)
    known = ratios[np.isfinite(ratios)]
    counted = max(trials_on_data or 0, len(result.trials))
    if not len(known):
        undefined = float("nan")
        return SweepLuck(counted, undefined, undefined, undefined, undefined, result.periods / per_year, undefined)
    variance = float(np.var(known, ddof=1)) if len(known) > 1 else 0.0
    annual = math.sqrt(per_year)
    return SweepLuck(
        counted=counted,
        best=float(known.max()) * annual,
        median=float(np.median(known)) * annual,
        expected_best=expected_maximum_sharpe(counted, variance) * annual,
        deflated=deflated_sharpe(float(known.max()), result.periods, trials=counted, variance=variance),
        years=result.periods / per_year,
        years_needed=minimum_backtest_years(counted),
    )


def neighbour_median(trials: Sequence[Mapping[str, object]], values: Float64Array, place: int) -> float:
    """The median of a measure over the trials next to one: every parameter the same or one step of the grid away.

    NaN without a neighbour. A peak far above its neighbours is a lucky point, not a plateau.

    >>> import numpy as np
    >>> neighbour_median([{"n": 1}, {"n": 2}, {"n": 3}, {"n": 9}], np.array([1.0, 5.0, 2.0, 7.0]), 1)
    1.5
    """
    names = list(trials[place])
    steps = np.empty((len(trials), len(names)), np.int64)
    for column, name in enumerate(names):
        steps[:, column] = np.unique([_sortable(trial[name]) for trial in trials], return_inverse=True)[1]
    near = np.max(np.abs(steps - steps[place]), axis=1) == 1
    chosen = values[near & np.isfinite(values)]
    return float(np.median(chosen)) if len(chosen) else float("nan")


def _sortable(value: object) -> float | str:
    return float(value) if isinstance(value, int | float) else str(value)
