"""Moving average convergence divergence: a fast exponential average minus a slow one, and the average of that.

TA-Lib's convention: alpha = 2 / (n + 1), the fast average starts later so that the seeds of both end at the same value,
the signal is seeded with the mean of the line's first values. Achelis' book uses the constants 0.15 and 0.075 and other
seeds: there are three different "MACD(12, 26)".
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from tickwright.domain.bars import Float64Array
from tickwright.domain.errors import UsageError
from tickwright.indicators.compiled import compiled, inlined
from tickwright.indicators.ema import Ema, ema, ema_warmup
from tickwright.indicators.fold import fold_arrays, window
from tickwright.indicators.recursive_average import average_step

_State = tuple[int, float, int, float]


class MacdLines(NamedTuple):
    """The line and its signal, in the unit of the series."""

    line: Float64Array
    signal: Float64Array

    @property
    def histogram(self) -> Float64Array:
        """The line above its signal."""
        return self.line - self.signal


@inlined
def _step(
    fast_seen: int, fast_average: float, slow_seen: int, slow_average: float, value: float, fast: int, slow: int
) -> _State:
    """Both averages after one more value: (seen, average) of the fast and of the slow one."""
    if not math.isfinite(value):
        return 0, 0.0, 0, 0.0
    if slow_seen >= slow - fast:
        fast_seen, fast_average = average_step(fast_seen, fast_average, value, fast, 2.0 / (fast + 1))
    slow_seen, slow_average = average_step(slow_seen, slow_average, value, slow, 2.0 / (slow + 1))
    return fast_seen, fast_average, slow_seen, slow_average


@compiled
def _fold(values: Float64Array, fast: int, slow: int) -> Float64Array:
    result = np.empty_like(values)
    fast_seen, fast_average, slow_seen, slow_average = 0, 0.0, 0, 0.0
    for bar in range(len(values)):
        fast_seen, fast_average, slow_seen, slow_average = _step(
            fast_seen, fast_average, slow_seen, slow_average, values[bar], fast, slow
        )
        result[bar] = fast_average - slow_average if slow_seen == slow else np.nan
    return result


class Macd:
    """`macd`, value by value."""

    def __init__(self, fast: int = 12, slow: int = 26, signal: int = 9) -> None:
        self._fast, self._slow = _checked(fast, slow)
        self._state: _State = (0, 0.0, 0, 0.0)
        self._signal = Ema(signal)
        self.warmup = ema_warmup(self._slow) + self._signal.warmup

    def update(self, value: float) -> tuple[float, float]:
        """(line, signal) after this value, NaN while history is short."""
        self._state = _step(*self._state, float(value), self._fast, self._slow)
        _, fast_average, slow_seen, slow_average = self._state
        line = fast_average - slow_average if slow_seen == self._slow else np.nan
        return line, self._signal.update(line)


def macd(values: npt.ArrayLike, fast: int = 12, slow: int = 26, signal: int = 9) -> MacdLines:
    """The line and its signal; NaN for the first slow - 1 and the first slow + signal - 2 values."""
    fast, slow = _checked(fast, slow)
    line = fold_arrays("macd", _fold, (values,), (fast, slow), ema_warmup(slow))
    return MacdLines(line, ema(line, signal))


def _checked(fast: int, slow: int) -> tuple[int, int]:
    if not window(fast, "macd") < window(slow, "macd"):
        raise UsageError(f"a fast average of {fast} and a slow one of {slow}", where="macd", expected="fast below slow")
    return int(fast), int(slow)
