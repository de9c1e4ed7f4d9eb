"""Prices as whole numbers: the power of ten under which every value of a series is an exact integer.

Invariant: a value counts as `units / factor` only if that division, rounded once, gives its very bits; so a sum of
units is the exact sum of the decimals the floats stand for. Integers up to 2⁵³ are exact in float64, which is where
they are kept. Prices have few decimals and qualify; returns and ratios do not, and are summed as floats.
"""

from __future__ import annotations

import math

import numpy as np

from tickwright.domain.bars import Float64Array
from tickwright.indicators.compiled import compiled
from tickwright.indicators.memo import remembered

LARGEST_UNITS = 2.0**52
LARGEST_FACTOR = 1e11


@compiled
def is_exact(value: float, factor: float, largest: float) -> bool:
    """Whether a value is a whole number of units of 1/factor, at most `largest` of them."""
    units = np.rint(value * factor)
    return bool(abs(units) <= largest and units / factor == value)


@compiled
def _scan(values: Float64Array) -> tuple[float, float]:
    """The least factor for all values and the most units any of them has; (0, 0) where there is none."""
    factor, highest = 1.0, 0.0
    for value in values:
        if not math.isfinite(value):
            return 0.0, 0.0
        while not is_exact(value, factor, LARGEST_UNITS):
            factor *= 10.0
            if factor > LARGEST_FACTOR:
                return 0.0, 0.0
        highest = max(highest, abs(value))
    units = np.rint(highest * factor)
    return (factor, units) if units <= LARGEST_UNITS else (0.0, 0.0)


def factor_for(values: Float64Array, n: int) -> float:
    """The factor under which sums of `n` values are exact integers, 0 where there is none; remembered inside a run.

    >>> factor_for(np.array([0.25, 10.5]), 20), factor_for(np.array([1 / 3]), 20)
    (100.0, 0.0)
    """
    factor, units = remembered("decimal_units", (values,), (), 0, lambda: np.array(_scan(values)))
    return float(factor) if max(units, factor) * n <= LARGEST_UNITS else 0.0
