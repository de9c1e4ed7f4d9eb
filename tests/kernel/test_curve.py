"""Statistics worked out block by block have the bits of bar by bar, also where a position is held for many blocks."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise

import numpy as np
import pytest

from tests.domain.candles import bars_of
from tickwright.adapters.compute.threads import ThreadExecutor
from tickwright.domain.costs import CostModel
from tickwright.domain.instrument import Instrument, TradingRules
from tickwright.domain.market import Market
from tickwright.modes import vector
from tickwright.strategy_api.parameters import integer
from tickwright.strategy_api.strategy import Strategy

COSTS = CostModel.of(fee="0.001", spread=0, impact="none", max_participation=None)


class Holds(Strategy):
    """Holds for `bars` bars, is flat for one, and holds again."""

    bars = integer(10, low=1, high=5000)

    def targets(self, bars, ind):  # type: ignore[no-untyped-def]
        """True but for one bar in so many."""
        return np.arange(len(bars)) % (self.bars + 1) != self.bars


def market(rising: int) -> Market:
    """A walk in cents that drifts by so much a bar."""
    steps = np.random.default_rng(7).integers(-300, 301, 2300) + rising
    bars = bars_of(np.maximum(2_000_000 + np.cumsum(steps), 10_000).tolist())
    return Market.of([Instrument(bars.key.instrument, (TradingRules(0, Decimal("0.01")),))], [bars])


@pytest.mark.parametrize("rising", [-20, 0, 20])
def test_a_long_hold_has_the_sums_and_the_drawdown_of_its_curve(rising: int) -> None:
    data, terms = market(rising), {"cash": Decimal(100_000), "cash_asset": "USDT", "costs": COSTS}
    lengths = [1, 254, 255, 256, 257, 600, 5000]  # a block is 256 bars
    with ThreadExecutor(1) as executor:
        found = vector.sweep(Holds, [{"bars": length} for length in lengths], data, executor=executor, **terms)  # type: ignore[arg-type]
    for place, length in enumerate(lengths):
        alone = vector.run(Holds, {"bars": length}, data, **terms)  # type: ignore[arg-type]
        worth = [alone.initial_cash, *alone.equity.tolist()]
        total = squares = deepest = 0.0
        peak = worth[0]
        for before, after in pairwise(worth):
            change = after / before - 1.0
            total, squares, peak = total + change, squares + change * change, max(peak, after)
            deepest = min(deepest, after / peak - 1.0)
        assert (found.return_sum[place], found.return_sum_squares[place]) == (total, squares)
        assert (found.max_drawdown[place], found.bars_held[place]) == (deepest, (alone.exposure != 0).sum())
