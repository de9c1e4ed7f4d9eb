"""The strongest of many: each week, equal shares of the symbols that rose most."""

from __future__ import annotations

from typing import ClassVar

from tickwright.indicators.roc import roc
from tickwright.strategy_api.acts import Acts, every
from tickwright.strategy_api.indicator_arrays import Array
from tickwright.strategy_api.parameters import integer, real
from tickwright.strategy_api.signals import rank, where
from tickwright.strategy_api.strategy import Strategy
from tickwright.strategy_api.views import StrategyMarket


class WeeklyMomentum(Strategy):
    """Each Monday, equal shares of the `hold` symbols that rose most over `days`, of those that rose at all.

    Idea: what has risen against its peers tends to go on rising for weeks.
    Source: Jegadeesh and Titman, Returns to Buying Winners and Selling Losers (Journal of Finance, 1993); for crypto
    Liu, Tsyvinski and Wu, Common Risk Factors in Cryptocurrency (Journal of Finance, 2022).
    Fails: at turning points, where last month's winners fall together and first.
    """

    acts: ClassVar[Acts] = every("1w", band=0.02)

    days = integer(28, low=2, high=365, doc="days over which strength is measured")
    hold = integer(5, low=1, high=50, doc="symbols held at most")
    invested = real(1.0, low=0.05, high=1.0, doc="fraction of equity when all places are taken")

    def weights(self, market: StrategyMarket) -> Array:
        strength = roc(market.close, market.bars_in(f"{self.days}d"))
        return where((rank(strength) <= self.hold) & (strength > 0), self.invested / self.hold, 0.0)
