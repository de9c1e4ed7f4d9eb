"""Two moving averages: in the market while the fast one is above the slow one."""

from __future__ import annotations

from tickwright.indicators.sma import sma
from tickwright.strategy_api.indicator_arrays import Array, Indicators
from tickwright.strategy_api.parameters import integer
from tickwright.strategy_api.strategy import Strategy
from tickwright.strategy_api.views import StrategyBars


class SmaCross(Strategy):
    """Long while the fast average is above the slow one, otherwise flat.

    Idea: trends last longer than chance would have them; an average turns late but does not argue.
    Source: Brock, Lakonishok and LeBaron, Simple Technical Trading Rules (Journal of Finance, 1992).
    Fails: in sideways markets, where every crossing is a false start that pays costs twice.
    """

    fast = integer(20, low=2, high=200, doc="bars in the fast average")
    slow = integer(50, low=3, high=400, doc="bars in the slow average")

    def valid(self) -> bool:
        return self.fast < self.slow

    def indicators(self, bars: StrategyBars) -> dict[str, Array]:
        return {"fast": sma(bars.close, self.fast), "slow": sma(bars.close, self.slow)}

    def targets(self, bars: StrategyBars, ind: Indicators) -> Array:
        return ind.fast > ind.slow
