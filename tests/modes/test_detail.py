"""Detail candles settle the path inside a bar: worked examples of an exit pair in every mode and in a sweep."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest

from tests.parity.scenarios import candles, in_bars
from tests.parity.twin import instrument
from tickwright.adapters.compute.threads import ThreadExecutor
from tickwright.domain.costs import CostModel
from tickwright.domain.market import Market
from tickwright.domain.records import Reason
from tickwright.modes import event, vector
from tickwright.strategy_api.exits import Exits
from tickwright.strategy_api.strategy import Strategy

MODES = {"vector": (vector, "run"), "event": (event, "run"), "replay": (event, "replay")}
BTC = instrument("BTC/USDT", tick="1", lot="1")
FLAT = [(place, 1000, 1000, 1000, 1000, 90) for place in range(4)]
# bought at 1000 on the second hour's open; 990 and 1010 both lie in that hour
TARGET_FIRST = [(4, 1000, 1004, 998, 1003, 90), (5, 1003, 1012, 1001, 1002, 90), (6, 1002, 1003, 985, 988, 90)]
BOTH_AT_ONCE = [(4, 1000, 1004, 998, 1003, 90), (5, 1003, 1012, 985, 988, 90), (6, 988, 989, 987, 988, 90)]
FREE = CostModel.free()
HOUR_NS, QUARTER_NS, START_NS = 3_600_000_000_000, 900_000_000_000, 1_704_067_200_000_000_000


class Bracketed(Strategy):
    """Wants one coin's worth from the first close on, between a stop and a target of 1 %."""

    def targets(self, bars, ind):  # type: ignore[no-untyped-def]
        return np.full(len(bars), 0.5)

    def exits(self, bars, ind):  # type: ignore[no-untyped-def]
        return Exits(stop=0.01, target=0.01)


def market(rows: list[tuple[int, int, int, int, int, int]], *, with_detail: bool = True) -> Market:
    detail = candles(BTC, "15m", [*FLAT, *rows], (0, 0))
    return Market.of([BTC], [in_bars(detail, "1h")], detail=[detail] if with_detail else None)


def run(mode: str, traded: Market, costs: CostModel = FREE, strategy: type[Strategy] = Bracketed):  # type: ignore[no-untyped-def]
    where, verb = MODES[mode]
    terms = {"cash": Decimal(100_000), "cash_asset": "USDT", "costs": costs}
    return getattr(where, verb)(strategy, {}, traded, **terms)


@pytest.mark.parametrize("mode", MODES)
def test_the_target_that_was_reached_first_fills_and_nothing_is_ambiguous(mode: str) -> None:
    coarse = run(mode, market(TARGET_FIRST, with_detail=False))
    assert [int(reason) for reason in coarse.fills["reason"]] == [Reason.SIGNAL, Reason.STOP_LOSS]
    assert coarse.ambiguous_trades == 1
    fine = run(mode, market(TARGET_FIRST))
    assert [int(reason) for reason in fine.fills["reason"]] == [Reason.SIGNAL, Reason.TAKE_PROFIT]
    assert int(fine.fills["ts_ns"][1]) == START_NS + HOUR_NS + 2 * QUARTER_NS  # the close of its quarter
    assert fine.ambiguous_trades == 0
    assert len(fine.equity) == len(coarse.equity) == 2  # decisions stay on the hours


@pytest.mark.parametrize("mode", MODES)
def test_what_stays_open_inside_one_detail_candle_is_counted_there(mode: str) -> None:
    fine = run(mode, market(BOTH_AT_ONCE))
    assert [int(reason) for reason in fine.fills["reason"]] == [Reason.SIGNAL, Reason.STOP_LOSS]
    assert fine.ambiguous_trades == 1


def test_a_sweep_walks_the_detail_too() -> None:
    terms = {"cash": Decimal(100_000), "cash_asset": "USDT", "costs": FREE}
    with ThreadExecutor(1) as executor:
        table = vector.sweep(Bracketed, [{}], market(TARGET_FIRST), executor=executor, **terms)  # type: ignore[arg-type]
    alone = run("vector", market(TARGET_FIRST))
    assert (int(table.final_equity[0]), int(table.periods)) == (int(alone.equity[-1]), 2)
    assert int(table.ambiguous_trades[0]) == 0


@pytest.mark.parametrize("mode", MODES)
def test_the_cap_is_a_share_of_each_detail_candle(mode: str) -> None:
    """A tenth of 90 a quarter: 9 at each OPEN by the mean volume known, and nothing more in its RANGE."""
    capped = CostModel.of(fee=0, spread=0, impact="none", max_participation="0.1")
    made = run(mode, market(TARGET_FIRST), capped)
    entries = made.fills[made.fills["side"] > 0]
    assert [int(quantity) / 10 ** made.quantity_scales[0] for quantity in entries["quantity"]] == [9, 9, 9]
    assert [int(ts) - START_NS for ts in entries["ts_ns"]] == [HOUR_NS + quarter * QUARTER_NS for quarter in range(3)]


@pytest.mark.parametrize("verb", ["run", "replay"])
def test_a_fill_inside_a_bar_wakes_the_strategy_there(verb: str) -> None:
    class Answering(Strategy):
        """Answers the fill of a limit with a limit above it."""

        seen: list[int] = []  # noqa: RUF012 - one class per run

        def on_bar(self, ctx, bar):  # type: ignore[no-untyped-def]
            if not ctx.orders() and not self.seen:
                ctx.buy(qty=1, limit=999)

        def on_fill(self, ctx, fill):  # type: ignore[no-untyped-def]
            self.seen.append(ctx.now_ns - START_NS)
            if fill.is_buy:
                ctx.sell(qty=1, limit=1010)

    made = run("event" if verb == "run" else "replay", market(TARGET_FIRST), strategy=Answering)
    assert [int(price) / 10 ** made.price_scales[0] for price in made.fills["price"]] == [999, 1010]
    assert Answering.seen == [HOUR_NS + QUARTER_NS, HOUR_NS + 2 * QUARTER_NS]
