"""A first backtest in Python, cell by cell: run `python examples/first_backtest.py [PROJECT]`, or its cells alone.

PROJECT holds stored candles of BTC/USDT and ETH/USDT 1h; the demo leaves one in `tickwright-demo`.
"""

# %% What there is
import sys

import tickwright as tw

project = sys.argv[1] if len(sys.argv) > 1 else "tickwright-demo"
market = tw.load(["BTC/USDT", "ETH/USDT"], "1h", home=project)

# %% A shipped strategy, with its own parameters and costs
run = tw.backtest(tw.SmaCross(fast=20, slow=50), market, cash=100_000, fee="10bp", spread="1bp")
print(run.stats)
print(run.trades.head())
print("fills", run.digest)


# %% A strategy of one's own: bars in, the wanted share of the money out
class Breakout(tw.Strategy):
    """Long from a new high until a new low of half as many bars."""

    length = tw.integer(100, low=10, high=500, doc="bars whose high must be broken")

    def indicators(self, bars):
        channel, shorter = tw.donchian(bars, self.length), tw.donchian(bars, self.length // 2)
        return {"high": tw.lag(channel.upper), "low": tw.lag(shorter.lower)}

    def targets(self, bars, ind):
        return tw.hold(bars.close > ind.high, exit=bars.close < ind.low)


own = tw.backtest(Breakout, market)
print(own.stats)

# %% The same strategy over a grid, with the number of trials it took to find the best
search = tw.sweep(Breakout, market, {"length": "50:150:50"})
print(search.best("sharpe"))

# %% What every strategy should be asked before it is believed
from tickwright.checks.strategy import check_strategy  # noqa: E402

print(check_strategy(Breakout))
