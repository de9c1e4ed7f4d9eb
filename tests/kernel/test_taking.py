"""Market orders by cost where base is sold: nothing is sold that is not there, and reduce-only stops at flat."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.parity.scenarios import candles
from tests.parity.twin import instrument
from tickwright.domain.costs import CostModel
from tickwright.domain.market import Market
from tickwright.domain.records import OrderState
from tickwright.modes import event
from tickwright.strategy_api.strategy import Strategy


def run_with(bought: float, **sale: Any) -> tuple[list[str], float]:
    """How the buy and the sale after it ended, and the base left, at a price of 200."""
    what = instrument("BTC/USDT", lot="0.001")
    bars = candles(what, "1h", [(row, 20000, 20100, 19900, 20000, 10**9) for row in range(5)], (2, 3))

    class Trades(Strategy):
        """Buys, then sells."""

        def on_bar(self, ctx, bar):  # type: ignore[no-untyped-def]
            if bar.index == 0 and bought:
                ctx.buy(qty=bought)
            if bar.index == 1:
                ctx.sell(**sale)

    result = event.run(
        Trades, {}, Market.of([what], [bars]), cash=Decimal(1000), cash_asset="USDT", costs=CostModel.free()
    )
    return [OrderState(int(state)).name for state in result.orders["state"]], int(result.position[0]) / 10.0 ** int(
        result.quantity_scales[0]
    )


def test_a_spot_sale_by_cost_without_base_is_refused() -> None:
    assert run_with(0, cost=100) == (["VENUE_INSUFFICIENT_FUNDS"], 0.0)


def test_a_spot_sale_by_cost_sells_what_it_says_though_no_cash_is_free() -> None:
    assert run_with(5, cost=100) == (["FILLED", "FILLED"], pytest.approx(4.5))


def test_a_spot_sale_by_a_cost_beyond_the_holding_is_refused_whole() -> None:
    assert run_with(1, cost=300) == (["FILLED", "VENUE_INSUFFICIENT_FUNDS"], pytest.approx(1.0))


def test_a_reduce_only_sale_by_cost_stops_at_flat() -> None:
    assert run_with(1, cost=300, reduce_only=True) == (["FILLED", "CANCELLED"], pytest.approx(0.0))
