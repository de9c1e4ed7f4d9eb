"""What a callback reads of its symbol, and what a context keeps of a run: orders that work, or ended untold."""

from __future__ import annotations

import gc
from dataclasses import replace
from decimal import Decimal

from tests.oracles.simulated import START_NS, bars_of_closes
from tests.parity.scenarios import candles
from tests.parity.twin import instrument
from tickwright.domain.costs import CostModel
from tickwright.domain.instrument import TradingRules
from tickwright.domain.market import Market
from tickwright.domain.records import OrderState
from tickwright.modes import event
from tickwright.strategy_api.account_views import Order
from tickwright.strategy_api.strategy import Strategy

BARS, HOUR_NS = 200, 3_600_000_000_000


def run(strategy: type[Strategy]) -> None:
    """A strategy over bars of one price."""
    traded = instrument("A/USDT", tick="1", lot="1")
    bars = candles(traded, "1h", [(place, 100, 100, 100, 100, 1000) for place in range(BARS)], (0, 0))
    market = Market.of([traded], [bars])
    event.run(strategy, {}, market, cash=Decimal(1000), cash_asset="USDT", costs=CostModel.free())


def test_a_long_run_forgets_the_orders_that_ended() -> None:
    kept: list[int] = []

    class OneOrderAnHour(Strategy):
        """Leaves a limit far below the market that ends at once, hour after hour, and never asks for its orders."""

        def on_bar(self, ctx, bar):  # type: ignore[no-untyped-def]
            ctx.buy(qty=1, limit=50, tif="ioc")
            if bar.open_time_ns // HOUR_NS % 20 == 0:
                kept.append(sum(type(one) is Order and one._desk is ctx._desk for one in gc.get_objects()))

    run(OneOrderAnHour)
    assert len(kept) == BARS // 20
    assert max(kept) <= 65


def test_orders_that_work_are_kept_however_many_they_are() -> None:
    seen: list[int] = []

    class LaysALadder(Strategy):
        """Adds an order each hour that stays."""

        def on_bar(self, ctx, bar):  # type: ignore[no-untyped-def]
            ctx.buy(qty=1, limit=1, tag="rung")
            if len(seen) == BARS - 2:
                assert [order.id for order in ctx.orders("rung")] == list(range(BARS - 1))
            seen.append(1)

    run(LaysALadder)
    assert len(seen) == BARS


def test_looking_at_the_orders_loses_no_word_of_their_ends() -> None:
    told: list[OrderState] = []

    class Looks(Strategy):
        """Buys and sells, and looks at its orders wherever it is called."""

        def on_bar(self, ctx, bar):  # type: ignore[no-untyped-def]
            ctx.buy(qty=1, limit=50, tif="ioc") if ctx.position else ctx.buy(qty=1)
            ctx.orders()

        def on_fill(self, ctx, fill):  # type: ignore[no-untyped-def]
            assert ctx.orders() == []

        def on_order(self, ctx, order):  # type: ignore[no-untyped-def]
            told.append(order.state)

    run(Looks)
    assert told == [OrderState.FILLED] + [OrderState.CANCELLED] * (BARS - 2)


def test_lot_and_tick_are_those_in_force() -> None:
    """From 02:00 on quantities go in tenths and prices in halves."""
    told: list[tuple[float, float]] = []

    class Reader(Strategy):
        """Reads the rules."""

        def on_start(self, ctx):  # type: ignore[no-untyped-def]
            told.append((ctx.lot, ctx.tick))

        def on_bar(self, ctx, bar):  # type: ignore[no-untyped-def]
            told.append((ctx.lot, ctx.tick))

    plain = instrument("BTC/USDT", tick="0.01", lot="0.001")
    later = TradingRules(START_NS + 2 * HOUR_NS, tick=Decimal("0.5"), lot=Decimal("0.1"))
    what = replace(plain, rules=(*plain.rules, later))
    market = Market.of([what], [bars_of_closes([100.0, 100.0, 100.0])])
    event.run(Reader, {}, market, cash=Decimal(1000), cash_asset="USDT", costs=CostModel.free())
    assert told == [(0.001, 0.01), (0.001, 0.01), (0.1, 0.5), (0.1, 0.5)]
