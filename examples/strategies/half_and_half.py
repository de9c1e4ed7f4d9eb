"""A strategy made of strategies: half the money follows a trend, half buys dips, all scaled to a volatility."""

from tickwright import RsiReversion, SmaCross, blend, volatility_target


class HalfAndHalf(volatility_target(blend(trend=SmaCross, dips=RsiReversion))):
    """Two opposite ideas, sized so that a calm market gets more than a wild one.

    Parameters of the parts keep their place in their names: `strategy_trend_fast`, `strategy_dips_length`.
    """
