"""What each of our own limits refuses, worked out by hand on four bars at a price of 100."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from tests.parity.scenarios import candles
from tests.parity.twin import instrument
from tickwright.domain.costs import CostModel
from tickwright.domain.limits import RiskLimits
from tickwright.domain.market import Market
from tickwright.domain.records import OrderState
from tickwright.domain.run import RunResult
from tickwright.modes import event, vector
from tickwright.strategies import BuyAndHold
from tickwright.strategy_api import Strategy

Script = dict[int, Callable[[Any], None]]
FLAT: list[int | None] = [100, 100, 100, 100]


def market(closes: list[int | None], timeframe: str = "1h") -> Market:
    """A symbol whose every bar opens and closes at its price; absent where there is none."""
    what = instrument("BTC/USDT", tick="1", lot="1")
    rows = [(place, price, price, price, price, 1000) for place, price in enumerate(closes) if price is not None]
    return Market.of([what], [candles(what, timeframe, rows, (0, 0))])


def run(
    closes: list[int | None], script: Script, limits: RiskLimits, timeframe: str = "1h"
) -> tuple[RunResult, list[str]]:
    """Carry out a script of bar → what to send; the result and how its orders ended."""

    class Scripted(Strategy):
        bars = 0

        def on_bar(self, ctx: Any, bar: Any) -> None:
            if self.bars in script:
                script[self.bars](ctx)
            self.bars += 1

    result = event.run(
        Scripted, {}, market(closes, timeframe), cash=Decimal(10_000), cash_asset="USDT", costs=CostModel.free(),
        limits=limits,
    )  # fmt: skip
    return result, [OrderState(int(order["state"])).name for order in result.orders]


def test_an_order_above_its_notional_is_refused_and_one_at_it_passes() -> None:
    script = {0: lambda ctx: (ctx.buy(qty=11), ctx.buy(qty=10), ctx.buy(cost=1001.0))}
    _, ends = run(FLAT, script, RiskLimits(max_order_notional=Decimal(1000)))
    assert ends == ["RISK_MAX_ORDER_NOTIONAL", "FILLED", "RISK_MAX_ORDER_NOTIONAL"]


def test_open_orders_of_the_side_count_for_the_position() -> None:
    script = {0: lambda ctx: (ctx.buy(qty=6, limit=50), ctx.buy(qty=6), ctx.buy(qty=2))}
    _, ends = run(FLAT, script, RiskLimits(max_position_notional=Decimal(1000)))
    assert ends == ["END_OF_DATA", "FILLED", "RISK_MAX_POSITION_NOTIONAL"]


def test_what_only_reduces_passes_every_limit() -> None:
    script = {0: lambda ctx: ctx.buy(qty=10), 1: lambda ctx: ctx.sell(qty=10)}
    _, ends = run([100, 100, 200, 200, 200], {**script, 2: lambda ctx: ctx.buy(qty=1)}, RiskLimits(
        max_order_notional=Decimal(1000), max_position_notional=Decimal(1000), max_exposure=Decimal(1000),
    ))  # fmt: skip
    assert ends == ["FILLED", "FILLED", "FILLED"]


def test_more_working_orders_than_allowed_are_refused() -> None:
    script = {0: lambda ctx: [ctx.buy(qty=1, limit=50) for _ in range(3)]}
    _, ends = run(FLAT, script, RiskLimits(max_open_orders=2))
    assert ends == ["END_OF_DATA", "END_OF_DATA", "RISK_MAX_OPEN_ORDERS"]


def test_a_daily_loss_cancels_entries_and_refuses_new_ones_until_midnight() -> None:
    closes = [100, 100, 90, 90, 90]  # 12-hour bars from Monday 00:00: the third closes at 12:00 on Tuesday
    script = {
        0: lambda ctx: (ctx.buy(qty=50), ctx.buy(qty=1, limit=10)),
        2: lambda ctx: ctx.buy(qty=1),
        3: lambda ctx: ctx.buy(qty=1),
    }
    result, ends = run(closes, script, RiskLimits(max_daily_loss=Decimal("0.05")), "12h")
    assert ends == ["FILLED", "CANCELLED", "RISK_DAILY_LOSS", "FILLED"]
    assert result.warnings == (
        "1 orders were refused: RISK_DAILY_LOSS.",
        "The limit on the daily loss was reached on 1 days, first at 2024-01-02T12:00:00Z.",
    )


def test_a_day_without_a_close_at_midnight_begins_with_the_equity_before() -> None:
    closes = [100, 100, 100, None, 90, 90]  # 12-hour bars: the absent one would close at 00:00 on Wednesday
    script = {0: lambda ctx: ctx.buy(qty=50), 3: lambda ctx: ctx.buy(qty=1)}
    _, ends = run(closes, script, RiskLimits(max_daily_loss=Decimal("0.05")), "12h")
    assert ends == ["FILLED", "RISK_DAILY_LOSS"]


def test_a_drawdown_latches_to_the_end_of_the_run_and_lets_reductions_pass() -> None:
    closes = [100, 100, 90, 120, 120]
    script = {0: lambda ctx: ctx.buy(qty=50), 3: lambda ctx: (ctx.buy(qty=1), ctx.sell(qty=50))}
    _, ends = run(closes, script, RiskLimits(max_drawdown=Decimal("0.05")))
    assert ends == ["FILLED", "RISK_DRAWDOWN", "FILLED"]


def test_a_drawdown_is_counted_from_the_highest_equity() -> None:
    # 50 at 100: 11,000 at 120, 10,250 at 105: 6.8 % below the highest, 2.5 % above the start
    closes = [100, 100, 120, 105, 105]
    script = {0: lambda ctx: ctx.buy(qty=50), 3: lambda ctx: ctx.buy(qty=1)}
    _, ends = run(closes, script, RiskLimits(max_drawdown=Decimal("0.05")))
    assert ends == ["FILLED", "RISK_DRAWDOWN"]


def test_an_amend_beyond_a_limit_leaves_the_order_as_it_was() -> None:
    orders: list[Any] = []
    script = {
        0: lambda ctx: orders.append(ctx.buy(qty=5, limit=50)),
        1: lambda ctx: ctx.amend(orders[0], qty=50),
    }
    result, ends = run(FLAT, script, RiskLimits(max_order_notional=Decimal(1000)))
    assert ends == ["END_OF_DATA"]
    assert int(result.orders[0]["quantity"]) == 5 * 10 ** result.quantity_scales[0]
    assert result.warnings[-1] == "1 amends were refused by a limit; the orders stayed as they were."


@pytest.mark.parametrize("mode", [vector.run, event.run, event.replay])
def test_a_target_beyond_a_limit_is_refused_in_every_mode(mode: Callable[..., RunResult]) -> None:
    result = mode(
        BuyAndHold, {}, market(FLAT), cash=Decimal(10_000), cash_asset="USDT", costs=CostModel.free(),
        limits=RiskLimits(max_exposure=Decimal(9_000)),
    )  # fmt: skip
    assert [OrderState(int(order["state"])).name for order in result.orders] == ["RISK_MAX_EXPOSURE"]
    assert len(result.fills) == 0
