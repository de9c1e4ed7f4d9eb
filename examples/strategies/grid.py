"""Callbacks: a ladder of resting buys below the price, each with a sell one step above its own fill."""

from tickwright import Strategy, integer, persistent, real


class Grid(Strategy):
    """Buy every `step` the price falls, sell each part one step higher, move the ladder when the price has left it.

    Idea: in a range the price comes back. Fails: in a trend, which leaves the grid fully invested or empty.
    """

    step = real(0.01, low=0.001, high=0.1, doc="distance between rungs, as a fraction of the price")
    rungs = integer(5, low=1, high=50, doc="resting buys below the price")
    state = persistent(centre=0.0)

    def on_bar(self, ctx, bar):
        centre = ctx.state.centre
        if centre and abs(bar.close / centre - 1) < 2 * self.step * self.rungs:
            return
        for order in ctx.orders(tag="buy"):
            ctx.cancel(order)
        ctx.state.centre = bar.close
        for rung in range(1, self.rungs + 1):
            ctx.buy(cost=ctx.equity * 0.02, limit=bar.close * (1 - rung * self.step), tag=f"buy{rung}")

    def on_fill(self, ctx, fill):
        if fill.is_buy:
            ctx.sell(qty=fill.qty, limit=fill.price * (1 + self.step), tag=fill.tag.replace("buy", "sell"))
