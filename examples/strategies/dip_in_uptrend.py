"""Two timeframes in one rule: hours say when to buy, days say whether to."""

from tickwright import Strategy, hold, informative, integer, real, rsi, sma


class DipInUptrend(Strategy):
    """Buy an oversold hour while the last closed day stands above its average."""

    timeframe = "1h"
    length = integer(14, low=2, high=100, doc="hours in the relative strength index")
    oversold = real(30, low=5, high=50, doc="buy below this index")
    days = integer(50, low=5, high=200, doc="days in the average that says where the trend is")

    @informative("1d")
    def daily(self, bars):
        return {"up": bars.close > sma(bars.close, self.days)}

    def indicators(self, bars):
        return {"rsi": rsi(bars.close, self.length)}

    def targets(self, bars, ind):
        return hold((ind.rsi < self.oversold) & ind.up_1d, exit=ind.rsi > 55)
