"""The standard deviation of the last n values.

Population deviation by default (ddof 0), as TA-Lib's STDDEV; ddof 1 is the sample's. For prices the sums are integers
around a reference inside the window, so the deviation of equal prices is exactly 0 and nothing drifts. Other series,
and windows wider than 3·10⁹ / n units, use floats, summed anew every n values.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from tickwright.domain.bars import Float64Array, Int64Array
from tickwright.domain.errors import UsageError
from tickwright.indicators.compiled import compiled, inlined
from tickwright.indicators.decimal_units import LARGEST_FACTOR, LARGEST_UNITS, is_exact, units_of
from tickwright.indicators.fold import Fold, fold_arrays, window

# Integers: values in a row, cursor of the ring, equal values in a row, reference, and the sums of the distances from
# it and of their squares. Floats: the factor (0: sums are floats), the reference and the two sums as floats, the ring.
_RUN, _CURSOR, _EQUAL, _CENTRE, _SUM, _SQUARES = range(6)
_FACTOR, _F_CENTRE, _F_SUM, _F_SQUARES, _RING = range(5)
_LARGEST_SPAN = 3.0e9


@compiled
def new_moments(n: int) -> tuple[Int64Array, Float64Array]:
    """The state before the first value."""
    floats = np.zeros(_RING + n)
    floats[_FACTOR] = 1.0
    return np.zeros(6, np.int64), floats


@inlined
def moments_step(whole: Int64Array, floats: Float64Array, value: float) -> tuple[float, float]:
    """(mean, sum of squared distances from it) of the last n values, NaN while history is short."""
    n = len(floats) - _RING
    if not math.isfinite(value):
        whole[_RUN] = whole[_CURSOR] = whole[_EQUAL] = whole[_SUM] = whole[_SQUARES] = 0
        return np.nan, np.nan
    place = _RING + whole[_CURSOR]
    leaving, full = floats[place], whole[_RUN] >= n
    previous = floats[place - 1] if whole[_CURSOR] > 0 else floats[-1]
    whole[_EQUAL] = whole[_EQUAL] + 1 if whole[_RUN] > 0 and previous == value else 1
    floats[place] = value
    whole[_CURSOR] = whole[_CURSOR] + 1 if whole[_CURSOR] + 1 < n else 0
    whole[_RUN] += 1
    if floats[_FACTOR] > 0.0:
        _move_integers(whole, floats, n, value, leaving, full)
    else:
        _move_floats(whole, floats, n, value, leaving, full)
    return _moments(whole, floats, n, value)


@inlined
def _moments(whole: Int64Array, floats: Float64Array, n: int, value: float) -> tuple[float, float]:
    if whole[_RUN] < n:
        return np.nan, np.nan
    if whole[_EQUAL] >= n:
        return value, 0.0
    factor = floats[_FACTOR]
    if factor > 0.0:
        return _of_integers(n, factor, whole[_CENTRE], whole[_SUM], whole[_SQUARES])
    mean = floats[_F_CENTRE] + floats[_F_SUM] / n
    return mean, max(floats[_F_SQUARES] - floats[_F_SUM] * floats[_F_SUM] / n, 0.0)


@inlined
def _of_integers(n: int, factor: float, centre: int, total: int, squares: int) -> tuple[float, float]:
    mean = float(n * centre + total) / (n * factor)
    return mean, float(n * squares - total * total) / n / (factor * factor)


@inlined
def _move_integers(whole: Int64Array, floats: Float64Array, n: int, value: float, leaving: float, full: bool) -> None:
    factor = floats[_FACTOR]
    if not is_exact(value, factor, LARGEST_UNITS / n):
        _refine(whole, floats, n)
        return
    distance = int(np.rint(value * factor)) - whole[_CENTRE]
    if abs(distance) * n > _LARGEST_SPAN:
        _centre_integers(whole, floats, n)
        return
    whole[_SUM] += distance
    whole[_SQUARES] += distance * distance
    if full:
        gone = int(np.rint(leaving * factor)) - whole[_CENTRE]
        whole[_SUM] -= gone
        whole[_SQUARES] -= gone * gone


@compiled
def _refine(whole: Int64Array, floats: Float64Array, n: int) -> None:
    """Take the next finer factor under which all values are exact, or go over to floats."""
    factor = floats[_FACTOR]
    held = min(whole[_RUN], n)
    exact = False
    while not exact and factor > 0.0:
        factor = factor * 10.0 if factor * 10.0 <= LARGEST_FACTOR and factor * 10.0 * n <= LARGEST_UNITS else 0.0
        exact = factor > 0.0
        for place in range(_RING, _RING + held):
            exact = exact and is_exact(floats[place], factor, LARGEST_UNITS / n)
    floats[_FACTOR] = factor
    if factor > 0.0:
        _centre_integers(whole, floats, n)
    else:
        _centre_floats(whole, floats, n)


@compiled
def _centre_integers(whole: Int64Array, floats: Float64Array, n: int) -> None:
    """Take the middle of the window as reference and sum anew; windows that are too wide go over to floats."""
    factor = floats[_FACTOR]
    last = _RING + min(whole[_RUN], n)
    lowest, highest = np.inf, -np.inf
    for place in range(_RING, last):
        lowest, highest = min(lowest, floats[place]), max(highest, floats[place])
    centre = int(np.rint((highest / 2 + lowest / 2) * factor))
    whole[_CENTRE], whole[_SUM], whole[_SQUARES] = centre, 0, 0
    if (highest - lowest) * factor * n > _LARGEST_SPAN:
        floats[_FACTOR] = 0.0
        _centre_floats(whole, floats, n)
        return
    for place in range(_RING, last):
        distance = int(np.rint(floats[place] * factor)) - centre
        whole[_SUM] += distance
        whole[_SQUARES] += distance * distance


@inlined
def _move_floats(whole: Int64Array, floats: Float64Array, n: int, value: float, leaving: float, full: bool) -> None:
    if whole[_CURSOR] == 0 or not full:
        _centre_floats(whole, floats, n)
        return
    distance, gone = value - floats[_F_CENTRE], leaving - floats[_F_CENTRE]
    floats[_F_SUM] += distance - gone
    floats[_F_SQUARES] += distance * distance - gone * gone


@compiled
def _centre_floats(whole: Int64Array, floats: Float64Array, n: int) -> None:
    """Take the mean of the window as reference and sum anew."""
    last = _RING + min(whole[_RUN], n)
    centre = 0.0
    for place in range(_RING, last):
        centre += (floats[place] - centre) / (place - _RING + 1)
    floats[_F_CENTRE], floats[_F_SUM], floats[_F_SQUARES] = centre, 0.0, 0.0
    for place in range(_RING, last):
        distance = floats[place] - centre
        floats[_F_SUM] += distance
        floats[_F_SQUARES] += distance * distance


@compiled
def moments_exact(values: Float64Array, n: int, factor: float, centre: int) -> tuple[Float64Array, Float64Array]:
    """The online update over a series whose windows fit around one reference: the same integers, the same bits."""
    means, squares = np.full(len(values), np.nan), np.full(len(values), np.nan)
    total, total_squares = 0, 0
    for bar in range(len(values)):
        distance = int(np.rint(values[bar] * factor)) - centre
        total += distance
        total_squares += distance * distance
        if bar >= n - 1:
            means[bar], squares[bar] = _of_integers(n, factor, centre, total, total_squares)
            gone = int(np.rint(values[bar - n + 1] * factor)) - centre
            total -= gone
            total_squares -= gone * gone
    return means, squares


@compiled
def _moments_fold(values: Float64Array, n: int) -> tuple[Float64Array, Float64Array]:
    whole, floats = new_moments(n)
    means, squares = np.empty_like(values), np.empty_like(values)
    for bar in range(len(values)):
        means[bar], squares[bar] = moments_step(whole, floats, values[bar])
    return means, squares


def moments(values: Float64Array, n: int) -> tuple[Float64Array, Float64Array]:
    """Mean and sum of squared distances from it of the last n values at each value."""
    factor, lowest, highest = units_of(values, n)
    if factor > 0 and (highest - lowest) * n <= _LARGEST_SPAN:
        return moments_exact(values, n, factor, int(highest + lowest) // 2)
    return _moments_fold(values, n)


def _deviations(values: Float64Array, n: int, ddof: int) -> Float64Array:
    deviations: Float64Array = np.sqrt(moments(values, n)[1] / (n - ddof))
    return deviations


class RollingStd(Fold):
    """`rolling_std`, value by value."""

    def __init__(self, n: int, ddof: int = 0) -> None:
        self._n, self._ddof = _checked(n, ddof)
        self.warmup = self._n - 1
        self._whole, self._floats = new_moments(self._n)

    def update(self, *values: float) -> float:
        """The deviation of the last n values, this one included."""
        _, squares = moments_step(self._whole, self._floats, float(values[0]))
        return math.sqrt(squares / (self._n - self._ddof))


def rolling_std(values: npt.ArrayLike, n: int, ddof: int = 0) -> Float64Array:
    """The standard deviation of the last n values, divided by n − ddof; NaN for the first n - 1.

    >>> rolling_std([1.0, 3.0, 3.0, 3.0], 2).tolist()
    [nan, 1.0, 0.0, 0.0]
    """
    n, ddof = _checked(n, ddof)
    return fold_arrays("rolling_std", _deviations, (values,), (n, ddof), n - 1)


def _checked(n: int, ddof: int) -> tuple[int, int]:
    if ddof not in (0, 1):
        raise UsageError(f"ddof of {ddof!r}", where="rolling_std", expected="0 (population) or 1 (sample)")
    return window(n, "rolling_std", least=1 + ddof), ddof
