"""What a callback sees of the present bar: its prices, the bars up to it, the indicators' values at it.

Invariant: one object per symbol serves a whole run; it always shows the bar that closed now, and nothing after it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from tickwright.domain.bars import Float64Array
from tickwright.domain.spelling import did_you_mean
from tickwright.strategy_api.indicator_arrays import Indicators
from tickwright.strategy_api.views import COLUMNS, StrategyBars


def _missing(name: str, where: str, known: Iterable[str]) -> AttributeError:
    return AttributeError(f"{where} has no {name!r}. {did_you_mean(name, known)}")


class Bar:
    """The closed bar a callback is called with; one object per symbol, always showing the present bar.

    A column becomes floats when it is first read.
    """

    __slots__ = (
        "_bars", "_close", "_high", "_low", "_open", "_open_time_ns", "_volume", "index", "length_ns", "symbol",
    )  # fmt: skip

    _open: Sequence[float]
    _high: Sequence[float]
    _low: Sequence[float]
    _close: Sequence[float]
    _volume: Sequence[float]
    _open_time_ns: Sequence[int]

    def __init__(self, bars: StrategyBars) -> None:
        self.symbol, self.length_ns, self.index = bars.symbol, bars.timeframe.length_ns, 0
        self._bars = bars

    def __getattr__(self, name: str) -> Any:
        """A column that is read for the first time: its slot is still empty."""
        if name not in Bar.__slots__:
            raise _missing(name, "a bar", (*COLUMNS, "open_time_ns", "close_time_ns", "length_ns", "symbol", "index"))
        column = getattr(self._bars, name[1:]).data
        setattr(self, name, column)
        return column

    @property
    def open(self) -> float:
        """The first price."""
        return self._open[self.index]

    @property
    def high(self) -> float:
        """The highest price."""
        return self._high[self.index]

    @property
    def low(self) -> float:
        """The lowest price."""
        return self._low[self.index]

    @property
    def close(self) -> float:
        """The last price."""
        return self._close[self.index]

    @property
    def volume(self) -> float:
        """What was traded, in base units."""
        return self._volume[self.index]

    @property
    def open_time_ns(self) -> int:
        """When the bar opened."""
        return self._open_time_ns[self.index]

    @property
    def close_time_ns(self) -> int:
        """When the bar closed: the present instant."""
        return self._open_time_ns[self.index] + self.length_ns


class PastBars:
    """The bars up to now: `ctx.bars.close[-1]` is the last close; views, never copies."""

    __slots__ = ("_bar", "_bars")

    def __init__(self, bars: StrategyBars, bar: Bar) -> None:
        self._bars, self._bar = bars, bar

    def __len__(self) -> int:
        return self._bar.index + 1

    def __getattr__(self, name: str) -> Float64Array:
        known = (*COLUMNS, "open_time_ns", "close_time_ns")
        if name not in known:
            raise _missing(name, "ctx.bars", known)
        column: Float64Array = getattr(self._bars, name)
        return column[: self._bar.index + 1]


class PresentIndicators:
    """Indicators at this instant: `ctx.ind.fast` is a number, `ctx.ind["fast"]` the view up to now."""

    __slots__ = ("_arrays", "_bar")

    def __init__(self, arrays: Indicators, bar: Bar) -> None:
        self._arrays, self._bar = arrays, bar

    def let_go(self) -> None:
        """The run is over: forget the numbers, which their class, a circle, would keep until it is collected."""
        for name in self._arrays:
            if name in vars(type(self)):
                delattr(type(self), name)

    def __getattr__(self, name: str) -> Any:
        """A name that is no property: the arrays say which there are."""
        if name.startswith("_"):
            raise AttributeError(name)
        return self._arrays[name]

    def __getitem__(self, name: str) -> Any:
        return self._arrays[name][: self._bar.index + 1]


def present_indicators(arrays: Indicators, bar: Bar) -> PresentIndicators:
    """Indicators as numbers: one property per name, over memory that is read without making an array."""
    properties = {name: _present(np.ascontiguousarray(arrays[name]).data, bar) for name in arrays}
    made: PresentIndicators = type("Indicators", (PresentIndicators,), {"__slots__": (), **properties})(arrays, bar)
    return made


def _present(values: memoryview, bar: Bar) -> property:
    return property(lambda self: values[bar.index])
