"""Prices as whole numbers: the power of ten under which every value of a series is an exact integer.

Invariant: a value counts as `units / factor` only if that division, rounded once, gives its very bits; so a sum of
units is the exact sum of the decimals the floats stand for. Integers up to 2⁵³ are exact in float64, which is where
they are kept. Prices have few decimals and qualify; returns and ratios do not, and are summed as floats.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from tickwright.domain.bars import Float64Array
from tickwright.indicators.compiled import compiled, inlined
from tickwright.indicators.memo import remembered

LARGEST_UNITS = 2.0**52
LARGEST_FACTOR = 1e11


@inlined
def is_exact(value: float, factor: float, largest: float) -> bool:
    """Whether a value is a whole number of units of 1/factor, at most `largest` of them."""
    units = np.rint(value * factor)
    return bool(abs(units) <= largest and units / factor == value)


@compiled
def _scan(values: Float64Array) -> tuple[float, float, float]:
    """The least factor for all values, and the lowest and highest of them in units; zeros where there is none."""
    factor, lowest, highest = 1.0, np.inf, -np.inf
    for value in values:
        if not math.isfinite(value):
            return 0.0, 0.0, 0.0
        while not is_exact(value, factor, LARGEST_UNITS):
            factor *= 10.0
            if factor > LARGEST_FACTOR:
                return 0.0, 0.0, 0.0
        lowest, highest = min(lowest, value), max(highest, value)
    if len(values) == 0:
        return 0.0, 0.0, 0.0
    return factor, np.rint(lowest * factor), np.rint(highest * factor)


class Units(NamedTuple):
    """The factor of a series (0: it has none), and its lowest and highest value in units."""

    factor: float
    lowest: float
    highest: float


def units_of(values: Float64Array, n: int) -> Units:
    """The units under which sums of `n` values of the series are exact; remembered inside a run.

    >>> units_of(np.array([0.25, 10.5]), 20).factor, units_of(np.array([1 / 3]), 20).factor
    (100.0, 0.0)
    """
    units = Units(*remembered("decimal_units", (values,), (), 0, lambda: np.array(_scan(values))).tolist())
    return units if max(-units.lowest, units.highest, units.factor) * n <= LARGEST_UNITS else Units(0.0, 0.0, 0.0)
