"""Targets with protective exits: the crossing says when, the stop says what the mistake may cost."""

from tickwright import Exits, Strategy, atr, integer, real, sma


class SmaCrossStop(Strategy):
    """Long while the fast average is above the slow one, with a volatility stop and a fixed target."""

    timeframe = "1h"
    fast = integer(20, low=2, high=200, doc="bars in the fast average")
    slow = integer(50, low=3, high=400, doc="bars in the slow average")
    room = real(3.0, low=0.5, high=10, doc="average true ranges between entry and stop")

    def valid(self):
        return self.fast < self.slow

    def indicators(self, bars):
        return {"fast": sma(bars.close, self.fast), "slow": sma(bars.close, self.slow), "atr": atr(bars, 14)}

    def targets(self, bars, ind):
        return ind.fast > ind.slow

    def exits(self, bars, ind):
        return Exits(stop=self.room * ind.atr / bars.close, target=0.06)
