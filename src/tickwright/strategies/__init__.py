"""The strategies that ship, one per file: simple, documented, and honest about when they fail.

`buy_and_hold` the yardstick; `sma_cross` trend by two averages; `donchian_breakout` trend by new highs;
`rsi_reversion` buying weakness; `weekly_momentum` the strongest of many.
"""

from tickwright.strategies.buy_and_hold import BuyAndHold
from tickwright.strategies.donchian_breakout import DonchianBreakout
from tickwright.strategies.rsi_reversion import RsiReversion
from tickwright.strategies.sma_cross import SmaCross
from tickwright.strategies.weekly_momentum import WeeklyMomentum

__all__ = ["BuyAndHold", "DonchianBreakout", "RsiReversion", "SmaCross", "WeeklyMomentum"]
