"""Prices as whole numbers: the power of ten under which every value of a series is an exact integer.

Invariant: a value counts as `units / factor` only if that division, rounded once, gives its very bits; so a sum of
units is the exact sum of the decimals the floats stand for. Integers up to 2⁵³ are exact in float64, which is where
they are kept. Prices have few decimals and qualify; returns and ratios do not, and are summed as floats.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from tickwright.domain.bars import Float64Array
from tickwright.indicators.compiled import compiled, inlined
from tickwright.indicators.memo import remembered

LARGEST_UNITS = 2.0**52
LARGEST_FACTOR = 1e11
LARGEST_TOLD = 2**50  # value · factor, rounded twice, is still nearest to the units the value was made from
_BLOCK = 512


@inlined
def is_exact(value: float, factor: float, largest: float) -> bool:
    """Whether a value is a whole number of units of 1/factor, at most `largest` of them."""
    units = np.rint(value * factor)
    return bool(abs(units) <= largest and units / factor == value)


@compiled
def _scan(values: Float64Array) -> float:
    """The least factor for all values; 0 where there is none."""
    factor = 1.0 if len(values) > 0 else 0.0
    for start in range(0, len(values), _BLOCK):
        factor = _least_factor(values[start : start + _BLOCK], factor)
        if factor == 0.0:
            return 0.0
    return factor


def _measured(values: Float64Array) -> Float64Array:
    """The least factor, and the lowest and highest value in units; zeros where there is none."""
    factor = _scan(values)
    return np.array([factor, *np.rint(np.array([values.min(), values.max()]) * factor)]) if factor > 0 else np.zeros(3)


@compiled
def _least_factor(block: Float64Array, factor: float) -> float:
    """The least factor from this one on under which all values are exact, 0 for none."""
    while factor <= LARGEST_FACTOR:
        wrong = 0
        for value in block:
            units = np.rint(value * factor)
            wrong += 0 if (abs(units) <= LARGEST_UNITS) & (units / factor == value) else 1
        if wrong == 0:
            return factor
        factor *= 10.0
    return 0.0


@compiled
def _scan_columns(panel: Float64Array) -> Float64Array:
    """`_scan` of every column, row by row as the panel lies."""
    factor = np.ones(panel.shape[1])
    for row in range(panel.shape[0]):
        wrong = 0
        for column in range(panel.shape[1]):
            value = panel[row, column]
            units = np.rint(value * factor[column])
            wrong += 0 if (abs(units) <= LARGEST_UNITS) & (units / factor[column] == value) else 1
        if wrong > 0:
            for column in range(panel.shape[1]):
                factor[column] = _least_factor(panel[row, column : column + 1], factor[column])
                if factor[column] == 0.0:
                    return np.zeros(panel.shape[1])
    return factor


def _measured_columns(panel: Float64Array) -> Float64Array:
    factors = _scan_columns(panel)
    if not (factors > 0).all():
        return np.zeros((3, panel.shape[1]))
    return np.stack([factors, np.rint(panel.min(axis=0) * factors), np.rint(panel.max(axis=0) * factors)])


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
    units = Units(*remembered("decimal_units", (values,), (), 0, lambda: _measured(values)).tolist())
    return units if max(-units.lowest, units.highest, units.factor) * n <= LARGEST_UNITS else Units(0.0, 0.0, 0.0)


def tell_units(values: Float64Array, scale: int, lowest: int, highest: int) -> None:
    """Spare a run the search: this series was made as whole numbers from `lowest` to `highest`, each / 10^scale."""
    if 10**scale <= LARGEST_FACTOR and max(-lowest, highest) <= LARGEST_TOLD:
        remembered("decimal_units", (values,), (), 0, lambda: np.array([10.0**scale, lowest, highest]))


def tell_units_of_columns(panel: Float64Array, scales: list[int], lowest: list[int], highest: list[int]) -> None:
    """The same for every column of a panel without holes."""
    if 10 ** max(scales) <= LARGEST_FACTOR and max(*highest, -min(lowest)) <= LARGEST_TOLD:
        factors = [10.0**scale for scale in scales]
        known = np.array([factors, lowest, highest], np.float64)
        remembered("decimal_units_of_columns", (panel,), (), 0, lambda: known)


def factors_of_columns(panel: Float64Array, n: int) -> Float64Array | None:
    """The factor of every column under which sums of `n` values are exact; None where one column has none.

    >>> factors_of_columns(np.array([[0.25, 7.0], [10.5, 8.0]]), 20).tolist()
    [100.0, 1.0]
    """
    known = remembered("decimal_units_of_columns", (panel,), (), 0, lambda: _measured_columns(panel))
    largest = np.maximum(np.maximum(-known[1], known[2]), known[0]) * n
    return known[0] if (known[0] > 0).all() and (largest <= LARGEST_UNITS).all() else None
