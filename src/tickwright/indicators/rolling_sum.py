"""The sum of the last n values, exact for prices: the floor under every window average.

Prices are summed as integers (`decimal_units`), so the sum at a bar depends on its n values alone and never drifts,
however long the history. Other series are summed as floats and summed anew every n values.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from tickwright.domain.bars import Float64Array
from tickwright.domain.warm_arrays import warm_empty
from tickwright.indicators.compiled import compiled, inlined
from tickwright.indicators.decimal_units import LARGEST_FACTOR, LARGEST_UNITS, factors_of_columns, is_exact, units_of
from tickwright.indicators.fold import Fold, fold_arrays, window
from tickwright.machine_code.compilation import entry_of, rule
from tickwright.machine_code.views import view_of

# The state is one array: four numbers, then the ring of the last n values.
_RUN, _CURSOR, _FACTOR, _TOTAL, _RING = range(5)
_BLOCK = 512  # fits into the nearest cache
_QUARTER = _BLOCK // 4
_view = view_of(np.dtype(np.float64))


@compiled
def new_sum(n: int) -> Float64Array:
    """The state before the first value."""
    state = np.zeros(_RING + n)
    state[_FACTOR] = 1.0
    return state


@inlined
def add_to_sum(state: Float64Array, value: float) -> tuple[float, float]:
    """The sum of the last n values as (units, factor): the sum itself is units / factor; NaN while history is short."""
    n = len(state) - _RING
    if not math.isfinite(value):
        state[_RUN] = state[_CURSOR] = state[_TOTAL] = 0.0
        return np.nan, 1.0
    place = _RING + int(state[_CURSOR])
    leaving = state[place] if state[_RUN] >= n else 0.0
    state[place] = value
    state[_CURSOR] = state[_CURSOR] + 1.0 if state[_CURSOR] + 1.0 < n else 0.0
    state[_RUN] += 1.0
    factor = state[_FACTOR]
    if factor > 0.0 and is_exact(value, factor, LARGEST_UNITS / n):
        state[_TOTAL] += np.rint(value * factor) - np.rint(leaving * factor)
    elif factor > 0.0:
        _refine(state, n)
    elif state[_CURSOR] == 0.0:
        _sum_anew(state, n)
    else:
        state[_TOTAL] += value - leaving
    if state[_RUN] < n:
        return np.nan, 1.0
    return state[_TOTAL], state[_FACTOR] if state[_FACTOR] > 0.0 else 1.0


@compiled
def _refine(state: Float64Array, n: int) -> None:
    """Take the next finer factor under which all values are exact, or go over to floats."""
    factor = state[_FACTOR]
    held = int(min(state[_RUN], n))
    exact = False
    while not exact and factor > 0.0:
        factor = factor * 10.0 if factor * 10.0 <= LARGEST_FACTOR and factor * 10.0 * n <= LARGEST_UNITS else 0.0
        exact = factor > 0.0
        for place in range(_RING, _RING + held):
            exact = exact and is_exact(state[place], factor, LARGEST_UNITS / n)
    state[_FACTOR] = factor
    _sum_anew(state, n)


@compiled
def _sum_anew(state: Float64Array, n: int) -> None:
    factor = state[_FACTOR]
    total = 0.0
    for place in range(_RING, _RING + int(min(state[_RUN], n))):
        total += np.rint(state[place] * factor) if factor > 0.0 else state[place]
    state[_TOTAL] = total


@entry_of("iiiiffi")
def _fill_exact_sums(result: int, values: int, bars: int, n: int, factor: float, divisor: float, block: int) -> int:
    """The online update over a series known to be exact under `factor`: units of each window / `divisor`.

    Both are exact quotients of the same integers, rounded once; so the bits are those of the online update. Integers
    may be added in any order: four running sums side by side do not wait for each other. Arrays come by address;
    `block` is room for two blocks.
    """
    answers, prices = _view(result, bars), _view(values, bars)
    units, sums = _view(block, _BLOCK), _view(block + 8 * _BLOCK, _BLOCK)
    total = 0.0
    for bar in range(min(n, bars)):
        answers[bar] = np.nan
        total += np.rint(prices[bar] * factor)
    if n <= bars:
        answers[n - 1] = total / divisor
    bar = n
    while bar + _BLOCK <= bars:
        entering, leaving = _view(values + 8 * bar, _BLOCK), _view(values + 8 * (bar - n), _BLOCK)
        for place in range(_BLOCK):
            units[place] = np.rint(entering[place] * factor) - np.rint(leaving[place] * factor)
        total = _divide_sums(_view(result + 8 * bar, _BLOCK), sums, units, total, divisor)
        bar += _BLOCK
    for last in range(bar, bars):
        total += np.rint(prices[last] * factor) - np.rint(prices[last - n] * factor)
        answers[last] = total / divisor
    return 0


@rule
def _divide_sums(result: Float64Array, sums: Float64Array, units: Float64Array, first: float, divisor: float) -> float:
    """The running sums of a block of units from a first one on, divided; the last sum itself."""
    second, third, fourth = 0.0, 0.0, 0.0
    for place in range(_QUARTER):
        first += units[place]
        second += units[place + _QUARTER]
        third += units[place + 2 * _QUARTER]
        fourth += units[place + 3 * _QUARTER]
        sums[place], sums[place + _QUARTER] = first, second
        sums[place + 2 * _QUARTER], sums[place + 3 * _QUARTER] = third, fourth
    second += first
    third += second
    for place in range(_QUARTER):
        result[place] = sums[place] / divisor
    for place in range(_QUARTER):
        result[place + _QUARTER] = (sums[place + _QUARTER] + first) / divisor
    for place in range(_QUARTER):
        result[place + 2 * _QUARTER] = (sums[place + 2 * _QUARTER] + second) / divisor
    for place in range(_QUARTER):
        result[place + 3 * _QUARTER] = (sums[place + 3 * _QUARTER] + third) / divisor
    return third + fourth


def sum_exact(values: Float64Array, n: int, factor: float, divisor: float) -> Float64Array:
    """The sums of windows of values that are exact under `factor`, as units / `divisor`."""
    values = np.ascontiguousarray(values)
    result, block = warm_empty(values.shape), np.empty(2 * _BLOCK)
    _fill_exact_sums(result.ctypes.data, values.ctypes.data, len(values), n, factor, divisor, block.ctypes.data)
    return result


def sum_columns(panel: Float64Array, n: int, factors: Float64Array, divisors: Float64Array) -> Float64Array:
    """`sum_exact` of every column."""
    panel, (rows, count) = np.ascontiguousarray(panel), panel.shape
    result, totals = warm_empty(panel.shape), np.zeros(count)
    answers, values, factor, divisor, total = (
        array.ctypes.data for array in (result, panel, factors, divisors, totals)
    )
    _fill_columns(answers, values, factor, divisor, total, rows, count, n)
    return result


@entry_of("iiiiiiii")
def _fill_columns(
    result: int, panel: int, factors: int, divisors: int, totals: int, rows: int, count: int, n: int
) -> int:
    """Row by row, as a panel lies in memory; arrays come by address, and `totals` are 0."""
    factor, divisor, total = _view(factors, count), _view(divisors, count), _view(totals, count)
    for row in range(min(n, rows)):
        answers, entering = _view(result + 8 * row * count, count), _view(panel + 8 * row * count, count)
        for column in range(count):
            total[column] += np.rint(entering[column] * factor[column])
            answers[column] = np.nan if row < n - 1 else total[column] / divisor[column]
    for row in range(n, rows):
        answers, entering = _view(result + 8 * row * count, count), _view(panel + 8 * row * count, count)
        leaving = _view(panel + 8 * (row - n) * count, count)
        for column in range(count):
            units = np.rint(entering[column] * factor[column]) - np.rint(leaving[column] * factor[column])
            total[column] += units
            answers[column] = total[column] / divisor[column]
    return 0


@compiled
def _fold(values: Float64Array, n: int) -> Float64Array:
    state = new_sum(n)
    result = np.empty_like(values)
    for bar in range(len(values)):
        units, factor = add_to_sum(state, values[bar])
        result[bar] = units / factor
    return result


def _sums(values: Float64Array, n: int) -> Float64Array:
    factor = units_of(values, n).factor
    return sum_exact(values, n, factor, factor) if factor > 0 else _fold(values, n)


def _panel_sums(panel: Float64Array, n: int) -> Float64Array | None:
    factors = factors_of_columns(panel, n)
    return None if factors is None else sum_columns(panel, n, factors, factors)


class RollingSum(Fold):
    """`rolling_sum`, value by value."""

    def __init__(self, n: int) -> None:
        self.warmup = window(n, "rolling_sum") - 1
        self._state = new_sum(int(n))

    def update(self, *values: float) -> float:
        """The sum of the last n values, this one included."""
        units, factor = add_to_sum(self._state, float(values[0]))
        return units / factor


def rolling_sum(values: npt.ArrayLike, n: int) -> Float64Array:
    """The sum of the last n values; NaN for the first n - 1.

    >>> rolling_sum([0.1, 0.2, 0.3, 0.4], 3).tolist()
    [nan, nan, 0.6, 0.9]
    """
    n = window(n, "rolling_sum")
    return fold_arrays("rolling_sum", _sums, (values,), (n,), n - 1, panel=_panel_sums)
