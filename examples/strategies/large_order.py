"""A large order in small ones: bought fast at first, so that little waits at risk, and never overfilled."""

from tickwright import Strategy, integer, real
from tickwright.execution import LinearImpact, ParentOrder, almgren_chriss_schedule


class LargeOrder(Strategy):
    """Put most of the cash into the symbol over a number of hours, as Almgren and Chriss would.

    Idea: each hour's piece pays impact, and what is not bought yet bears the price; the plan weighs one against
    the other. Fails: nothing here says that buying is a good idea.
    """

    timeframe = "1h"
    hours = integer(48, low=2, high=500, doc="hours until all is bought")
    share = real(0.9, low=0.1, high=1.0, doc="part of the cash that is spent")
    aversion = real(1e-6, low=0.0, high=1e-3, doc="what a unit of variance is worth, per quote unit", optimize=False)

    def on_start(self, ctx):
        self.parent = None
        self.sent = []

    def on_bar(self, ctx, bar):
        if self.parent is None:
            self._plan(ctx, bar)
        for order in self.sent:
            self.parent.told(order.id, order.filled, ended=not order.is_open)
        self.sent = [order for order in self.sent if order.is_open]
        self.begun += 1
        quantity = self.parent.allowed(self.plan.due(self.begun) - self.parent.executed - self.parent.working)
        if quantity:
            self.sent.append(ctx.buy(qty=quantity, tif="ioc", tag=f"slice{self.begun}"))
            self.parent.sent(self.sent[-1].id, quantity)

    def _plan(self, ctx, bar):
        quantity = ctx.cash * self.share / bar.close
        market = LinearImpact.of_market(
            price=bar.close, spread=0.0001, daily_volume=24 * max(bar.volume, 1.0), daily_volatility=0.03
        )
        self.plan = almgren_chriss_schedule(quantity, self.hours, self.hours / 24, market, risk_aversion=self.aversion)
        self.parent, self.begun = ParentOrder(quantity, lot=ctx.lot), 0
