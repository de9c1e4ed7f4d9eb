"""Indicators from another timeframe or symbol, seen only once their bar has closed.

Invariants: at each bar a strategy sees the last informative bar whose close is not after this bar's close; a value not
known yet is NaN, a condition not known yet is False. Where the higher timeframe is not supplied it is made from the
strategy's own bars, and only closed bars that began inside the data are made.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from tickwright.domain.bars import Int64Array
from tickwright.domain.instrument import InstrumentId
from tickwright.domain.timeframe import Timeframe
from tickwright.strategy_api.indicator_arrays import Array
from tickwright.strategy_api.views import StrategyBars

Method = Callable[[Any, StrategyBars], Mapping[str, Array]]


@dataclass(frozen=True, slots=True)
class Informative:
    """One decorated method: from which timeframe and symbol (None for the strategy's own) it reads."""

    method: Method
    timeframe: Timeframe
    symbol: str | None

    @property
    def key(self) -> tuple[str, str | None]:
        """How its bars are handed in: (timeframe, symbol or None)."""
        return self.timeframe.name, self.symbol

    @property
    def suffix(self) -> str:
        """What is added to its names: `_1d`, or `_btc_1d` where a symbol is named."""
        base = "" if self.symbol is None else f"_{InstrumentId.parse(self.symbol, exchange='any').base.lower()}"
        return f"{base}_{self.timeframe.name}"


def informative(timeframe: str, symbol: str | None = None) -> Callable[[Method], Method]:
    """Mark a method `(self, bars) -> {name: array}` as computed on another timeframe or symbol.

    Its names reach the strategy with the timeframe behind them: `up` from `@informative("1d")` is `ind.up_1d`, and
    from `@informative("1d", symbol="BTC/USDT")` it is `ind.up_btc_1d`.
    """
    parsed = Timeframe.parse(timeframe, where="informative")
    named = None if symbol is None else InstrumentId.parse(symbol, exchange="any", where="informative").symbol

    def mark(method: Method) -> Method:
        method.__dict__["informative"] = Informative(method, parsed, named)
        return method

    return mark


def informatives_of(strategy: type) -> tuple[Informative, ...]:
    """The marked methods of a class, inherited ones first."""
    return _collected(strategy)


@lru_cache(maxsize=256)  # a sweep asks for every trial
def _collected(strategy: type) -> tuple[Informative, ...]:
    found: dict[str, Informative] = {}
    for owner in reversed(strategy.__mro__):
        for name, attribute in vars(owner).items():
            found.pop(name, None)
            mark = getattr(attribute, "informative", None)
            if isinstance(mark, Informative):
                found[name] = mark
    return tuple(found.values())


def last_closed(close_time_ns: Int64Array, informative_close_ns: Int64Array) -> Int64Array:
    """For each bar the index of the last informative bar that closed not after it, -1 before the first."""
    places: Int64Array = np.searchsorted(informative_close_ns, close_time_ns, side="right").astype(np.int64) - 1
    return places


def aligned(values: Array, places: Int64Array) -> Array:
    """Informative values at each bar: NaN, or False for conditions, where `places` is -1."""
    if len(values) == 0:
        return np.zeros(len(places), np.bool_) if values.dtype == np.bool_ else np.full(len(places), np.nan)
    known = places >= 0
    taken = values[np.maximum(places, 0)]
    if values.dtype == np.bool_:
        return taken & known
    return np.where(known, taken, np.nan)
