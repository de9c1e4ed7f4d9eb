"""Average directional index (Wilder): how strongly prices trend, 0 to 100, whichever way.

Wilder's running sums of directional movement and true range, seeded with the first n − 1 of them; from those the
directional indicators, their distance over their sum (DX), and Wilder's average of DX seeded with the mean of the first
n. TA-Lib's convention: the first result stands at bar 2n. Source: Wilder (1978).
"""

from __future__ import annotations

import math

import numpy as np

from tickwright.domain.bars import Float64Array
from tickwright.indicators.bar_columns import BarColumns
from tickwright.indicators.compiled import compiled, inlined
from tickwright.indicators.fold import Fold, bars_until_seed_fades, fold_arrays, window
from tickwright.indicators.recursive_average import average_step

# The state is one array: bars in a row, the bar before, the three running sums, values in the average, the average.
_RUN, _HIGH, _LOW, _CLOSE, _UP, _DOWN, _RANGE, _SEEN, _AVERAGE, _SIZE = range(10)


@inlined
def _step(state: Float64Array, high: float, low: float, close: float, n: int) -> float:
    if not (math.isfinite(high) and math.isfinite(low) and math.isfinite(close)):
        state[:] = 0.0
        return np.nan
    state[_RUN] += 1.0
    index = np.nan
    if state[_RUN] > 1.0:
        _add_movement(state, high, low, n)
        if state[_RUN] > n:
            seen, state[_AVERAGE] = average_step(int(state[_SEEN]), state[_AVERAGE], _distance(state), n, 1.0 / n)
            state[_SEEN] = seen
            index = state[_AVERAGE] if seen == n else np.nan
    state[_HIGH], state[_LOW], state[_CLOSE] = high, low, close
    return index


@inlined
def _add_movement(state: Float64Array, high: float, low: float, n: int) -> None:
    """Add this bar's directional movement and true range to the running sums."""
    rise, fall = high - state[_HIGH], state[_LOW] - low
    up = rise if rise > fall and rise > 0.0 else 0.0
    down = fall if fall > rise and fall > 0.0 else 0.0
    reach = max(high, state[_CLOSE]) - min(low, state[_CLOSE])
    kept = 1.0 - 1.0 / n if state[_RUN] > n else 1.0  # the first n − 1 movements are the seed
    state[_UP] = state[_UP] * kept + up
    state[_DOWN] = state[_DOWN] * kept + down
    state[_RANGE] = state[_RANGE] * kept + reach


@inlined
def _distance(state: Float64Array) -> float:
    """The distance of the two directional indicators over their sum; 0 where nothing moves."""
    both = state[_UP] + state[_DOWN]
    return 100.0 * abs(state[_UP] - state[_DOWN]) / both if both > 0.0 else 0.0


@compiled
def _fold(high: Float64Array, low: Float64Array, close: Float64Array, n: int) -> Float64Array:
    state = np.zeros(_SIZE)
    result = np.empty_like(close)
    for bar in range(len(close)):
        result[bar] = _step(state, high[bar], low[bar], close[bar], n)
    return result


@compiled
def _update(state: Float64Array, high: float, low: float, close: float, n: int) -> float:
    return _step(state, high, low, close, n)


def adx_warmup(n: int) -> int:
    """Bars until the weight of both seeds is below one per cent."""
    return 2 * n - 1 + 2 * bars_until_seed_fades(1 / n)


class Adx(Fold):
    """`adx`, bar by bar."""

    def __init__(self, n: int = 14) -> None:
        self._n = window(n, "adx", least=2)
        self.warmup = adx_warmup(self._n)
        self._state = np.zeros(_SIZE)

    def update(self, *values: float) -> float:
        """The index after the next bar, given (high, low, close)."""
        high, low, close = values
        return _update(self._state, float(high), float(low), float(close), self._n)


def adx(bars: BarColumns, n: int = 14) -> Float64Array:
    """The strength of the trend, 0 to 100; NaN for the first 2n - 1 bars."""
    n = window(n, "adx", least=2)
    return fold_arrays("adx", _fold, (bars.high, bars.low, bars.close), (n,), adx_warmup(n))
