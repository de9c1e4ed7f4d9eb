"""Buying weakness: in when the relative strength index is low, out when it has recovered."""

from __future__ import annotations

from tickwright.indicators.rsi import rsi
from tickwright.strategy_api.indicator_arrays import Array, Indicators
from tickwright.strategy_api.parameters import integer, real
from tickwright.strategy_api.signals import hold
from tickwright.strategy_api.strategy import Strategy
from tickwright.strategy_api.views import StrategyBars


class RsiReversion(Strategy):
    """Long from an oversold index until it has recovered, otherwise flat.

    Idea: after a sharp fall sellers are exhausted and the price returns part of the way.
    Source: Wilder, New Concepts in Technical Trading Systems (1978).
    Fails: in a crash, where weak becomes weaker; there is no stop here.
    """

    length = integer(14, low=2, high=100, doc="bars in the index")
    oversold = real(30, low=1, high=50, doc="buy below this index")
    recovered = real(55, low=20, high=99, doc="sell above this index")

    def valid(self) -> bool:
        return self.oversold < self.recovered

    def indicators(self, bars: StrategyBars) -> dict[str, Array]:
        return {"rsi": rsi(bars.close, self.length)}

    def targets(self, bars: StrategyBars, ind: Indicators) -> Array:
        return hold(ind.rsi < self.oversold, exit=ind.rsi > self.recovered)
