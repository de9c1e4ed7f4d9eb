"""Weights over many symbols: each Monday, an equal share of whatever has risen most."""

from tickwright import Strategy, every, integer, rank, roc, top, where


class Momentum(Strategy):
    """Of the twenty most traded symbols, hold the `best` of the last 90 days that rose, a fifth of the money each."""

    universe = top(20, by="quote_volume_30d", quote="USDT", refresh="1w")
    acts = every("1w", band=0.02)
    best = integer(5, low=1, high=20, doc="symbols held at most")

    def weights(self, market):
        score = roc(market.close, market.bars_in("90d"))
        return where((rank(score) <= self.best) & (score > 0), 0.2, 0.0)
