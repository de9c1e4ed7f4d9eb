"""One event in, commands out: order, refusals, and that nothing is known before its event."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest

from tests.reference.cases.case import Case
from tests.reference.cases.market_of import costs_of, market_of
from tickwright.domain.errors import UsageError
from tickwright.domain.records import CommandKind, EventKind
from tickwright.engine.decisions import decisions_of
from tickwright.engine.engine import Engine, market_events
from tickwright.engine.memory import Memory
from tickwright.engine.rows import ABSENT, MarketRows
from tickwright.engine.wakes import TargetWakes
from tickwright.strategy_api.strategy import Strategy

CASE = Case("§2", "three bars", [(100, 101, 99, 100), (100, 102, 98, 101), (101, 103, 100, 102)], [], [])


class Hold(Strategy):
    """Wants everything from the first close on."""

    def targets(self, bars, ind):  # type: ignore[no-untyped-def]
        return np.ones(len(bars), bool)


def engine_of(case: Case) -> tuple[Engine, list[np.void]]:
    """An engine before its first event, and the events of a case."""
    rows = MarketRows.of(market_of(case), costs_of(case))
    engine = Engine(Memory(rows.with_blank_future(), 10**12), TargetWakes(decisions_of(Hold, {}, rows)))
    return engine, [event.copy() for event in market_events(rows)]


def test_events_come_as_open_decide_range_decide() -> None:
    _, events = engine_of(CASE)
    names = [EventKind(int(event["kind"])).name for event in events]
    assert names == ["OPEN", "DECIDE", "RANGE", "DECIDE"] * 3 + ["END"]


def test_the_decision_at_the_first_close_comes_back_as_one_order_by_cost() -> None:
    engine, events = engine_of(CASE)
    commands = [engine.process(event).copy() for event in events[:4]]
    assert [len(sent) for sent in commands] == [0, 0, 0, 1]
    order = commands[3][0]
    assert (int(order["kind"]), int(order["cost"]), int(order["side"])) == (CommandKind.NEW, 10**12, 1)


def test_the_order_fills_at_the_next_open() -> None:
    engine, events = engine_of(CASE)
    for event in events[:6]:
        engine.process(event)
    assert engine.memory.client.fill_count == 1
    scale = engine.memory.rows.market.price_scales[0]
    assert int(engine.memory.arrays["fills"][0]["reference_price"]) == 100 * 10**scale


def test_bars_of_the_future_are_absent() -> None:
    engine, events = engine_of(CASE)
    engine.process(events[0])
    assert (engine.memory.rows.presence[1:] == ABSENT).all()
    assert not engine.memory.rows.close.any()


def test_an_event_out_of_order_is_refused_with_the_instant_that_is_next() -> None:
    engine, events = engine_of(CASE)
    with pytest.raises(UsageError, match="the next instant's, at 1704067200000000000"):
        engine.process(events[4])


def test_cash_and_base_are_conserved_after_every_event() -> None:
    engine, events = engine_of(CASE)
    for event in events:
        engine.process(event)
        fills = engine.memory.arrays["fills"][: engine.memory.client.fill_count]
        divisor = int(engine.memory.positions[0].divisor)
        paid = sum(-(-int(fill["price"]) * int(fill["quantity"]) // divisor) + int(fill["fee"]) for fill in fills)
        assert engine.memory.client.cash == engine.memory.venue.cash == 10**12 - paid
        assert engine.memory.positions[0].quantity == sum(int(fill["quantity"]) for fill in fills)


def test_equity_is_cash_plus_the_position_at_the_close() -> None:
    engine, events = engine_of(CASE)
    for event in events:
        engine.process(event)
    assert Decimal(engine.memory.client.equity) / 10**8 == Decimal(10_200)  # 100 BTC bought at 100, worth 102 each
