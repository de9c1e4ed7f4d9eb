"""On-balance volume: volumes added on rising closes and taken off on falling ones, from the first bar on.

A running total: its level depends on where history begins, only its changes mean something. TA-Lib's OBV, which begins
with the first bar's volume. Source: Granville (1963). A missing bar is skipped: NaN there, and the total goes on.
"""

from __future__ import annotations

import math

import numpy as np

from tickwright.domain.bars import Float64Array
from tickwright.indicators.bar_columns import BarColumns
from tickwright.indicators.compiled import compiled, inlined
from tickwright.indicators.fold import Fold, fold_arrays


@inlined
def _step(total: float, last: float, close: float, volume: float) -> tuple[float, float]:
    """(total, last close) after one more bar; the last close is NaN before the first."""
    if math.isnan(last) or close > last:
        return total + volume, close
    return (total - volume, close) if close < last else (total, close)


@inlined
def _known(close: float, volume: float) -> bool:
    return math.isfinite(close) and math.isfinite(volume)


@compiled
def _fold(close: Float64Array, volume: Float64Array) -> Float64Array:
    result = np.full_like(close, np.nan)
    total, last = 0.0, np.nan
    for bar in range(len(close)):
        if _known(close[bar], volume[bar]):
            total, last = _step(total, last, close[bar], volume[bar])
            result[bar] = total
    return result


class Obv(Fold):
    """`obv`, bar by bar."""

    warmup = 0

    def __init__(self) -> None:
        self._total, self._last = 0.0, np.nan

    def update(self, *values: float) -> float:
        """The total after the next bar, given (close, volume)."""
        close, volume = float(values[0]), float(values[1])
        if not _known(close, volume):
            return np.nan
        self._total, self._last = _step(self._total, self._last, close, volume)
        return self._total


def obv(bars: BarColumns) -> Float64Array:
    """The running total of signed volume, in base units."""
    return fold_arrays("obv", _fold, (bars.close, bars.volume), (), 0)
