"""Buy once, hold to the end: what every other strategy has to beat."""

from __future__ import annotations

import numpy as np

from tickwright.strategy_api.indicator_arrays import Array, Indicators
from tickwright.strategy_api.strategy import Strategy
from tickwright.strategy_api.views import StrategyBars


class BuyAndHold(Strategy):
    """Buy at the first opportunity and never sell.

    Idea: the return of the market itself, costs of one purchase included.
    Fails: in every bear market, in full.
    """

    def targets(self, bars: StrategyBars, ind: Indicators) -> Array:
        return np.ones(len(bars), np.bool_)
