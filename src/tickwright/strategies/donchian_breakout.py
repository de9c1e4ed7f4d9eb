"""New highs: in when the close leaves the channel upwards, out when it falls through a shorter one."""

from __future__ import annotations

from tickwright.indicators.rolling_max import rolling_max
from tickwright.indicators.rolling_min import rolling_min
from tickwright.strategy_api.indicator_arrays import Array, Indicators
from tickwright.strategy_api.parameters import integer
from tickwright.strategy_api.signals import hold, lag
from tickwright.strategy_api.strategy import Strategy
from tickwright.strategy_api.views import StrategyBars


class DonchianBreakout(Strategy):
    """Long from a close above the highest high of the bars before until one below the lowest low of fewer bars.

    Idea: a price nobody has paid lately is news; give it room, leave when it is taken back.
    Source: the Turtle rules (Dennis and Eckhardt, 1983), long side without pyramiding.
    Fails: in ranges, where it buys the top of each; most trades lose a little, few win much.
    """

    entry = integer(55, low=5, high=400, doc="bars whose highest high must be broken")
    exit = integer(20, low=3, high=200, doc="bars whose lowest low ends the trade")

    def valid(self) -> bool:
        return self.exit <= self.entry

    def indicators(self, bars: StrategyBars) -> dict[str, Array]:
        return {"upper": lag(rolling_max(bars.high, self.entry)), "lower": lag(rolling_min(bars.low, self.exit))}

    def targets(self, bars: StrategyBars, ind: Indicators) -> Array:
        return hold(bars.close > ind.upper, exit=bars.close < ind.lower)
