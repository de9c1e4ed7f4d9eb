"""Donchian channel: the highest high and the lowest low of the last n bars, this one included.

A breakout compares the close with the channel of the bars before: `bars.close > lag(donchian(bars, 20).upper)`.
"""

from __future__ import annotations

from typing import NamedTuple

from tickwright.domain.bars import Float64Array
from tickwright.indicators.bar_columns import BarColumns
from tickwright.indicators.rolling_max import RollingMax, rolling_max
from tickwright.indicators.rolling_min import RollingMin, rolling_min


class Channel(NamedTuple):
    """The edges of a channel, in price, and their mean."""

    upper: Float64Array
    lower: Float64Array

    @property
    def middle(self) -> Float64Array:
        """Half way between the edges."""
        return (self.upper + self.lower) / 2


class Donchian:
    """`donchian`, bar by bar."""

    def __init__(self, n: int = 20) -> None:
        self._upper, self._lower = RollingMax(n), RollingMin(n)
        self.warmup = self._upper.warmup

    def update(self, high: float, low: float) -> tuple[float, float]:
        """(upper, lower) after the next bar, NaN while history is short."""
        return self._upper.update(high), self._lower.update(low)


def donchian(bars: BarColumns, n: int = 20) -> Channel:
    """The channel of the last n bars; NaN for the first n - 1."""
    return Channel(rolling_max(bars.high, n), rolling_min(bars.low, n))
