"""Latency with finer candles is a time: what is sent at an hour meets a later quarter of it, and cancels travel too."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import numpy as np
import pytest

from tests.parity.scenarios import candles, in_bars
from tests.parity.twin import instrument
from tickwright.domain.costs import CostModel
from tickwright.domain.errors import UsageError
from tickwright.domain.market import Market
from tickwright.domain.records import OrderState
from tickwright.domain.run import RunResult
from tickwright.modes import event, vector
from tickwright.strategy_api.exits import Exits
from tickwright.strategy_api.strategy import Strategy

BTC = instrument("BTC/USDT", tick="1", lot="1")
MINUTE = 60_000_000_000
HOUR = 60 * MINUTE
OPENS = (1000, 1001, 1002, 1003, 1004, 1005, 1006, 1007, 1008, 1009, 1010, 1011)  # of twelve quarters
MODES = {"vector": vector.run, "event": event.run, "replay": event.replay}


def market(*, later: list[tuple[int, str, str, str]] | None = None, detail: str | None = "15m") -> Market:
    """Three hours in quarters, each at one price."""
    traded = BTC if later is None else instrument("BTC/USDT", tick="1", lot="1", later=later)
    rows = [(place, price, price, price, price, 90) for place, price in enumerate(OPENS)]
    quarters = candles(traded, "15m", rows, (0, 0))
    return Market.of([traded], [in_bars(quarters, "1h")], detail=None if detail is None else [quarters])


def late(minutes: float) -> CostModel:
    """No cost but a latency."""
    return replace(CostModel.free(), latency_ns=round(minutes * MINUTE))


def sends(*acts: Callable[[Any], Any]) -> type[Strategy]:
    """A strategy that does one thing at each close."""

    class Sends(Strategy):
        """Does what is listed."""

        made: list[Any] = []  # noqa: RUF012 - one class per run

        def on_bar(self, ctx: Any, bar: Any) -> None:
            if len(self.made) < len(acts):
                self.made.append(acts[len(self.made)](ctx))

    Sends.made = []
    return Sends


def run(verb: str, strategy: type[Strategy], minutes: float, traded: Market | None = None) -> RunResult:
    terms: dict[str, Any] = {"cash": Decimal(100_000), "cash_asset": "USDT", "costs": late(minutes)}
    return MODES[verb](strategy, {}, traded or market(), **terms)


def told(result: RunResult) -> list[tuple[int, int, int]]:
    """(minutes after the first hour's end, side, price) of each fill."""
    start = int(result.equity_ts_ns[0])
    fills, unit = result.fills, 10 ** result.price_scales[0]
    return [(int(f["ts_ns"] - start) // MINUTE, int(f["side"]), int(f["price"]) // unit) for f in fills]


def ends(result: RunResult) -> list[str]:
    return [OrderState(int(state)).name for state in result.orders["state"]]


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(("minutes", "met"), [(15, (15, 1, 1005)), (16, (30, 1, 1006)), (45, (45, 1, 1007))])
def test_an_order_meets_the_first_open_once_the_latency_has_passed(
    mode: str, minutes: int, met: tuple[int, int, int]
) -> None:
    class Holds(Strategy):
        """Wants half in coins."""

        def targets(self, bars, ind):  # type: ignore[no-untyped-def]
            return np.full(len(bars), 0.5)

    assert told(run(mode, Holds, minutes)) == [met]


def test_a_latency_shorter_than_a_detail_candle_is_a_price_and_no_time() -> None:
    result = run("event", sends(lambda ctx: None, lambda ctx: ctx.buy(qty=1)), 14)
    assert told(result) == [(60, 1, OPENS[8])]
    assert int(result.fills["price"][0]) > OPENS[8] * 10 ** result.price_scales[0]


@pytest.mark.parametrize("verb", ["event", "replay"])
def test_a_latency_that_is_a_time_costs_no_price(verb: str) -> None:
    result = run(verb, sends(lambda ctx: None, lambda ctx: ctx.buy(qty=1)), 15)
    assert told(result) == [(75, 1, OPENS[9])]
    assert int(result.fills["impact_cost"].sum()) == 0


@pytest.mark.parametrize("verb", ["event", "replay"])
def test_a_cancel_travels_and_comes_too_late(verb: str) -> None:
    made: list[Any] = []

    def stop_it(ctx: Any) -> None:
        ctx.cancel(made[0])

    # a buy stop at 1009, sent at the first hour, there a quarter later; the second hour opens at 1008
    strategy = sends(lambda ctx: made.append(ctx.buy(qty=1, stop=1009)), stop_it)
    assert told(run(verb, strategy, 30)) == [(75, 1, 1009)]
    made.clear()
    assert told(run(verb, sends(*[lambda ctx: made.append(ctx.buy(qty=1, stop=1009)), stop_it]), 15)) == []


@pytest.mark.parametrize("verb", ["event", "replay"])
def test_an_amend_arrives_after_the_order_it_changes(verb: str) -> None:
    def both(ctx: Any) -> None:
        order = ctx.buy(qty=1, limit=900)
        ctx.amend(order, qty=2, limit=2000)

    result = run(verb, sends(both), 20)
    assert told(result) == [(30, 1, 1006)]
    assert int(result.fills["quantity"][0]) == 2 * 10 ** result.quantity_scales[0]


@pytest.mark.parametrize("verb", ["event", "replay"])
def test_an_order_is_under_the_rules_in_force_when_it_arrives(verb: str) -> None:
    start = int(market().bars[0].open_time_ns[0])
    # from a quarter past the first hour on a tick of 5: the limit of 1004, a whole tick when it was sent, fits no more
    changed = market(later=[(start + HOUR + 15 * MINUTE, "5", "1", "0")])
    result = run(verb, sends(lambda ctx: ctx.buy(qty=1, limit=1004)), 30, changed)
    assert ends(result) == ["VENUE_TICK"]
    assert ends(run(verb, sends(lambda ctx: ctx.buy(qty=1, limit=1004)), 30)) == ["END_OF_DATA"]


@pytest.mark.parametrize("verb", ["event", "replay"])
def test_an_order_that_no_row_is_left_for_ends_with_the_data(verb: str) -> None:
    last = run(verb, sends(lambda ctx: None, lambda ctx: None, lambda ctx: ctx.buy(qty=1)), 15)
    assert (told(last), ends(last)) == ([], ["END_OF_DATA"])


@pytest.mark.parametrize("verb", ["event", "replay"])
def test_exits_are_the_venues_own_and_do_not_travel(verb: str) -> None:
    # bought at 1006 half an hour late; a target of 0.1 %, 1008 in whole ticks, stands at once; 1009 is beyond it
    result = run(verb, sends(lambda ctx: ctx.buy(qty=1, exits=Exits(target=0.001))), 30)
    assert told(result) == [(30, 1, 1006), (75, -1, 1008)]


@pytest.mark.parametrize("traded", [market(), market(detail=None)], ids=["with detail", "without"])
def test_a_latency_as_long_as_a_bar_is_refused(traded: Market) -> None:
    with pytest.raises(UsageError, match="a latency of 3600 s"):
        run("event", sends(), 60, traded)
