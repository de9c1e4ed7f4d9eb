"""Bollinger bands: the simple average and lines some standard deviations above and below it.

Population deviation (ddof 0), as in Bollinger's book and TA-Lib's BBANDS.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy.typing as npt

from tickwright.domain.bars import Float64Array
from tickwright.indicators.rolling_std import RollingStd, rolling_std
from tickwright.indicators.sma import Sma, sma


class Bands(NamedTuple):
    """The three lines, in the unit of the series."""

    upper: Float64Array
    middle: Float64Array
    lower: Float64Array


class Bollinger:
    """`bollinger`, value by value."""

    def __init__(self, n: int = 20, deviations: float = 2.0) -> None:
        self._middle, self._deviation, self._deviations = Sma(n), RollingStd(n), deviations
        self.warmup = self._middle.warmup

    def update(self, value: float) -> tuple[float, float, float]:
        """(upper, middle, lower) after this value, NaN while history is short."""
        middle, reach = self._middle.update(value), self._deviations * self._deviation.update(value)
        return middle + reach, middle, middle - reach


def bollinger(values: npt.ArrayLike, n: int = 20, deviations: float = 2.0) -> Bands:
    """The bands of the last n values; NaN for the first n - 1.

    >>> [line.tolist()[-1] for line in bollinger([1.0, 3.0, 1.0, 3.0], 4)]
    [4.0, 2.0, 0.0]
    """
    middle, reach = sma(values, n), deviations * rolling_std(values, n)
    return Bands(middle + reach, middle, middle - reach)
